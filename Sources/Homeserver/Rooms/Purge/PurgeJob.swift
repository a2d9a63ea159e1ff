import Database
import MatrixTypes

/// Removes the history that is to go: store by store, some rows at a time.
///
/// Where it stands is a row, kept in the block that removes: a process that ends goes on at its next
/// start with the next rows.
struct PurgeJob: Job {
    static let mostRows = 200

    let name = "purge"
    let interval = Duration.seconds(60)
    let database: Database
    let engine: RoomEngine

    func step(at now: Timestamp) async throws -> Bool {
        // Mostly there is nothing to do, which costs no write.
        guard try await database.read({ try PurgeStore(db: $0).first() }) != nil else {
            return false
        }
        return try await database.write { [engine] db in try Self.step(engine.timeline(in: db)) }
    }

    private static func step(_ timeline: Timeline) throws -> Bool {
        let store = PurgeStore(db: timeline.db)
        guard let purge = try store.first() else { return false }
        guard let roomID = try timeline.rooms.roomID(of: purge.room),
            let room = try timeline.rooms.head(of: roomID)
        else {
            try store.delete(purge)
            return true
        }
        let purgeables = timeline.engine.purgeables
        // A store that is not there any more, after an upgrade: all are asked again, it is no harm.
        let place = purgeables.firstIndex { $0.name == purge.store } ?? 0
        let isUnfinished = try purgeables[place].purge(
            room, before: purge.before, limit: mostRows, in: timeline)
        if isUnfinished {
            try store.setStore(purgeables[place].name, of: purge)
        } else if place + 1 < purgeables.count {
            try store.setStore(purgeables[place + 1].name, of: purge)
        } else {
            try store.delete(purge)
        }
        return true
    }
}
