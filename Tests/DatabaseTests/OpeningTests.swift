import Database
import Foundation
import Testing

struct OpeningTests {
    @Test("A location does not show its password")
    func secret() {
        let location = DatabaseLocation.postgres("postgres://chappe:claude@db.example/chappe")
        var dumped = ""
        dump(location, to: &dumped)
        for text in ["\(location)", String(reflecting: location), dumped] {
            #expect(!text.contains("claude"))
        }
    }

    @Test("A file that is no database, or in no folder, is told as such")
    func noDatabase() async throws {
        let place = try await TemporaryPlace(.sqlite)
        defer { place.remove() }
        guard let folder = place.folder else { return }
        try Data(repeating: 0x41, count: 9_000)
            .write(to: URL(fileURLWithPath: "\(folder)/db.sqlite"))
        await #expect {
            _ = try await Database.open(place.location, migrations: [], logger: .silent)
        } throws: { error in
            if case .corrupt = error as? DatabaseError { true } else { false }
        }
        await #expect {
            _ = try await Database.open(
                .sqliteFile("\(folder)/nowhere/db"), migrations: [], logger: .silent)
        } throws: { error in
            if case .io = error as? DatabaseError { true } else { false }
        }
    }

    @Test("What was written is there after closing and opening again", arguments: Engine.all)
    func again(engine: Engine) async throws {
        let place = try await TemporaryPlace(engine)
        defer { place.remove() }
        var incarnations: Set<Int64> = []
        for number in 1...3 {
            let database = try await Database.open(
                place.location, migrations: [Pairs.migration], logger: .silent)
            #expect(database.committedPosition == Int64(number - 1))
            try await database.write { try Pairs(db: $0).insert("k\(number)", number) }
            incarnations.insert(database.incarnation)
            await database.close()
        }
        #expect(incarnations.count == 1)
    }

    @Test("A new database starts its sequence at 0 and has an incarnation", arguments: Engine.all)
    func new(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            #expect(database.engine == engine)
            #expect(database.committedPosition == 0)
            #expect(database.incarnation > 0)
        }
    }
}
