import Database
import MatrixRules
import MatrixTypes

/// The tables `events` and `missing_events`.
struct EventStore {
    let db: Connection
    /// What the rules ask of state events again and again, by position.
    let cache: SharedCache<Int64, PDU>
    /// State events as syncs send them again and again, by position.
    let held: SharedCache<Int64, StoredEvent>

    static let columns: SQL = """
        e.position, e.history, e.room_number, e.event_id, e.type, e.state_key, e.sender,
        e.origin_server_ts, e.pdu, e.content_start, e.content_end, e.state_before, e.state_after,
        e.standing, e.redacted_by, e.relates_to, e.rel_type, e.thread_root, e.notify_count,
        e.txn_device, e.txn_id
        """

    static func event(from row: Row) throws -> StoredEvent {
        guard let standing = StoredEvent.Standing(rawValue: Int(try row.int(13))) else {
            throw BrokenStorage("no such standing")
        }
        var transaction: ClientTransactionID?
        if let device: DeviceID = try row.optional(19), let txnID: String = try row.optional(20) {
            transaction = ClientTransactionID(deviceID: device, txnID: txnID)
        }
        return StoredEvent(
            position: try row[0], history: try row.optional(1), room: try row[2],
            eventID: try row[3], type: try row[4], stateKey: try row.optional(5),
            sender: try row[6], originServerTS: try row[7], pdu: try row.blob(8),
            contentRange: Int(try row.int(9))..<Int(try row.int(10)), stateBefore: try row[11],
            stateAfter: try row[12], standing: standing, redactedBy: try row.optional(14),
            relatesTo: try row.optional(15), relType: try row.optional(16),
            threadRoot: try row.optional(17), notifyCount: try row[18],
            transaction: transaction)
    }

    /// What only the writer of an event knows.
    struct Insertion {
        let position: StreamPosition
        let history: Int64?
        let room: RoomNumber
        let pdu: PDU
        let standing: StoredEvent.Standing
        let prev: [StreamPosition]
        let auth: [StreamPosition]
        let stateBefore: StateGroup
        let stateAfter: StateGroup
        let relation: EventRelation?
        let threadRoot: EventID?
        /// Running count of its own thread.
        let notifyCount: NotificationCount
        /// Running counts of its room.
        let counts: RoomCounts
        let transaction: ClientTransactionID?

        /// The event as it will be read.
        var stored: StoredEvent {
            StoredEvent(
                position: position, history: history, room: room, eventID: pdu.eventID,
                type: pdu.type, stateKey: pdu.stateKey, sender: pdu.sender,
                originServerTS: pdu.originServerTS, pdu: pdu.bytes,
                contentRange: pdu.contentRange, stateBefore: stateBefore, stateAfter: stateAfter,
                standing: standing, redactedBy: nil, relatesTo: relation?.eventID,
                relType: relation?.type, threadRoot: threadRoot, notifyCount: notifyCount,
                transaction: transaction)
        }
    }

    func insert(_ event: Insertion) throws {
        let pdu = event.pdu
        try db.run(
            """
            INSERT INTO events
                (position, history, room_number, event_id, type, state_key, sender,
                 origin_server_ts, depth, standing, pdu, content_start, content_end, prev_events,
                 auth_events, state_before, state_after, relates_to, rel_type, thread_root,
                 notify_count, notify_main, notify_threads, txn_device, txn_id)
            VALUES (\(event.position), \(event.history), \(event.room), \(pdu.eventID),
                    \(pdu.type), \(pdu.stateKey), \(pdu.sender), \(pdu.originServerTS),
                    \(pdu.depth), \(event.standing.rawValue), \(pdu.bytes),
                    \(pdu.contentRange.lowerBound), \(pdu.contentRange.upperBound),
                    \(PositionList.encode(event.prev)), \(PositionList.encode(event.auth)),
                    \(event.stateBefore), \(event.stateAfter), \(event.relation?.eventID),
                    \(event.relation?.type), \(event.threadRoot), \(event.notifyCount),
                    \(event.counts.main), \(event.counts.threads),
                    \(event.transaction?.deviceID), \(event.transaction?.txnID))
            """)
        if pdu.stateKey != nil {
            db.cache(cache, event.position.rawValue, pdu)
            db.cache(held, event.position.rawValue, event.stored)
        }
    }

    /// Has a redaction take effect: only the pruned event is left, in one step.
    func redact(_ event: StoredEvent, to pruned: PDU, by redaction: StreamPosition) throws {
        try db.run(
            """
            UPDATE events SET pdu = \(pruned.bytes), content_start = \(pruned.contentRange.lowerBound),
                content_end = \(pruned.contentRange.upperBound), redacted_by = \(redaction),
                relates_to = NULL, rel_type = NULL
            WHERE position = \(event.position)
            """)
        db.cache(cache, event.position.rawValue, pruned)
        if event.stateKey != nil {
            db.cache(held, event.position.rawValue, event.redacted(to: pruned, by: redaction))
        }
    }

    func event(_ eventID: EventID) throws -> StoredEvent? {
        try db.one(
            "SELECT \(Self.columns) FROM events e WHERE e.event_id = \(eventID)",
            Self.event)
    }

