import Testing

@testable import Database

struct SQLTests {
    private enum Color: String, SQLConvertible {
        case blue, white
    }

    @Test("Values are bound, never pasted")
    func binding() {
        let name = "'; DROP TABLE users; --"
        let sql: SQL = "SELECT \(raw: "a") FROM b WHERE c = \(name) AND d = \(nil as Int?)"
        #expect(sql.text == "SELECT a FROM b WHERE c = ? AND d = ?")
        #expect(sql.values == [.text(name), .null])
    }

    @Test("The text does not vary with the values, and hardly with the length of lists")
    func texts() {
        func query(_ list: [Int]) -> SQL { "SELECT a WHERE b IN \(list: list)" }
        #expect(query([1]).text == "SELECT a WHERE b IN (?)")
        #expect(query([1, 2, 3]).text == "SELECT a WHERE b IN (?, ?, ?, ?)")
        #expect(query([1, 2, 3]).values == [.int(1), .int(2), .int(3), .int(3)])
        #expect(Set((0...1_000).map { query(Array(0..<$0)).text }).count == 12)
    }

    @Test("A type with a raw value is bound and read as that")
    func rawValues() throws {
        #expect(("\(Color.blue)" as SQL).values == [.text("blue")])
        #expect(try Color(sqlValue: .text("white")) == .white)
        #expect(throws: DatabaseError.unexpectedValue("Expected Color, found text.")) {
            try Color(sqlValue: .text("red"))
        }
    }

    @Test("PostgreSQL's placeholders are numbered, but not what is quoted")
    func numbering() {
        #expect(
            PostgresStatements.numbered(#"a = ? AND b = '?''?' AND "?" = ?"#)
                == #"a = $1 AND b = '?''?' AND "?" = $2"#)
    }
}

struct StatementCacheTests {
    @Test("It holds at most its capacity, and gives up what was used least lately")
    func bounded() {
        var cache = StatementCache<Int>(capacity: 3)
        for number in 0..<3 { #expect(cache.insert(number, for: "\(number)") == nil) }
        #expect(cache.statement(for: "0") == 0)
        #expect(cache.insert(3, for: "3") == 1)
        #expect(cache.statement(for: "1") == nil)
        #expect(cache.count == 3)
        #expect(Set(cache.removeAll()) == [0, 2, 3])
    }

    @Test("A connection holds few statements however many texts there are", arguments: Engine.all)
    func connection(engine: Engine) async throws {
        var options = DatabaseOptions()
        options.statementCacheSize = 8
        try await withDatabase(engine, options: options) { database in
            for round in 0..<20 {
                try await database.write { db in
                    for number in 0..<20 {
                        let text = "SELECT \(round * 20 + number)"
                        let found = try db.one(SQL(text: text), as: Int.self)
                        #expect(found == round * 20 + number)
                    }
                }
            }
            guard engine == .postgres else { return }
            let count = try await database.write { db in
                try db.one("SELECT COUNT(*) FROM pg_prepared_statements", as: Int.self)
            }
            // Beside those in the cache, what this group has pushed out of it.
            #expect((count ?? 99) <= 12)
        }
    }
}
