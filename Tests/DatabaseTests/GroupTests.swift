import Database
import Testing

struct GroupTests {
    @Test("Blocks that wait together are committed together, in order", arguments: Engine.all)
    func together(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration], options: .patient) { database in
            let results = await writeTogether(
                database,
                (0..<30).map { number in
                    { db in
                        try Pairs(db: db).insert("k\(number)", number)
                        return db.position
                    }
                })
            let positions = try results.map { try $0.get() }
            #expect(positions == (1...30).map(Int64.init))
            #expect(database.metrics.groups == 1)
            #expect(database.metrics.largestGroup == 31)
            #expect(database.committedPosition == 30)
            #expect(try await database.read { try Pairs(db: $0).all().count } == 30)
        }
    }

    @Test("A group takes no more blocks than it may", arguments: Engine.all)
    func full(engine: Engine) async throws {
        var options = DatabaseOptions.patient
        options.maxBlocksInGroup = 8
        try await withDatabase(engine, [Pairs.migration], options: options) { database in
            let results = await writeTogether(
                database,
                (0..<15).map { number in { try Pairs(db: $0).insert("k\(number)", number) } })
            for result in results { try result.get() }
            #expect(database.metrics.groups == 2)
            #expect(database.metrics.largestGroup == 8)
        }
    }

    @Test("A block that throws is undone alone", arguments: Engine.all)
    func undone(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration], options: .patient) { database in
            let cache = SharedCache<String, Int>(capacity: 10)
            let announced = Announcements(database)
            let results = await writeTogether(
                database,
                (0..<9).map { number in
                    { db in
                        try Pairs(db: db).insert("k\(number)", number)
                        db.cache(cache, "last", number)
                        db.cache(cache, "k\(number)", number)
                        db.announce(number)
                        if number % 3 == 1 { throw ChangedMind() }
                        // By the schema, and told to the block only at its end where posted.
                        if number % 3 == 2 {
                            try db.post(
                                "INSERT INTO pairs (key, number, position) VALUES ('k0', 0, 0)")
                        }
                        return db.position
                    }
                })
            let kept = [0, 3, 6]
            for (number, result) in results.enumerated() {
                switch (number % 3, result) {
                case (0, .success(let position)): #expect(position == Int64(number / 3 + 1))
                case (1, .failure(let error)): #expect(error is ChangedMind)
                case (2, .failure(DatabaseError.constraint(.unique, _))): break
                default: Issue.record("Block \(number): \(result)")
                }
            }
            #expect(database.metrics.groups == 1)
            #expect(database.metrics.blocksFailed == 6)
            let all = try await database.read { try Pairs(db: $0).all() }
            #expect(all == Dictionary(uniqueKeysWithValues: kept.map { ("k\($0)", $0) }))
            #expect(cache.value("last") == 6)
            for number in 0..<9 {
                #expect(cache.value("k\(number)") == (kept.contains(number) ? number : nil))
            }
            #expect(announced.changes == kept)
            #expect(database.committedPosition == 3)
        }
    }

    @Test("Later blocks of a group see what earlier ones changed in memory", arguments: Engine.all)
    func overlay(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration], options: .patient) { database in
            let cache = SharedCache<String, Int>(capacity: 10)
            try await database.write { $0.cache(cache, "a", 1) }
            let results = await writeTogether(
                database,
                [
                    { @Sendable db in
                        defer { db.cache(cache, "a", 2) }
                        return db.cached(cache, "a")
                    },
                    { @Sendable db in
                        db.cache(cache, "a", 3)
                        throw ChangedMind()
                    },
                    { @Sendable db in
                        #expect(cache.value("a") == 1, "Nothing is shared before the commit.")
                        defer { db.cache(cache, "a", nil) }
                        return db.cached(cache, "a")
                    },
                    { @Sendable db in db.cached(cache, "a") },
                ])
            #expect(try results[0].get() == 1)
            #expect(throws: ChangedMind.self) { try results[1].get() }
            #expect(try results[2].get() == 2)
            #expect(try results[3].get() == nil)
            #expect(cache.value("a") == nil)
        }
    }

    @Test(
        "Commits are announced in order, after the caches have them and before the answer",
        arguments: Engine.all)
    func announcements(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            let cache = SharedCache<String, Int64>(capacity: 10)
            let announced = Announcements(database) { group in
                #expect(cache.value("last") == group.position)
                #expect(database.committedPosition == group.position)
            }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for task in 0..<8 {
                    tasks.addTask {
                        for number in 0..<20 {
                            let position = try await database.write { db in
                                try Pairs(db: db).insert("\(task)-\(number)", number)
                                db.cache(cache, "last", db.position)
                                db.announce(Int(db.position))
                                return db.position
                            }
                            #expect(announced.changes.contains(Int(position)))
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(announced.changes == Array(1...160))
        }
    }

    @Test(
        "A group that changes anything takes a position even if no block does",
        arguments: Engine.all)
    func position(engine: Engine) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            let cache = SharedCache<String, Int>(capacity: 10)
            try await database.write { _ in }
            #expect(database.committedPosition == 0)
            try await database.write { db in
                try db.run("INSERT INTO pairs (key, number, position) VALUES ('a', 1, -1)")
            }
            #expect(database.committedPosition == 1)
            try await database.write { $0.cache(cache, "a", 1) }
            #expect(database.committedPosition == 2)
            try await database.write { _ = try Pairs(db: $0).number("a") }
            #expect(database.committedPosition == 2)
        }
    }
}