    func event(at position: StreamPosition) throws -> StoredEvent? {
        try db.one(
            "SELECT \(Self.columns) FROM events e WHERE e.position = \(position)",
            Self.event)
    }

    /// In the order of their positions; those that are not there are left out.
    func events(at positions: [StreamPosition]) throws -> [StoredEvent] {
        var events: [StoredEvent] = []
        events.reserveCapacity(positions.count)
        for slice in positions.chunks(of: 500) {
            try db.forEach(
                """
                SELECT \(Self.columns) FROM events e WHERE e.position IN \(list: slice)
                ORDER BY e.position
                """
            ) { events.append(try Self.event(from: $0)) }
        }
        return events
    }

    /// State events, out of memory where they are there, in the order of their positions.
    func stateEvents(at positions: some Sequence<StreamPosition>) throws -> [StoredEvent] {
        var events: [StoredEvent] = []
        var others: [StreamPosition] = []
        for position in positions {
            if let event = db.cached(held, position.rawValue) {
                events.append(event)
            } else {
                others.append(position)
            }
        }
        for event in try self.events(at: others) {
            events.append(event)
            if event.stateKey != nil { db.cache(held, event.position.rawValue, event) }
        }
        return events.sorted { $0.position < $1.position }
    }

    func position(of eventID: EventID) throws -> StreamPosition? {
        try db.one("SELECT position FROM events WHERE event_id = \(eventID)")
    }

    /// The newest events of a room's history within a range, newest first.
    ///
    /// - Parameter range: Orders of history, both ends included.
    func newest(
        in room: RoomNumber, _ range: ClosedRange<Int64>, limit: Int
    ) throws -> [StoredEvent] {
        try db.all(
            """
            SELECT \(Self.columns) FROM events e
            WHERE e.room_number = \(room) AND e.history >= \(range.lowerBound)
              AND e.history <= \(range.upperBound)
            ORDER BY e.history DESC LIMIT \(limit)
            """, Self.event)
    }

    /// The oldest events of a room's history within a range, oldest first.
    func oldest(
        in room: RoomNumber, _ range: ClosedRange<Int64>, limit: Int
    ) throws -> [StoredEvent] {
        try db.all(
            """
            SELECT \(Self.columns) FROM events e
            WHERE e.room_number = \(room) AND e.history >= \(range.lowerBound)
              AND e.history <= \(range.upperBound)
            ORDER BY e.history LIMIT \(limit)
            """, Self.event)
    }

    /// Events of a room by their orders in its history.
    func events(in room: RoomNumber, at orders: [Int64]) throws -> [Int64: StoredEvent] {
        var events: [Int64: StoredEvent] = [:]
        for slice in orders.chunks(of: 500) {
            try db.forEach(
                """
                SELECT \(Self.columns) FROM events e
                WHERE e.room_number = \(room) AND e.history IN \(list: slice)
                """
            ) { row in
                let event = try Self.event(from: row)
                if let history = event.history { events[history] = event }
            }
        }
        return events
    }

    /// An event as the rules see it, from the cache where it is there.
    func pdu(at position: StreamPosition, under rules: RoomRules) throws -> PDU {
        if let pdu = db.cached(cache, position.rawValue) { return pdu }
        guard let event = try event(at: position) else {
            throw BrokenStorage("no event at \(position.rawValue)")
        }
        let pdu = try PDU(parsing: event.pdu, eventID: event.eventID, format: rules.format)
        db.cache(cache, position.rawValue, pdu)
        return pdu
    }
}

/// Where an event says that it relates to another.
struct EventRelation: Sendable, Equatable {
    let eventID: EventID
    let type: String

    /// What `content` says, if it says it well.
    init?(in content: JSONObject) {
        guard let relation = content["m.relates_to"],
            let type = relation["rel_type"]?.string, type.utf8.count <= 255, !type.utf8.contains(0),
            let eventID = relation["event_id"]?.string.flatMap({ EventID($0) })
        else { return nil }
        self.eventID = eventID
        self.type = type
    }
}

extension Array {
    /// The array in pieces, in order, each of `size` elements but for the last.
    func chunks(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}

extension EventStore {
    /// The state of a room as it was when everything up to a position had come.
    func stateGroup(of room: RoomNumber, at position: StreamPosition) throws -> StateGroup {
        try db.one(
            """
            SELECT state_after FROM events
            WHERE room_number = \(room) AND history <= \(position)
            ORDER BY history DESC LIMIT 1
            """) ?? .empty
    }
}

extension EventStore {
    /// Events of a room's history from a time on, the closest first.
    func near(_ time: Timestamp, in room: RoomNumber, backwards: Bool, limit: Int) throws
        -> [StoredEvent]
    {
        let side: SQL =
            backwards
            ? "e.origin_server_ts <= \(time) ORDER BY e.origin_server_ts DESC, e.history DESC"
            : "e.origin_server_ts >= \(time) ORDER BY e.origin_server_ts, e.history"
        return try db.all(
            """
            SELECT \(Self.columns) FROM events e
            WHERE e.room_number = \(room) AND e.history IS NOT NULL AND \(side)
            LIMIT \(limit)
            """, Self.event)
    }
}
