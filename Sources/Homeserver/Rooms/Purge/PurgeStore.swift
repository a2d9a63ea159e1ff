import Database
import MatrixTypes

/// History that is being removed.
struct Purge: Sendable, Equatable {
    let room: RoomNumber
    /// An order of history.
    let before: Int64
    /// The store whose turn it is.
    let store: String
}

/// The table `purges`.
struct PurgeStore {
    let db: Connection

    /// One begun before for the same room begins again, with the later of the two orders.
    func insert(_ purge: Purge, at now: Timestamp) throws {
        try db.run(
            """
            INSERT INTO purges (room_number, before_history, store, started_ts)
            VALUES (\(purge.room), \(purge.before), \(purge.store), \(now))
            ON CONFLICT (room_number) DO UPDATE SET store = excluded.store,
                before_history = CASE
                    WHEN purges.before_history > excluded.before_history
                    THEN purges.before_history ELSE excluded.before_history END
            """)
    }

    /// The one that was begun first.
    func first() throws -> Purge? {
        try db.one(
            """
            SELECT room_number, before_history, store FROM purges
            ORDER BY started_ts, room_number LIMIT 1
            """
        ) { Purge(room: try $0[0], before: try $0[1], store: try $0[2]) }
    }

    func setStore(_ store: String, of purge: Purge) throws {
        try db.run("UPDATE purges SET store = \(store) WHERE room_number = \(purge.room)")
    }

    func delete(_ purge: Purge) throws {
        try db.run("DELETE FROM purges WHERE room_number = \(purge.room)")
    }
}
