import Database
import Testing

/// Two nodes, or two processes, on one database.
struct SharingTests {
    private func withTwo(
        _ engine: Engine, _ body: (Database, Database) async throws -> Void
    ) async throws {
        let place = try await TemporaryPlace(engine)
        defer { place.remove() }
        let first = try await Database.open(
            place.location, migrations: [Pairs.migration], logger: .silent)
        let second = try await Database.open(
            place.location, migrations: [Pairs.migration], logger: .silent)
        #expect(first.incarnation == second.incarnation)
        try await body(first, second)
        await first.close()
        await second.close()
    }

    @Test("Positions are of one sequence, in the order of commits", arguments: Engine.all)
    func order(engine: Engine) async throws {
        try await withTwo(engine) { first, second in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (name, database) in [("a", first), ("b", second)] {
                    for task in 0..<4 {
                        tasks.addTask {
                            for number in 0..<20 {
                                try await database.write { db in
                                    // What is read is all that was committed before.
                                    let highest = try db.one(
                                        "SELECT MAX(position) FROM pairs", as: Int64.self)
                                    #expect(highest ?? 0 == db.position)
                                    try Pairs(db: db).insert("\(name)\(task)-\(number)", number)
                                }
                            }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let positions = try await first.read { db in
                try db.all("SELECT position FROM pairs ORDER BY position", as: Int64.self)
            }
            #expect(positions == Array(1...160))
        }
    }

    @Test("What another node has changed is not answered from memory", arguments: Engine.all)
    func caches(engine: Engine) async throws {
        try await withTwo(engine) { first, second in
            let cache = SharedCache<String, Int>(capacity: 10)
            try await first.write { db in
                try Pairs(db: db).set("a", 1)
                db.cache(cache, "a", 1)
            }
            #expect(try await first.read { $0.cached(cache, "a") } == 1)
            try await second.write { try Pairs(db: $0).set("a", 2) }
            #expect(try await first.read { $0.cached(cache, "a") } == nil)
            #expect(try await first.write { $0.cached(cache, "a") } == nil)
            #expect(cache.value("a") == nil)
            // From here on it may be held again.
            try await first.read { $0.cache(cache, "a", try Pairs(db: $0).number("a")) }
            #expect(cache.value("a") == 2)
        }
    }
}
