import Database
import Testing

struct StatementErrorTests {
    private static let migration = Migration("0001 people") {
        "CREATE TABLE ministries (name TEXT NOT NULL PRIMARY KEY)"
        """
        CREATE TABLE people (
            id       BIGINT NOT NULL PRIMARY KEY,
            name     TEXT   NOT NULL UNIQUE,
            age      BIGINT NOT NULL CHECK (age >= 0),
            ministry TEXT   REFERENCES ministries (name)
        )
        """
    }

    @Test("What the schema forbids is told by its kind", arguments: Engine.all)
    func constraints(engine: Engine) async throws {
        try await withDatabase(engine, [Self.migration]) { database in
            try await database.write { db in
                try db.run("INSERT INTO people (id, name, age) VALUES (1, 'Chloé', 41)")
            }
            let cases: [(SQL, DatabaseError.Constraint)] = [
                ("INSERT INTO people (id, name, age) VALUES (1, 'Amélie', 40)", .unique),
                ("INSERT INTO people (id, name, age) VALUES (2, 'Chloé', 40)", .unique),
                ("INSERT INTO people (id, name, age) VALUES (2, 'Amélie', -1)", .check),
                ("INSERT INTO people (id, name, age) VALUES (2, NULL, 40)", .notNull),
                (
                    "INSERT INTO people (id, name, age, ministry) VALUES (2, 'A', 1, 'x')",
                    .foreignKey
                ),
            ]
            for (statement, expected) in cases {
                for posts in [false, true] {
                    do {
                        try await database.write { db in
                            if posts { try db.post(statement) } else { try db.run(statement) }
                        }
                        Issue.record("Nothing was thrown.")
                    } catch DatabaseError.constraint(let kind, let message) {
                        #expect(kind == expected)
                        #expect(!message.contains("Amélie"), "A message holds no values.")
                    }
                }
            }
            let count: Int? = try await database.read { try $0.one("SELECT COUNT(*) FROM people") }
            #expect(count == 1)
        }
    }

    @Test("A column of another type is an error, and NULL is one too", arguments: Engine.all)
    func wrongType(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            await #expect(throws: DatabaseError.unexpectedValue("Expected Int, found text.")) {
                try await database.read { try $0.one("SELECT 'a'", as: Int.self) }
            }
            await #expect(throws: DatabaseError.unexpectedValue("Expected Int64, found NULL.")) {
                try await database.read { try $0.one("SELECT NULL") { try $0.int(0) } }
            }
            await #expect(throws: DatabaseError.unexpectedValue("Expected Bool, found an integer."))
            {
                try await database.read { try $0.one("SELECT 2", as: Bool.self) }
            }
        }
    }

    @Test("A statement that failed spoils its block even when caught", arguments: Engine.all)
    func spoiled(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            await #expect(throws: DatabaseError.self) {
                try await database.write { db in
                    try Pairs(db: db).insert("a", 1)
                    #expect(throws: DatabaseError.self) { try Pairs(db: db).insert("b", -1) }
                }
            }
            let all = try await database.read { try Pairs(db: $0).all() }
            #expect(all == [:])
        }
    }

    @Test("What a closure throws over rows spoils nothing", arguments: Engine.all)
    func closure(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            try await database.write { db in
                try Pairs(db: db).insert("a", 1)
                #expect(throws: ChangedMind.self) {
                    try db.forEach("SELECT key FROM pairs") { _ in throw ChangedMind() }
                }
                try Pairs(db: db).insert("b", 2)
            }
            #expect(try await database.read { try Pairs(db: $0).all() } == ["a": 1, "b": 2])
        }
    }

    @Test("Texts with a zero byte are refused on both engines", arguments: Engine.all)
    func zero(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            await #expect(throws: DatabaseError.zeroInText) {
                try await database.write { try Pairs(db: $0).insert("a\0b", 1) }
            }
        }
    }

    @Test(
        "Wrong statements and too many values are errors, and the next works", arguments: Engine.all
    )
    func wrong(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            for sql: SQL in [
                "SELEC 1", "SELECT nothing FROM nowhere",
                "SELECT key FROM pairs WHERE number IN \(list: Array(0..<300_000))",
            ] {
                for _ in 0..<2 {
                    await #expect(throws: DatabaseError.self) {
                        try await database.write { _ = try $0.all(sql, as: String.self) }
                    }
                    await #expect(throws: DatabaseError.self) {
                        try await database.read { _ = try $0.all(sql, as: String.self) }
                    }
                }
            }
            try await database.write { try Pairs(db: $0).insert("a", 1) }
            #expect(try await database.read { try Pairs(db: $0).number("a") } == 1)
        }
    }

    @Test("A read block cannot write", arguments: Engine.all)
    func readOnly(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            await #expect(throws: DatabaseError.self) {
                try await database.read { try $0.run("DELETE FROM pairs") }
            }
        }
    }
}
