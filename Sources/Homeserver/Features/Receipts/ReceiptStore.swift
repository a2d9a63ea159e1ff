import Database
import MatrixTypes

/// Somebody has read up to an event.
struct Receipt: Sendable {
    let user: UserID
    let type: String
    /// As in `ThreadScope`, or the ID of a thread's root.
    let thread: String
    let eventID: EventID
    /// The event's order.
    let history: Int64
    let ts: Timestamp
    let position: StreamPosition
}

/// The newest receipts of one room, in memory.
struct RecentReceipts: Sendable {
    static let mostReceipts = 64

    /// Every receipt after this place is here.
    private(set) var after: StreamPosition
    /// Oldest first.
    private(set) var receipts: [Receipt] = []

    init(after: StreamPosition) { self.after = after }

    mutating func append(_ receipt: Receipt) {
        receipts.append(receipt)
        guard receipts.count > Self.mostReceipts else { return }
        after = receipts.removeFirst().position
    }

    /// Nil where not all that came after the place is here.
    func receipts(after place: StreamPosition, upTo end: StreamPosition) -> [Receipt]? {
        guard place >= after else { return nil }
        return receipts.filter { $0.position > place && $0.position <= end }
    }
}

/// The table `receipts`.
struct ReceiptStore {
    /// Of a room that is sent whole, no more of other people's receipts are.
    static let mostOfRoom = 500

    let db: Connection
    let recent: SharedCache<RoomNumber, RecentReceipts>

    private static let columns: SQL = "user_id, type, thread, event_id, history, ts, position"

    private static func receipt(from row: Row) throws -> Receipt {
        Receipt(
            user: try row[0], type: try row[1], thread: try row[2], eventID: try row[3],
            history: try row[4], ts: try row[5], position: try row[6])
    }

    /// The order of the event of a receipt, if there is one.
    func history(of user: UserID, _ type: ReceiptType, _ thread: String, in room: RoomNumber) throws
        -> Int64?
    {
        try db.one(
            """
            SELECT history FROM receipts WHERE room_number = \(room) AND user_id = \(user)
                AND type = \(type.rawValue) AND thread = \(thread)
            """)
    }

    func eventID(of user: UserID, _ type: ReceiptType, _ thread: String, in room: RoomNumber) throws
        -> EventID?
    {
        try db.one(
            """
            SELECT event_id FROM receipts WHERE room_number = \(room) AND user_id = \(user)
                AND type = \(type.rawValue) AND thread = \(thread)
            """)
    }

    func set(_ receipt: Receipt, in room: RoomNumber) throws {
        if receipt.thread == ThreadScope.everything {
            try db.post(
                """
                DELETE FROM receipts WHERE room_number = \(room) AND user_id = \(receipt.user)
                    AND type = \(receipt.type) AND thread <> '' AND event_id = \(receipt.eventID)
                """)
        }
        try db.post(
            """
            INSERT INTO receipts
                (room_number, user_id, type, thread, event_id, history, ts, position)
            VALUES (\(room), \(receipt.user), \(receipt.type), \(receipt.thread),
                    \(receipt.eventID), \(receipt.history), \(receipt.ts), \(receipt.position))
            ON CONFLICT (room_number, user_id, type, thread) DO UPDATE SET
                event_id = excluded.event_id, history = excluded.history, ts = excluded.ts,
                position = excluded.position
            """)
        var recent =
            db.cached(self.recent, room)
            ?? RecentReceipts(after: StreamPosition(rawValue: receipt.position.rawValue - 1))
        recent.append(receipt)
        db.cache(self.recent, room, recent)
    }

    /// A room's receipts after a place, other people's private ones left out.
    func receipts(in room: RoomNumber, after place: StreamPosition, for reader: UserID) throws
        -> [Receipt]
    {
        try db.all(
            """
            SELECT \(Self.columns) FROM receipts
            WHERE room_number = \(room) AND position > \(place)
              AND (type = 'm.read' OR user_id = \(reader))
            ORDER BY position
            """, Self.receipt)
    }

    /// Rooms of some with any receipts after a place.
    func rooms(_ rooms: [RoomNumber], withReceiptsAfter place: StreamPosition) throws
        -> Set<RoomNumber>
    {
        var found: Set<RoomNumber> = []
        for slice in rooms.chunks(of: 500) {
            found.formUnion(
                try db.all(
                    """
                    SELECT DISTINCT room_number FROM receipts
                    WHERE room_number IN \(list: slice) AND position > \(place)
                    """) as [RoomNumber])
        }
        return found
    }

    /// A room's newest receipts, and all of the reader's.
    func newest(in room: RoomNumber, for reader: UserID) throws -> [Receipt] {
        let others = try db.all(
            """
            SELECT \(Self.columns) FROM receipts
            WHERE room_number = \(room) AND type = 'm.read' AND user_id <> \(reader)
            ORDER BY position DESC LIMIT \(Self.mostOfRoom)
            """, Self.receipt)
        let own = try db.all(
            """
            SELECT \(Self.columns) FROM receipts
            WHERE room_number = \(room) AND user_id = \(reader) ORDER BY position
            """, Self.receipt)
        return others.reversed() + own
    }

    /// Has the newest receipts of a room kept in memory from here on.
    func keepRecent(of room: RoomNumber, from place: StreamPosition) {
        guard db.cached(recent, room) == nil else { return }
        db.cache(recent, room, RecentReceipts(after: place))
    }
}
