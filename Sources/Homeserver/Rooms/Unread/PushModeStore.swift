import Database
import MatrixTypes

/// The table `push_modes`: since when a member's rules make what of a room. Those who have the default
/// rules have no row.
struct PushModeStore {
    /// What a user changes more often than this is put together with the change before.
    static let mostPeriods = 50

    let db: Connection

    init(db: Connection) { self.db = db }

    /// A mode, and where it begins.
    struct Period: Sendable {
        /// It holds for the events after it.
        let position: Int64
        let mode: PushMode
        let counts: RoomCounts
    }

    /// A user's modes in one room, the oldest first.
    func periods(of user: UserID, in room: RoomNumber) throws -> [Period] {
        try db.all(
            """
            SELECT position, mode, notify_main, notify_threads FROM push_modes
            WHERE user_id = \(user) AND room_number = \(room) ORDER BY position
            """, Self.period)
    }

    /// The same in all rooms.
    func periods(of user: UserID) throws -> [RoomNumber: [Period]] {
        var periods: [RoomNumber: [Period]] = [:]
        try db.forEach(
            """
            SELECT position, mode, notify_main, notify_threads, room_number FROM push_modes
            WHERE user_id = \(user) ORDER BY position
            """
        ) { periods[try $0[4], default: []].append(try Self.period(from: $0)) }
        return periods
    }

    private static func period(from row: Row) throws -> Period {
        guard let mode = PushMode(rawValue: Int(try row.int(1))) else {
            throw BrokenStorage("no such push mode")
        }
        return Period(
            position: try row[0], mode: mode,
            counts: RoomCounts(main: try row[2], threads: try row[3]))
    }

    /// Has a mode hold for what comes from now on.
    func begin(_ mode: PushMode, of user: UserID, in room: RoomHead) throws {
        let periods = try periods(of: user, in: room.number)
        guard periods.last?.mode ?? .all != mode else { return }
        if let last = periods.last,
            last.counts.main == room.counts.main && last.counts.threads == room.counts.threads
                || periods.count >= Self.mostPeriods
        {
            try db.run(
                """
                DELETE FROM push_modes WHERE user_id = \(user) AND room_number = \(room.number)
                    AND position = \(last.position)
                """)
            if periods.dropLast().last?.mode ?? .all == mode { return }
        }
        try db.run(
            """
            INSERT INTO push_modes
                (user_id, room_number, position, mode, notify_main, notify_threads)
            VALUES (\(user), \(room.number), \(db.position), \(mode), \(room.counts.main),
                    \(room.counts.threads))
            ON CONFLICT (user_id, room_number, position) DO UPDATE SET
                mode = excluded.mode, notify_main = excluded.notify_main,
                notify_threads = excluded.notify_threads
            """)
    }

    func delete(of user: UserID, in room: RoomNumber) throws {
        try db.run("DELETE FROM push_modes WHERE user_id = \(user) AND room_number = \(room)")
    }
}
