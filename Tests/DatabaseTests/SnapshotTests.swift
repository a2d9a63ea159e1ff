import Database
import Testing

struct SnapshotTests {
    @Test("A read block sees one moment, whatever is committed meanwhile", arguments: Engine.all)
    func oneMoment(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration], options: .patient) { database in
            let cache = SharedCache<String, Int>(capacity: 10)
            @Sendable func write(_ number: Int) async throws {
                try await database.write { db in
                    try Pairs(db: db).set("a", number)
                    db.cache(cache, "a", number)
                }
            }
            try await write(1)
            let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
            let mayGoOn = Gate()
            let reader = Task {
                try await database.read { db in
                    let first = try Pairs(db: db).number("a")
                    beginning.finish()
                    mayGoOn.wait()
                    let cached = db.cached(cache, "a")
                    // What it holds is old by now, and must not be kept.
                    db.cache(cache, "a", first)
                    return [first, try Pairs(db: db).number("a"), cached]
                }
            }
            for await _ in begun {}
            try await write(2)
            mayGoOn.open()
            #expect(try await reader.value == [1, 1, nil])
            #expect(cache.value("a") == 2)
            #expect(try await database.read { $0.cached(cache, "a") } == 2)
        }
    }

    @Test(
        "A read block fills the cache for all, if nothing has changed since", arguments: Engine.all)
    func fill(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            let cache = SharedCache<String, Int>(capacity: 10)
            try await database.write { try Pairs(db: $0).insert("a", 1) }
            try await database.read { db in
                #expect(db.cached(cache, "a") == nil)
                db.cache(cache, "a", try Pairs(db: db).number("a"))
            }
            #expect(cache.value("a") == 1)
            #expect(try await database.write { $0.cached(cache, "a") } == 1)
        }
    }

    @Test("Many reads run at a time", arguments: Engine.all)
    func parallel(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            let gates = (0..<4).map { _ in Gate() }
            // Each waits for the next, so that none ends unless all run.
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for index in 0..<4 {
                    tasks.addTask {
                        try await database.read { _ in
                            if index < 3 { gates[index + 1].wait() }
                            gates[index].open()
                        }
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    @Test("What was written is there for the next read", arguments: Engine.all)
    func ownWrites(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            for number in 0..<100 {
                try await database.write { try Pairs(db: $0).set("a", number) }
                #expect(try await database.read { try Pairs(db: $0).number("a") } == number)
            }
        }
    }
}
