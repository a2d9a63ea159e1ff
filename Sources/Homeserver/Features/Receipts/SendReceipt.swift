import Database
import Hummingbird
import MatrixTypes

/// Says that the requester has read a room up to an event.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}`
///
/// A receipt never goes back: one for an older event than the last changes nothing.
///
/// - Errors: `M_INVALID_PARAM` for a type that is none, or a `thread_id` that is not a thread of the
///   event; `M_FORBIDDEN` for who is not in the room; `M_NOT_FOUND` for an event that is not in it.
/// - Spec: [Receipts](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidreceiptreceipttypeeventid)
struct SendReceipt: Sendable {
    static let maxBodyBytes = 4096

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock
    let recent: SharedCache<RoomNumber, RecentReceipts>

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        guard let type = ReceiptType(rawValue: try context.parameter("receiptType")) else {
            throw MatrixError.invalidParameter("receiptType")
        }
        let eventID = try context.eventID()
        let body = try await request.optionalJSONObject(atMost: Self.maxBodyBytes)
        let thread = try thread(in: body, for: type)
        let user = context.userID
        let now = clock.now
        try await database.write { [engine, recent] db in
            try ReceiptSetting(
                timeline: engine.timeline(in: db), recent: recent, user: user, now: now
            ).set(type, to: eventID, in: roomID, thread: thread)
        }
        return .empty
    }

    /// - Returns: As in `ThreadScope`, or the ID of a thread's root.
    private func thread(in body: JSONObject, for type: ReceiptType) throws -> String {
        guard let value = body["thread_id"] else { return ThreadScope.everything }
        guard let thread = value.string, type != .fullyRead,
            thread == ThreadScope.main || EventID(thread) != nil
        else { throw MatrixError.invalidParameter("thread_id") }
        return thread
    }
}

/// Sets receipts and markers of one user, inside a block.
struct ReceiptSetting {
    /// How far a relation is followed to find the thread that an event belongs to.
    static let mostHops = 3

    let timeline: Timeline
    let recent: SharedCache<RoomNumber, RecentReceipts>
    let user: UserID
    let now: Timestamp

    /// - Parameter thread: As in `ThreadScope`, or the ID of a thread's root.
    func set(_ type: ReceiptType, to eventID: EventID, in roomID: RoomID, thread: String) throws {
        let room = try timeline.joinedRoom(roomID, for: user)
        guard let event = try timeline.events.event(eventID), event.room == room.number,
            let history = event.history
        else { throw MatrixError.notFound("There is no such event in this room.") }
        guard try isIn(thread, event) else {
            throw MatrixError.invalidParameter(
                "thread_id", "The event does not belong to this thread.")
        }
        switch type {
        case .fullyRead: try setFullyRead(event, history, in: room)
        case .read, .readPrivate: try set(type, event, history, in: room, thread)
        }
    }

    private func set(
        _ type: ReceiptType, _ event: StoredEvent, _ history: Int64, in room: RoomHead,
        _ thread: String
    ) throws {
        let store = ReceiptStore(db: timeline.db, recent: recent)
        let old = try store.history(of: user, type, thread, in: room.number)
        if let old, old >= history { return }
        if thread != ThreadScope.everything {
            // A receipt for the same event that is of no thread says more, and stays what is told.
            let whole = try store.eventID(of: user, type, ThreadScope.everything, in: room.number)
            if whole == event.eventID { return }
        }
        guard let entry = try timeline.memberships.entry(of: user, in: room.number) else { return }
        let position = StreamPosition(rawValue: timeline.db.nextPosition())
        try store.set(
            Receipt(
                user: user, type: type.rawValue, thread: thread, eventID: event.eventID,
                history: history, ts: now, position: position),
            in: room.number)
        try ReadMarkers(timeline: timeline).move(
            user, to: event, in: thread, room, began: entry.began)
        if type == .read {
            timeline.db.announce(Change(position: position, kind: .room(room.number)))
        }
        timeline.db.announce(
            Change(position: position, kind: .userInRoom(user, room.number)))
    }

    /// Whether the event is in the thread, or begins it, or belongs to what begins it.
    ///
    /// - Spec: [Threaded read receipts](https://spec.matrix.org/v1.19/client-server-api/#threaded-read-receipts)
    private func isIn(_ thread: String, _ event: StoredEvent) throws -> Bool {
        switch thread {
        case ThreadScope.everything: return true
        case ThreadScope.main: return event.threadRoot == nil
        default: break
        }
        let root = EventID(unchecked: thread)
        var current = event
        for _ in 0..<Self.mostHops {
            if current.threadRoot == root || current.eventID == root { return true }
            guard let parent = current.relatesTo, let next = try timeline.events.event(parent),
                next.room == event.room
            else { return false }
            current = next
        }
        return current.threadRoot == root || current.eventID == root
    }

    /// - Spec: [Fully read markers](https://spec.matrix.org/v1.19/client-server-api/#fully-read-markers)
    private func setFullyRead(_ event: StoredEvent, _ history: Int64, in room: RoomHead) throws {
        let store = AccountDataStore(db: timeline.db)
        let type = ReceiptType.fullyRead.rawValue
        if let content = try store.content(type, of: user, in: room.number),
            let old = (try? JSONObject(parsing: content))?["event_id"]?.string,
            let marked = try timeline.events.event(EventID(unchecked: old))?.history,
            marked >= history
        {
            return
        }
        try store.set(
            type, to: jsonBytes { $0["event_id"] = event.eventID }, of: user, in: room.number)
    }
}
