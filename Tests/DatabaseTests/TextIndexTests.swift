import Database
import Testing

struct TextIndexTests {
    private static let index = TextIndex("words_of_books")
    private static let migration = Migration("0001 index") { index.creation }
    private static let everything: Range<Int64> = 0..<1_000_000

    private func matches(
        _ query: TextQuery, _ db: Connection, _ range: Range<Int64> = everything, limit: Int = 10
    ) throws -> [Int64] {
        try db.documents(in: Self.index, range, matching: query, limit: limit)
    }

    @Test("Words are found whole and by their beginning, newest first", arguments: Engine.all)
    func words(engine: Engine) async throws {
        try await withDatabase(engine, [Self.migration]) { database in
            try await database.write { db in
                try db.insert(1, ["a_journal", "a_ete"], into: Self.index)
                try db.insert(7, ["a_journal", "a_hiver"], into: Self.index)
                try db.insert(300_000, ["b_journal", "b_été"], into: Self.index)
            }
            try await database.read { db throws in
                #expect(try matches(.word("a_journal"), db) == [7, 1])
                #expect(try matches(.word("a_journa"), db) == [])
                #expect(try matches(.beginning("a_journa"), db) == [7, 1])
                let both = TextQuery.all([.word("a_journal"), .word("a_ete")])
                #expect(try matches(both, db) == [1])
                #expect(try matches(.any([both, .word("b_été")]), db) == [300_000, 1])
                #expect(try matches(.beginning("b_ét"), db) == [300_000])
                #expect(try matches(.word("a_journal"), db, 1..<7) == [1])
                #expect(try matches(.word("a_journal"), db, limit: 1) == [7])
            }
        }
    }

    @Test("A document that was taken out is not found", arguments: Engine.all)
    func deletion(engine: Engine) async throws {
        try await withDatabase(engine, [Self.migration]) { database in
            try await database.write { db in
                for document in 1...3 { try db.insert(Int64(document), ["mot"], into: Self.index) }
            }
            try await database.write { try $0.delete(2, ["mot"], from: Self.index) }
            let found = try await database.read { try matches(.word("mot"), $0) }
            #expect(found == [3, 1])
        }
    }

    @Test("Nothing is left on the disk of what was taken out, once the index is tidied")
    func tidying() async throws {
        func blocks(_ database: Database) async throws -> String {
            try await database.read { db in
                try db.all("SELECT block FROM words_of_books_data", as: [UInt8].self)
                    .map { String(decoding: $0, as: UTF8.self) }.joined()
            }
        }
        try await withDatabase(.sqlite, [Self.migration]) { database in
            for document in 1...300 {
                try await database.write {
                    try $0.insert(Int64(document), ["mot\(document)"], into: Self.index)
                }
            }
            try await database.write { try $0.insert(999, ["zut", "mot"], into: Self.index) }
            try await database.write { try $0.delete(999, ["zut", "mot"], from: Self.index) }
            #expect(try await blocks(database).contains("zut"))
            var isFirst = true
            while try await database.write({ [isFirst] in
                try $0.tidy(Self.index, isBeginning: isFirst)
            }) {
                isFirst = false
            }
            #expect(try await !blocks(database).contains("zut"))
            let found = try await database.read { db in
                try matches(.any([.word("mot7"), .word("mot300"), .word("zut")]), db)
            }
            #expect(found == [300, 7])
        }
    }

    @Test("What a failed block put into the index is not there", arguments: Engine.all)
    func failedBlock(engine: Engine) async throws {
        struct Refused: Error {}
        try await withDatabase(engine, [Self.migration]) { database in
            await #expect(throws: Refused.self) {
                try await database.write { db in
                    try db.insert(1, ["perdu"], into: Self.index)
                    throw Refused()
                }
            }
            try await database.write { try $0.insert(2, ["perdu"], into: Self.index) }
            let found = try await database.read { try matches(.word("perdu"), $0) }
            #expect(found == [2])
        }
    }

    @Test(
        "What an engine would read as an operator is a word", arguments: Engine.all,
        ["\"", "'", "and", "NEAR", "a'", "a\"", "\\", "*", ":*", "!a", "-a"])
    func operators(engine: Engine, word: String) async throws {
        try await withDatabase(engine, [Self.migration]) { database in
            try await database.write { try $0.insert(1, ["mot"], into: Self.index) }
            try await database.read { db throws in
                let query = TextQuery.any([.all([.word("mot"), .word(word)]), .word("mot")])
                #expect(try matches(query, db) == [1])
            }
        }
    }

    @Test("A question may have very many parts", arguments: Engine.all)
    func manyParts(engine: Engine) async throws {
        try await withDatabase(engine, [Self.migration]) { database in
            try await database.write { try $0.insert(1, ["c64_mot", "c64_x"], into: Self.index) }
            try await database.read { db throws in
                let query = TextQuery.any(
                    (1...64).map { cell in
                        .all(
                            (1...16).map { _ in
                                .any([.word("c\(cell)_mot"), .beginning("c\(cell)_mo")])
                            })
                    })
                #expect(try matches(query, db) == [1])
            }
        }
    }
}
