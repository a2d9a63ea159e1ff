import Database
import MatrixTypes

extension EventStore {
    /// Events that relate to any of some, in one query.
    ///
    /// - Parameters:
    ///   - types: By one of these relations; nil: by any.
    ///   - from: Backwards, the highest order of history that counts; forwards, the one after which.
    func relating(
        to parents: [EventID], by types: [String]? = nil, in room: RoomNumber, from: Int64? = nil,
        to end: Int64? = nil, backwards: Bool, limit: Int
    ) throws -> [StoredEvent] {
        let (low, high) =
            backwards
            ? ((end ?? Int64.min / 2) + 1, from ?? Int64.max / 2)
            : ((from ?? Int64.min / 2) + 1, end ?? Int64.max / 2)
        let order: SQL = backwards ? "DESC" : "ASC"
        let relation: SQL = if let types { " AND e.rel_type IN \(list: types)" } else { "" }
        // The plus signs keep SQLite from going through the whole history of the room instead of the
        // few events that relate to these.
        return try db.all(
            """
            SELECT \(Self.columns) FROM events e
            WHERE e.relates_to IN \(list: parents)\(relation) AND +e.room_number = \(room)
              AND +e.history >= \(low) AND +e.history <= \(high)
            ORDER BY e.history \(order) LIMIT \(limit)
            """, Self.event)
    }

    /// The annotations that one user has given to an event.
    func annotations(
        of eventID: EventID, by user: UserID, _ type: EventType, in room: RoomNumber
    ) throws -> [StoredEvent] {
        try db.all(
            """
            SELECT \(Self.columns) FROM events e
            WHERE e.relates_to = \(eventID) AND e.rel_type = 'm.annotation'
              AND +e.room_number = \(room) AND e.sender = \(user) AND e.type = \(type)
              AND e.history IS NOT NULL
            LIMIT 100
            """, Self.event)
    }

    /// A thread, by its root and its newest event.
    struct Thread: Sendable {
        let root: EventID
        let latest: Int64
    }

    /// A room's threads, those with the newest events first.
    ///
    /// - Parameter user: Only the threads that they wrote in, or began.
    func threads(in room: RoomNumber, from: Int64?, by user: UserID?, limit: Int) throws -> [Thread]
    {
        let taking: SQL =
            if let user {
                """
                 AND (EXISTS (SELECT 1 FROM events s WHERE s.room_number = \(room)
                                AND s.thread_root = e.thread_root AND s.sender = \(user)
                                AND s.rel_type = 'm.thread')
                      OR EXISTS (SELECT 1 FROM events r WHERE r.event_id = e.thread_root
                                   AND r.sender = \(user)))
                """
            } else {
                ""
            }
        return try db.all(
            """
            SELECT e.thread_root, max(e.history) FROM events e
            WHERE e.room_number = \(room) AND e.thread_root IS NOT NULL
              AND e.history IS NOT NULL AND e.rel_type = 'm.thread'\(taking)
            GROUP BY e.thread_root HAVING max(e.history) <= \(from ?? Int64.max / 2)
            ORDER BY max(e.history) DESC LIMIT \(limit)
            """
        ) { Thread(root: try $0[0], latest: try $0.int(1)) }
    }

    /// How many answers each of some threads has, and whether a user is among those who wrote them.
    ///
    /// - Parameter end: The last order of history that counts.
    func threadSummaries(
        _ roots: [EventID], in room: RoomNumber, for user: UserID, upTo end: Int64
    ) throws -> [EventID: (count: Int, latest: Int64, isParticipant: Bool)] {
        var summaries: [EventID: (Int, Int64, Bool)] = [:]
        try db.forEach(
            """
            SELECT e.thread_root, count(*), max(e.history),
                   max(CASE WHEN e.sender = \(user) THEN 1 ELSE 0 END)
            FROM events e
            WHERE e.room_number = \(room) AND e.thread_root IN \(list: roots)
              AND e.history <= \(end) AND e.rel_type = 'm.thread'
            GROUP BY e.thread_root
            """
        ) { row in
            let root: EventID = try row[0]
            summaries[root] = (Int(try row.int(1)), try row.int(2), try row.int(3) != 0)
        }
        return summaries
    }
}

extension EventStore {
    /// Which of some events others relate to.
    ///
    /// - Parameters:
    ///   - types: By one of these relations; nil: by any.
    ///   - senders: By an event of one of these; nil: of anybody.
    func related(to events: [EventID], by types: [String]?, _ senders: [String]?) throws
        -> Set<EventID>
    {
        var condition: SQL = "relates_to IN \(list: events) AND history IS NOT NULL"
        if let types { condition += " AND rel_type IN \(list: types)" }
        if let senders { condition += " AND sender IN \(list: senders)" }
        return Set(try db.all("SELECT DISTINCT relates_to FROM events WHERE \(condition)"))
    }
}
