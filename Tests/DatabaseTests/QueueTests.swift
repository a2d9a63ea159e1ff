import Database
import Testing

struct QueueTests {
    @Test("Too many waiting blocks are refused, and the others run", arguments: Engine.all)
    func overload(engine: Engine) async throws {
        var options = DatabaseOptions()
        options.maxWaiting = 3
        try await withDatabase(engine, [Pairs.migration], options: options) { database in
            let gate = Gate()
            async let holder: Void = database.write { _ in gate.wait() }
            var tasks: [Task<Void, any Error>] = []
            // One may be taken with the holder's group still to begin.
            while database.metrics.refused == 0 {
                let number = tasks.count
                tasks.append(
                    Task { try await database.write { try Pairs(db: $0).insert("\(number)", 1) } })
                await Task.yield()
            }
            gate.open()
            try await holder
            var written = 0
            for task in tasks {
                do {
                    try await task.value
                    written += 1
                } catch DatabaseError.overloaded {
                    continue
                }
            }
            #expect(written < tasks.count)
            #expect(try await database.read { try Pairs(db: $0).all().count } == written)
        }
    }

    @Test("Closing runs what waits and refuses what comes", arguments: Engine.all)
    func close(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration], options: .patient) { database in
            let gate = Gate()
            let read = Task { try await database.read { _ in gate.wait() } }
            let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
            let holder = Task {
                try await database.write { _ in
                    beginning.finish()
                    gate.wait()
                }
            }
            for await _ in begun {}
            while database.metrics.reads == 0 { await Task.yield() }
            let waiting = Task { try await database.write { try Pairs(db: $0).insert("a", 1) } }
            while database.metrics.waiting == 0 { await Task.yield() }
            async let first: Void = database.close()
            async let second: Void = database.close()
            while true {
                do {
                    try await database.read { _ in }
                } catch DatabaseError.closed {
                    break
                }
            }
            gate.open()
            _ = await (first, second)
            try await read.value
            try await holder.value
            try await waiting.value
            await #expect(throws: DatabaseError.closed) { try await database.write { _ in } }
        }
    }

    @Test("A cancelled task still gets its block's result", arguments: Engine.all)
    func cancelled(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            let gate = Gate()
            let task = Task {
                try await database.write { db in
                    gate.wait()
                    try Pairs(db: db).insert("a", 1)
                    return db.position
                }
            }
            task.cancel()
            gate.open()
            let position = try await task.value
            #expect(position == 1)
            #expect(try await database.read { try Pairs(db: $0).number("a") } == 1)
        }
    }
}
