import Database
import MatrixTypes

/// The table `push_outcomes`: for whom an event is another than for those with the same rules.
struct PushOutcomeStore {
    let db: Connection

    init(db: Connection) { self.db = db }

    /// What an event is for one user.
    struct Outcome: Sendable {
        let position: StreamPosition
        /// `main`, or a thread's root.
        let thread: String
        let notifies: Bool
        let highlights: Bool
        /// From what the user's mode makes of the event.
        let difference: NotificationCount
    }

    func insert(_ outcome: Outcome, of user: UserID, in room: RoomNumber) throws {
        try db.post(
            """
            INSERT INTO push_outcomes
                (user_id, room_number, position, thread, notifies, highlights, difference)
            VALUES (\(user), \(room), \(outcome.position), \(outcome.thread),
                    \(outcome.notifies), \(outcome.highlights), \(outcome.difference))
            """)
    }

    /// - Returns: Whether there were any.
    func delete(of event: StreamPosition, in room: RoomNumber) throws -> Bool {
        try db.run(
            "DELETE FROM push_outcomes WHERE room_number = \(room) AND position = \(event)") > 0
    }

    /// A user's outcomes in a room's history after a place.
    func outcomes(of user: UserID, in room: RoomNumber, after order: Int64) throws -> [Outcome] {
        try db.all(
            """
            SELECT position, thread, notifies, highlights, difference FROM push_outcomes
            WHERE user_id = \(user) AND room_number = \(room) AND position > \(order)
            """, Self.outcome)
    }

    func outcomes(
        of user: UserID, in room: RoomNumber, of events: [StreamPosition]
    ) throws -> [StreamPosition: Outcome] {
        let outcomes = try db.all(
            """
            SELECT position, thread, notifies, highlights, difference FROM push_outcomes
            WHERE user_id = \(user) AND room_number = \(room) AND position IN \(list: events)
            """, Self.outcome)
        return Dictionary(outcomes.map { ($0.position, $0) }, uniquingKeysWith: { $1 })
    }

    private static func outcome(from row: Row) throws -> Outcome {
        Outcome(
            position: try row[0], thread: try row[1], notifies: try row[2],
            highlights: try row[3], difference: try row[4])
    }
}
