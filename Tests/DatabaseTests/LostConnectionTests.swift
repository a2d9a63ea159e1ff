import Database
import DatabaseTesting
import Testing

/// What a lost connection to PostgreSQL does to those who wait.
struct LostConnectionTests {
    /// Opens a database through a proxy.
    private func withProxy(
        _ body: (Database, CuttingProxy) async throws -> Void
    ) async throws {
        guard case .postgres(let direct) = try await TemporaryPostgres.location() else { return }
        let host = direct.prefix { $0 != " " }
        let proxy = try CuttingProxy(to: String(host.dropFirst("host=".count)))
        defer { proxy.close() }
        var options = DatabaseOptions.patient
        options.maxOutage = .seconds(20)
        let database = try await Database.open(
            .postgres("host=\(proxy.folder)" + direct.dropFirst(host.count)),
            migrations: [Pairs.migration], logger: .silent, options: options)
        try await body(database, proxy)
        await database.close()
    }

    @Test(
        "A COMMIT whose answer is lost is looked up: told as done if it was, and never run twice",
        arguments: CuttingProxy.Cut.allCases)
    func commit(cut: CuttingProxy.Cut) async throws {
        try await withProxy { database, proxy in
            let announced = Announcements(database)
            try await database.write { try Pairs(db: $0).insert("before", 1) }
            for round in 0..<5 {
                proxy.cut(cut)
                let results = await writeTogether(
                    database,
                    (0..<3).map { number in
                        { db in
                            try Pairs(db: db).insert("\(round)-\(number)", number)
                            db.announce(round)
                        }
                    })
                let all = try await database.read { try Pairs(db: $0).all() }
                for (number, result) in results.enumerated() {
                    let isThere = all["\(round)-\(number)"] != nil
                    switch result {
                    case .success: #expect(isThere)
                    case .failure(DatabaseError.disconnected): #expect(!isThere)
                    case .failure(let error): Issue.record(error)
                    }
                    switch cut {
                    case .before: #expect(!isThere)
                    case .after: #expect(isThere)
                    case .during: break
                    }
                }
                #expect(announced.changes.contains(round) == (all["\(round)-0"] != nil))
            }
            // And it goes on.
            try await database.write { try Pairs(db: $0).insert("after", 1) }
            #expect(try await database.read { try Pairs(db: $0).number("after") } == 1)
        }
    }

    @Test("A connection lost between blocks is replaced, and the blocks run again")
    func killed() async throws {
        let location = try await TemporaryPostgres.location()
        let database = try await Database.open(
            location, migrations: [Pairs.migration], logger: .silent, options: .patient)
        let pid = try await database.write { db in
            try db.one("SELECT pg_backend_pid()", as: Int.self)
        }
        let results = await writeTogether(
            database,
            (0..<5).map { number in
                { db in
                    try Pairs(db: db).insert("k\(number)", number)
                    // Ends the connection that runs it, unless it is another by now.
                    if number == 3, try db.one("SELECT pg_backend_pid()", as: Int.self) == pid {
                        try db.run("SELECT pg_terminate_backend(pg_backend_pid())")
                    }
                }
            })
        for result in results { try result.get() }
        #expect(database.metrics.groupsLost == 1)
        #expect(try await database.read { try Pairs(db: $0).all().count } == 5)
        await database.close()
    }

    @Test("Readers come back after the server has ended their connections")
    func readers() async throws {
        try await withDatabase(.postgres, [Pairs.migration]) { database in
            let pid = try await database.read { db in
                try db.one("SELECT pg_backend_pid()", as: Int.self)
            }
            try await database.write { db in
                try db.run("SELECT pg_terminate_backend(CAST(\(pid) AS INTEGER))")
            }
            for _ in 0..<8 {
                let all = try await database.read { try Pairs(db: $0).all() }
                #expect(all == [:])
            }
        }
    }

    @Test("A server that is not there is an error in time, not a wait for ever")
    func absent() async throws {
        await #expect(throws: DatabaseError.self) {
            _ = try await Database.open(
                .postgres("host=/nowhere user=postgres"), migrations: [], logger: .silent)
        }
    }
}
