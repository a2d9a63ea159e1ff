import Database
import Foundation
import SeededTesting
import Testing

/// What is left of an SQLite database after a power cut at any moment.
@Suite(.serialized)
struct CrashTests {
    @Test(
        "A log cut anywhere opens as it was after some commit, and never before the last sync",
        arguments: seeds(40))
    func cut(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let place = try await TemporaryPlace(.sqlite)
        defer { place.remove() }
        guard let folder = place.folder else { return }
        let database = try await Database.open(
            place.location, migrations: [Pairs.migration], logger: .silent)

        // What stood after each commit, and how long the log was then.
        let states = Announced<[String: Int], [String: Int]>(database, [:]) { state, change in
            state.merge(change) { $1 }
        }
        var synced: [(length: Int, position: Int64)] = [
            (try length(of: folder), database.committedPosition)
        ]
        for round in 0..<Int.random(in: 3..<25, using: &random) {
            let keys = (0..<Int.random(in: 1..<6, using: &random)).map { _ in
                "k\(Int.random(in: 0..<50, using: &random))"
            }
            try await database.write { db in
                for key in keys { try Pairs(db: db).set(key, round) }
                db.announce(Dictionary(keys.map { ($0, round) }) { $1 })
            }
            synced.append((try length(of: folder), database.committedPosition))
        }

        // The power goes: the file as it is, and the log up to any byte.
        let whole = try length(of: folder)
        let kept = Int.random(in: 0...whole, using: &random)
        let copy = try await TemporaryPlace(.sqlite)
        defer { copy.remove() }
        guard let copyFolder = copy.folder else { return }
        let files = FileManager.default
        try files.copyItem(atPath: "\(folder)/db.sqlite", toPath: "\(copyFolder)/db.sqlite")
        let log = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/db.sqlite-wal"))
        var rest = log.prefix(kept)
        // What was on its way may also be there as rubbish.
        if Bool.random(using: &random) {
            rest.append(
                contentsOf: (0..<999).map { _ in UInt8.random(in: 0...255, using: &random) })
        }
        try rest.write(to: URL(fileURLWithPath: "\(copyFolder)/db.sqlite-wal"))
        await database.close()

        // The tables of the migration itself may have been lost, as nobody was answered yet.
        let reopened = try await Database.open(
            copy.location, migrations: [Pairs.migration], logger: .silent)
        let position = reopened.committedPosition
        let (all, check) = try await reopened.read { db in
            (try Pairs(db: db).all(), try db.one("PRAGMA integrity_check", as: String.self))
        }
        #expect(check == "ok", "seed \(seed)")
        #expect(all == states.at(position), "seed \(seed)")
        let acknowledged = synced.last { $0.length <= kept }?.position ?? 0
        #expect(position >= acknowledged, "seed \(seed)")
        try await reopened.write { try Pairs(db: $0).set("after", 1) }
        await reopened.close()
    }

    private func length(of folder: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(
            atPath: "\(folder)/db.sqlite-wal")
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }
}
