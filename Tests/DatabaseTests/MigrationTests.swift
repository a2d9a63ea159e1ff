import Database
import Testing

struct MigrationTests {
    @Test("Migrations run once, in order, and later ones are added", arguments: Engine.all)
    func once(engine: Engine) async throws {
        let place = try await TemporaryPlace(engine)
        defer { place.remove() }
        let first = Migration("0001 a") {
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)"
            "INSERT INTO a (id) VALUES (1)"
        }
        let second = Migration("0002 b") { "INSERT INTO a SELECT id + 1 FROM a" }
        for migrations in [[], [first], [first], [first, second], [first, second]] {
            let database = try await Database.open(
                place.location, migrations: migrations, logger: .silent)
            if !migrations.isEmpty {
                let ids = try await database.read { try $0.all("SELECT id FROM a", as: Int.self) }
                #expect(ids.sorted() == (migrations.count == 1 ? [1] : [1, 2]))
            }
            await database.close()
        }
        // An older program must not touch what it does not know.
        await #expect(throws: DatabaseError.self) {
            _ = try await Database.open(place.location, migrations: [first], logger: .silent)
        }
    }

    @Test("A migration that fails leaves nothing behind", arguments: Engine.all)
    func failing(engine: Engine) async throws {
        let place = try await TemporaryPlace(engine)
        defer { place.remove() }
        let half = Migration("0001 half") {
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)"
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)"
        }
        await #expect(throws: DatabaseError.self) {
            _ = try await Database.open(place.location, migrations: [half], logger: .silent)
        }
        let whole = Migration("0001 whole") { "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)" }
        let database = try await Database.open(
            place.location, migrations: [whole], logger: .silent)
        await database.close()
    }

    @Test("Nodes that start together migrate once", arguments: Engine.all)
    func together(engine: Engine) async throws {
        let place = try await TemporaryPlace(engine)
        defer { place.remove() }
        try await withThrowingTaskGroup(of: Int64.self) { tasks in
            for _ in 0..<4 {
                tasks.addTask {
                    let database = try await Database.open(
                        place.location, migrations: [Pairs.migration], logger: .silent)
                    try await database.write { try Pairs(db: $0).set("a", 1) }
                    await database.close()
                    return database.incarnation
                }
            }
            var incarnations: Set<Int64> = []
            for try await incarnation in tasks { incarnations.insert(incarnation) }
            #expect(incarnations.count == 1)
        }
    }

    @Test("Types are respelled outside quotes and comments, and every table is STRICT")
    func spelling() async throws {
        let migration = Migration("0001 spelling") {
            """
            CREATE TABLE spellings (
                a BIGINT NOT NULL, -- not BIGINT's
                b SMALLINT,
                c TEXT DEFAULT 'BIGINT TEXT',
                d BLOB CHECK (d <> CAST('TEXT' AS BLOB)),
                e DOUBLE PRECISION,
                PRIMARY KEY (a)
            ) WITHOUT ROWID;
            """
            "CREATE INDEX spellings_c ON spellings (c) WHERE b = 1"
        }
        let schema = try await Database.schema(of: [migration], logger: .silent)
        #expect(schema.contains("a INTEGER NOT NULL, -- not BIGINT's"))
        #expect(schema.contains("b INTEGER,"))
        #expect(schema.contains("c TEXT DEFAULT 'BIGINT TEXT'"))
        #expect(schema.contains("e REAL,"))
        #expect(schema.contains(") WITHOUT ROWID, STRICT;\n"))
        #expect(schema.contains("CREATE INDEX spellings_c ON spellings (c) WHERE b = 1;\n"))
        #expect(schema.contains("CREATE TABLE stream"))
    }

    @Test("A table is as strict on both engines", arguments: Engine.all)
    func strict(engine: Engine) async throws {
        let migration = Migration("0001 strict") {
            """
            CREATE TABLE strict_ones (
                a BIGINT NOT NULL,
                b TEXT   NOT NULL,
                PRIMARY KEY (b, a)
            ) WITHOUT ROWID
            """
            "ALTER TABLE strict_ones ADD COLUMN c TEXT NOT NULL DEFAULT ''"
        }
        try await withDatabase(engine, [migration]) { database in
            await #expect(throws: DatabaseError.self) {
                try await database.write { db in
                    try db.run("INSERT INTO strict_ones (a, b) VALUES (\("x"), \("y"))")
                }
            }
            try await database.write { db in
                for (number, text) in ["é", "B", "a"].enumerated() {
                    try db.insert("strict_ones", ["a", "b", "c"], [number, text, text])
                }
            }
            let sorted = try await database.read { db in
                try db.all("SELECT c FROM strict_ones ORDER BY c", as: String.self)
            }
            #expect(sorted == ["B", "a", "é"])
        }
    }

    @Test("SQLite commits to the disk, and checks foreign keys")
    func settings() async throws {
        try await withDatabase(.sqlite) { database in
            let settings = try await database.write { db in
                [
                    try db.one("PRAGMA synchronous", as: Int.self),
                    try db.one("PRAGMA foreign_keys", as: Int.self),
                ]
            }
            #expect(settings == [2, 1])
            #expect(try await database.read { try $0.one("PRAGMA journal_mode") } == "wal")
        }
    }
}
