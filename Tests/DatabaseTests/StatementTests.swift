import Database
import Testing

struct StatementTests {
    private static let migration = Migration("0001 values") {
        """
        CREATE TABLE samples (
            id    BIGINT NOT NULL PRIMARY KEY,
            int   BIGINT,
            small SMALLINT,
            real  DOUBLE PRECISION,
            text  TEXT,
            bytes BLOB
        )
        """
    }

    private func withSamples(
        _ engine: Engine, _ body: @Sendable @escaping (Connection) throws -> Void
    ) async throws {
        try await withDatabase(engine, [Self.migration]) { try await $0.write(body) }
    }

    @Test("Every type comes back as it went", arguments: Engine.all)
    func types(engine: Engine) async throws {
        let long = [UInt8](repeating: 0, count: 300_000) + [1]
        let samples: [(Int64?, Bool?, Double?, String?, [UInt8]?)] = [
            (nil, nil, nil, nil, nil),
            (.max, true, .greatestFiniteMagnitude, "élève 🏫 \u{10FFFF}", [0, 255]),
            (.min, false, -0.1, "", []),
            (0, true, .infinity, String(repeating: "é", count: 70_000), long),
            (-1, nil, 1, "a'\"?$1", [0]),
        ]
        try await withSamples(engine) { db in
            for (id, sample) in samples.enumerated() {
                try db.run(
                    """
                    INSERT INTO samples (id, int, small, real, text, bytes)
                    VALUES (\(id), \(sample.0), \(sample.1), \(sample.2), \(sample.3), \(sample.4))
                    """)
            }
            let found = try db.all(
                "SELECT int, small, real, text, bytes FROM samples ORDER BY id"
            ) { row in
                (
                    try row.optional(0, as: Int64.self), try row.optional(1, as: Bool.self),
                    try row.optional(2, as: Double.self), try row.optional(3, as: String.self),
                    try row.optional(4, as: [UInt8].self)
                )
            }
            #expect(found.count == samples.count)
            for (found, sample) in zip(found, samples) { #expect(found == sample) }
        }
    }

    @Test("The shapes of answers", arguments: Engine.all)
    func shapes(engine: Engine) async throws {
        try await withSamples(engine) { db in
            for id in 1...3 { try db.insert("samples", ["id", "text"], [id, "n\(id)"]) }
            try db.post("UPDATE samples SET int = id * 10 WHERE id < \(3)")

            #expect(try db.one("SELECT text FROM samples WHERE id = 2", as: String.self) == "n2")
            #expect(try db.one("SELECT int FROM samples WHERE id = 3", as: Int.self) == nil)
            #expect(try db.one("SELECT int FROM samples WHERE id = 4", as: Int.self) == nil)
            #expect(try db.one("SELECT id FROM samples ORDER BY id") { try $0.int(0) } == 1)
            #expect(try db.all("SELECT id FROM samples ORDER BY id", as: Int.self) == [1, 2, 3])
            var texts = ""
            try db.forEach("SELECT text FROM samples ORDER BY id") { texts += try $0.text(0) }
            #expect(texts == "n1n2n3")
            #expect(try db.run("UPDATE samples SET small = 1 WHERE id > 1") == 2)
            #expect(try db.run("DELETE FROM samples WHERE id = 9") == 0)
            let returned: [Int] = try db.all("DELETE FROM samples WHERE id > 1 RETURNING id")
            #expect(returned.sorted() == [2, 3])
        }
    }

    @Test(
        "A query may run inside the rows of another, even of the same text", arguments: Engine.all)
    func nested(engine: Engine) async throws {
        try await withSamples(engine) { db in
            for id in 1...3 { try db.insert("samples", ["id"], [id]) }
            var pairs: [[Int]] = []
            func ids(_ body: (Int) throws -> Void) throws {
                try db.forEach("SELECT id FROM samples WHERE id > \(0) ORDER BY id") {
                    try body(try $0[0])
                }
            }
            try ids { outer in try ids { inner in pairs.append([outer, inner]) } }
            #expect(pairs.count == 9)
            #expect(pairs.first == [1, 1] && pairs.last == [3, 3])
        }
    }

    @Test(
        "A place that bound NULL first takes a value later, and the reverse", arguments: Engine.all)
    func nullFirst(engine: Engine) async throws {
        try await withSamples(engine) { db in
            func insert(_ id: Int, _ small: Int?, _ text: String?) throws {
                try db.run(
                    "INSERT INTO samples (id, small, text) VALUES (\(id), \(small), \(text))")
            }
            try insert(1, nil, nil)
            try insert(2, 7, nil)
            try insert(3, nil, "a")
            try insert(4, 8, "b")
            try insert(5, nil, nil)
            #expect(try db.one("SELECT SUM(small) FROM samples", as: Int.self) == 15)
            #expect(try db.one("SELECT COUNT(text) FROM samples", as: Int.self) == 2)
        }
    }

    @Test("IN and NOT IN take lists of any length, also none", arguments: Engine.all)
    func lists(engine: Engine) async throws {
        try await withSamples(engine) { db in
            for id in 1...9 { try db.insert("samples", ["id"], [id]) }
            for count in 0...9 {
                let list = Array(1..<(1 + count))
                let inside: [Int] = try db.all(
                    "SELECT id FROM samples WHERE id IN \(list: list) ORDER BY id")
                let outside: [Int] = try db.all(
                    "SELECT id FROM samples WHERE id NOT IN \(list: list) AND id > 0 ORDER BY id")
                #expect(inside == list)
                #expect(outside == Array((1 + count)..<10))
            }
        }
    }

    @Test("Sums of 64-bit numbers are numbers", arguments: Engine.all)
    func sums(engine: Engine) async throws {
        try await withSamples(engine) { db in
            let numbers: [Int64] = [.max - 1, -20_000, 100_000_000, 3]
            for (id, number) in numbers.enumerated() {
                try db.insert("samples", ["id", "int"], [id, number])
            }
            for id in numbers.indices {
                let sum: Int64? = try db.one("SELECT SUM(int) FROM samples WHERE id = \(id)")
                #expect(sum == numbers[id])
            }
            let sum: Int64? = try db.one("SELECT SUM(int) FROM samples WHERE id > 0")
            #expect(sum == 99_980_003)
        }
    }

    @Test("Parts of statements bring their values along", arguments: Engine.all)
    func parts(engine: Engine) async throws {
        try await withSamples(engine) { db in
            for id in 1...4 { try db.insert("samples", ["id", "int"], [id, id * id]) }
            let columns: SQL = "id, int"
            var sql: SQL = "SELECT \(columns) FROM \(raw: "samples") WHERE id > \(1)"
            sql += " AND \("int < \(16)" as SQL)"
            #expect(try db.all(sql + " ORDER BY id DESC", as: Int.self) == [3, 2])
        }
    }

    @Test("Text is compared byte by byte", arguments: Engine.all)
    func collation(engine: Engine) async throws {
        try await withSamples(engine) { db in
            let texts = ["b", "B", "é", "a", "_", "Z", "1"]
            for (id, text) in texts.enumerated() {
                try db.insert("samples", ["id", "text"], [id, text])
            }
            #expect(
                try db.all("SELECT text FROM samples ORDER BY text", as: String.self)
                    == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        }
    }
}
