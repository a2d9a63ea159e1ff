import Database
import MatrixTypes

/// The running counts of rooms and threads: the tables `thread_heads` and `push_corrections`, and the
/// stamps on events.
struct UnreadStore {
    let timeline: Timeline
    private var db: Connection { timeline.db }

    init(timeline: Timeline) { self.timeline = timeline }

    /// The running count of a thread as of its newest event.
    func headCount(of thread: EventID, in room: RoomNumber) throws -> NotificationCount {
        try db.one(
            """
            SELECT notify_count FROM thread_heads
            WHERE room_number = \(room) AND thread_root = \(thread)
            """) ?? .zero
    }

    func setHead(
        of thread: EventID, in room: RoomNumber, at position: StreamPosition,
        _ count: NotificationCount
    ) throws {
        try db.post(
            """
            INSERT INTO thread_heads (room_number, thread_root, position, notify_count)
            VALUES (\(room), \(thread), \(position), \(count))
            ON CONFLICT (room_number, thread_root) DO UPDATE SET
                position = excluded.position, notify_count = excluded.notify_count
            """)
    }

    /// A thread, as of its newest event.
    struct ThreadHead: Sendable {
        let root: EventID
        let count: NotificationCount
    }

    /// The threads of a room in which something came after an order of history, the newest first.
    func threads(in room: RoomNumber, after order: Int64, limit: Int) throws -> [ThreadHead] {
        try db.all(
            """
            SELECT thread_root, notify_count FROM thread_heads
            WHERE room_number = \(room) AND position > \(order)
            ORDER BY position DESC LIMIT \(limit)
            """
        ) { ThreadHead(root: try $0[0], count: try $0[1]) }
    }

    /// The running count of a thread at a place in the room's history.
    func count(of thread: String, in room: RoomNumber, at order: Int64) throws -> NotificationCount
    {
        try db.one(
            """
            SELECT notify_count FROM events
            WHERE room_number = \(room) AND thread_root = \(thread) AND history <= \(order)
            ORDER BY history DESC LIMIT 1
            """) ?? .zero
    }

    /// The running counts of the rooms as of some of their live events.
    func counts(at events: [StreamPosition]) throws -> [StreamPosition: RoomCounts] {
        var counts: [StreamPosition: RoomCounts] = [:]
        for slice in events.chunks(of: 500) {
            try db.forEach(
                """
                SELECT position, notify_main, notify_threads FROM events
                WHERE position IN \(list: slice) AND history > 0
                """
            ) { row in
                counts[try row[0]] = RoomCounts(main: try row[1], threads: try row[2])
            }
        }
        return counts
    }

    /// Takes back what an event notified of, since it is being redacted.
    func correct(for event: StoredEvent, in room: RoomHead) throws {
        guard let history = event.history, history > 0 else { return }
        let removed = try PushOutcomeStore(db: db).delete(of: event.position, in: room.number)
        let counts = try counts(at: [event.position])[event.position] ?? RoomCounts()
        let before = try db.one(
            """
            SELECT notify_main, notify_threads FROM events
            WHERE room_number = \(room.number) AND history < \(history)
            ORDER BY history DESC LIMIT 1
            """
        ) { RoomCounts(main: try $0[0], threads: try $0[1]) }
        let count =
            counts.main + counts.threads
            - ((before?.main ?? .zero) + (before?.threads ?? .zero))
        guard removed || count != .zero else { return }
        if count != .zero {
            try db.post(
                """
                INSERT INTO push_corrections (room_number, position, thread, notify_count)
                VALUES (\(room.number), \(event.position),
                        \(event.threadRoot?.rawValue ?? ThreadScope.main), \(count))
                ON CONFLICT (room_number, position) DO NOTHING
                """)
        }
        // Whoever has counts of the room in memory sees that they are out of date.
        guard var head = try timeline.rooms.head(of: room.roomID) else { return }
        head.counts.corrections += 1
        try timeline.rooms.update(head)
    }

    /// What a redaction took back, by the place of its event.
    struct Correction: Sendable {
        let position: Int64
        let thread: String
        let count: NotificationCount
    }

    func corrections(in room: RoomNumber, after order: Int64) throws -> [Correction] {
        try db.all(
            """
            SELECT position, thread, notify_count FROM push_corrections
            WHERE room_number = \(room) AND position > \(order)
            """
        ) { Correction(position: try $0[0], thread: try $0[1], count: try $0[2]) }
    }
}

extension Timeline {
    var unread: UnreadStore { UnreadStore(timeline: self) }
}
