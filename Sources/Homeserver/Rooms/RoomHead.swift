import Database
import MatrixRules
import MatrixTypes

/// Where a room stands: what the next event in it rests on. One value for each room, cached.
struct RoomHead: Sendable {
    let number: RoomNumber
    let roomID: RoomID
    let version: RoomVersion
    let rules: RoomRules
    /// The newest events, on which none rests yet. One, where no other server takes part.
    var extremities: [Extremity]
    /// The current state.
    var state: StateGroup
    /// The deepest event's depth.
    var depth: Int
    /// The newest live event.
    var lastPosition: StreamPosition
    /// What its events notified of so far, by the default rules.
    var counts: RoomCounts
    /// An administrator has closed the room, or it is being deleted.
    var isBlocked: Bool
    /// Latches, which no later state undoes.
    var wasPrivate = false
    var wasEncrypted = false

    struct Extremity: Sendable, Equatable {
        let position: StreamPosition
        let eventID: EventID
    }
}

/// The tables `rooms` and `room_heads`.
struct RoomStore {
    let db: Connection
    let cache: SharedCache<RoomID, RoomHead>
    let names: SharedCache<RoomNumber, RoomID>

    /// Where a room stands, or nil where this server does not know it.
    func head(of roomID: RoomID) throws -> RoomHead? {
        if let head = db.cached(cache, roomID) { return head }
        return try load([roomID]).first
    }

    /// Where many rooms stand; those that this server does not know are left out.
    func heads(of roomIDs: [RoomID]) throws -> [RoomID: RoomHead] {
        var heads: [RoomID: RoomHead] = [:]
        var unknown: [RoomID] = []
        for roomID in roomIDs {
            if let head = db.cached(cache, roomID) {
                heads[roomID] = head
            } else {
                unknown.append(roomID)
            }
        }
        for slice in unknown.chunks(of: 200) {
            for head in try load(slice) { heads[head.roomID] = head }
        }
        return heads
    }

    private func load(_ roomIDs: [RoomID]) throws -> [RoomHead] {
        let loaded = try db.all(
            """
            SELECT r.room_number, r.version, r.blocked_ts IS NOT NULL OR r.deleted_ts IS NOT NULL,
                   h.extremities, h.state_group, h.depth, h.last_position, h.notify_count, r.room_id,
                   h.notify_threads, h.notify_corrections, r.was_private, r.was_encrypted
            FROM rooms r JOIN room_heads h ON h.room_number = r.room_number
            WHERE r.room_id IN \(list: roomIDs)
            """
        ) { row -> (RoomHead, [StreamPosition]) in
            let version: RoomVersion = try row[1]
            guard let rules = RoomRules.of(version) else {
                throw BrokenStorage("room version \(version) is not known")
            }
            let head = RoomHead(
                number: try row[0], roomID: try row[8], version: version, rules: rules,
                extremities: [], state: try row[4], depth: try row[5], lastPosition: try row[6],
                counts: RoomCounts(
                    main: try row[7], threads: try row[9], corrections: try row[10]),
                isBlocked: try row[2], wasPrivate: try row[11], wasEncrypted: try row[12])
            return (head, PositionList.decode(try row[3]))
        }
        guard !loaded.isEmpty else { return [] }
        let extremities = try db.all(
            "SELECT position, event_id FROM events WHERE position IN \(list: loaded.flatMap(\.1))"
        ) { RoomHead.Extremity(position: try $0[0], eventID: try $0[1]) }
        let byPosition = Dictionary(
            extremities.map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
        return loaded.map { loaded, positions in
            var head = loaded
            head.extremities = positions.sorted().compactMap { byPosition[$0] }
            db.cache(cache, head.roomID, head)
            db.cache(names, head.number, head.roomID)
            return head
        }
    }

    func roomID(of number: RoomNumber) throws -> RoomID? {
        if let roomID = db.cached(names, number) { return roomID }
        return try db.one("SELECT room_id FROM rooms WHERE room_number = \(number)")
    }

    func number(of roomID: RoomID) throws -> RoomNumber? {
        if let head = db.cached(cache, roomID) { return head.number }
        return try db.one("SELECT room_number FROM rooms WHERE room_id = \(roomID)")
    }

    /// Makes a room known, before it has an event.
    func insert(
        _ roomID: RoomID, version: RoomVersion, rules: RoomRules, isPrivate: Bool,
        at now: Timestamp
    ) throws -> RoomHead {
        let number = RoomNumber(rawValue: db.nextPosition())
        try db.run(
            """
            INSERT INTO rooms (room_number, room_id, version, created_ts, was_private)
            VALUES (\(number), \(roomID), \(version), \(now), \(isPrivate))
            """)
        db.cache(names, number, roomID)
        return RoomHead(
            number: number, roomID: roomID, version: version, rules: rules, extremities: [],
            state: .empty, depth: 0, lastPosition: .start, counts: RoomCounts(), isBlocked: false,
            wasPrivate: isPrivate)
    }

    /// From here on the room is private, for good.
    func latchPrivate(_ head: RoomHead) throws {
        try db.run("UPDATE rooms SET was_private = 1 WHERE room_number = \(head.number)")
        var head = head
        head.wasPrivate = true
        db.cache(cache, head.roomID, head)
    }

    /// From here on the room is encrypted, for good. What is cached is for `update` to change.
    func latchEncrypted(_ number: RoomNumber) throws {
        try db.run("UPDATE rooms SET was_encrypted = 1 WHERE room_number = \(number)")
    }

    /// Remembers that the history before an order is gone, or going.
    func setPurged(_ room: RoomNumber, before order: Int64) throws {
        try db.run(
            """
            UPDATE rooms SET purged_before = \(order)
            WHERE room_number = \(room) AND (purged_before IS NULL OR purged_before < \(order))
            """)
    }

    /// Stores where a room stands now.
    func update(_ head: RoomHead) throws {
        let extremities = PositionList.encode(head.extremities.map(\.position))
        try db.run(
            """
            INSERT INTO room_heads
                (room_number, extremities, state_group, depth, last_position, notify_count,
                 notify_threads, notify_corrections)
            VALUES (\(head.number), \(extremities), \(head.state), \(head.depth),
                    \(head.lastPosition), \(head.counts.main), \(head.counts.threads),
                    \(head.counts.corrections))
            ON CONFLICT (room_number) DO UPDATE SET
                extremities = excluded.extremities, state_group = excluded.state_group,
                depth = excluded.depth, last_position = excluded.last_position,
                notify_count = excluded.notify_count, notify_threads = excluded.notify_threads,
                notify_corrections = excluded.notify_corrections
            """)
        db.cache(cache, head.roomID, head)
    }
}
