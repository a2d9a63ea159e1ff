import Database
import MatrixTypes

/// The table `read_positions`: how far each member has read a room, by their receipts and by what they
/// said themselves.
struct ReadPositionStore {
    let db: Connection

    init(db: Connection) { self.db = db }

    /// How far one user has read a room, or a part of it.
    struct ReadPosition: Sendable {
        /// As in `ThreadScope`, or a thread's root.
        let thread: String
        let history: Int64
        /// The room's running counts there.
        let counts: RoomCounts
        let covered: NotificationCount
        /// Of the change.
        let position: StreamPosition
    }

    func positions(of user: UserID, in room: RoomNumber) throws -> [ReadPosition] {
        try db.all(
            """
            SELECT thread, history, notify_main, notify_threads, covered, position
            FROM read_positions WHERE user_id = \(user) AND room_number = \(room)
            """, Self.position)
    }

    func positions(of user: UserID) throws -> [RoomNumber: [ReadPosition]] {
        var positions: [RoomNumber: [ReadPosition]] = [:]
        try db.forEach(
            """
            SELECT thread, history, notify_main, notify_threads, covered, position, room_number
            FROM read_positions WHERE user_id = \(user)
            """
        ) { positions[try $0[6], default: []].append(try Self.position(from: $0)) }
        return positions
    }

    private static func position(from row: Row) throws -> ReadPosition {
        ReadPosition(
            thread: try row[0], history: try row.int(1),
            counts: RoomCounts(main: try row[2], threads: try row[3]), covered: try row[4],
            position: try row[5])
    }

    func set(_ place: ReadPosition, of user: UserID, in room: RoomNumber) throws {
        try db.post(
            """
            INSERT INTO read_positions
                (user_id, room_number, thread, history, notify_main, notify_threads, covered,
                 position)
            VALUES (\(user), \(room), \(place.thread), \(place.history),
                    \(place.counts.main), \(place.counts.threads), \(place.covered),
                    \(place.position))
            ON CONFLICT (user_id, room_number, thread) DO UPDATE SET
                history = excluded.history, notify_main = excluded.notify_main,
                notify_threads = excluded.notify_threads, covered = excluded.covered,
                position = excluded.position
            """)
    }

    /// Forgets of threads what the place of the whole room has passed.
    func deleteThreads(of user: UserID, in room: RoomNumber, upTo order: Int64) throws {
        try db.run(
            """
            DELETE FROM read_positions
            WHERE user_id = \(user) AND room_number = \(room) AND thread <> ''
              AND history <= \(order)
            """)
    }
}
