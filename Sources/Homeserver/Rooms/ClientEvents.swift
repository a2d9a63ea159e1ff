import Database
import MatrixTypes

/// Writes events as one reader sees them: the stored bytes of `content`, and around them what is
/// written anew for each reader.
///
/// One of these is made for one answer. What consecutive events share (their state, and so the
/// reader's membership) is looked up once.
///
/// - Spec: [Room event format](https://spec.matrix.org/v1.19/client-server-api/#room-event-format)
struct ClientEvents {
    let timeline: Timeline
    let requester: Requester
    let room: RoomHead
    let now: Timestamp
    /// Whether `room_id` is written; `/sync` leaves it out.
    let withRoomID: Bool
    /// Since when the reader has been in the room without a break, where the caller knows it.
    var joined: StreamPosition?
    var shape = EventShape.whole
    private var lastMembership: (StateGroup, Membership?)?

    init(
        _ timeline: Timeline, for requester: Requester, in room: RoomHead, now: Timestamp,
        withRoomID: Bool
    ) {
        self.timeline = timeline
        self.requester = requester
        self.room = room
        self.now = now
        self.withRoomID = withRoomID
    }

    /// Writes one event.
    ///
    /// - Parameter bundled: The member `m.relations` of `unsigned`, if the event has any.
    mutating func write(
        _ event: StoredEvent, bundled: [UInt8]? = nil, to array: inout JSONArrayWriter
    ) throws {
        let unsigned = try unsigned(of: event, bundled: bundled)
        guard shape == .whole else {
            return array.raw(try shape.bytes(of: event, in: room, unsigned, withRoomID))
        }
        array.object { event.write(in: withRoomID ? room.roomID : nil, unsigned, to: &$0) }
    }

    /// The event as one JSON object.
    mutating func bytes(of event: StoredEvent, bundled: [UInt8]? = nil) throws -> [UInt8] {
        let unsigned = try unsigned(of: event, bundled: bundled)
        return try shape.bytes(of: event, in: room, unsigned, withRoomID)
    }

    /// A state event as part of a room's state rather than of its history: what it replaced, and what
    /// the reader was when it came, are told of no more.
    func stateBytes(of event: StoredEvent) throws -> [UInt8] {
        guard event.isRedacted else {
            return try shape.bytes(of: event, in: room, event.briefUnsigned(at: now), withRoomID)
        }
        var writer = self
        return try writer.bytes(of: event)
    }

    private mutating func unsigned(of event: StoredEvent, bundled: [UInt8]?) throws -> [UInt8] {
        let membership = try membership(at: event)
        let previous = try previousContent(of: event)
        let redaction = try event.redactedBy.flatMap { try timeline.events.event(at: $0) }
        let redactedBecause = try redaction.map { try bytes(of: $0) }
        return jsonBytes { unsigned in
            unsigned["age"] = max(0, now.rawValue - event.originServerTS.rawValue)
            if let bundled { unsigned.raw("m.relations", bundled) }
            if let membership { unsigned["membership"] = membership.rawValue }
            if let previous {
                unsigned.raw("prev_content", previous.contentBytes)
                unsigned["replaces_state"] = previous.eventID
            }
            if let redaction, let redactedBecause {
                unsigned["redacted_by"] = redaction.eventID
                unsigned.raw("redacted_because", redactedBecause)
            }
            if let transaction = event.transactionID(for: requester) {
                unsigned["transaction_id"] = transaction
            }
        }
    }

    /// The reader's membership when the event came.
    private mutating func membership(at event: StoredEvent) throws -> Membership? {
        if event.type == .roomMember, event.stateKey == requester.userID.rawValue {
            return try RoomMember(from: try event.content()).membership
        }
        if let joined, let history = event.history, history >= joined.rawValue { return .join }
        if let (group, membership) = lastMembership, group == event.stateAfter { return membership }
        let key = StateKey(.roomMember, requester.userID.rawValue)
        let position = try timeline.state.position(of: key, in: event.stateAfter)
        let member = try position.map { try timeline.events.pdu(at: $0, under: room.rules) }
        let membership = try member.map { try RoomMember(from: $0.content).membership } ?? .leave
        lastMembership = (event.stateAfter, membership)
        return membership
    }

    private func previousContent(of event: StoredEvent) throws -> StoredEvent? {
        guard let key = event.key, !event.isRedacted,
            let position = try timeline.state.position(of: key, in: event.stateBefore)
        else { return nil }
        return try timeline.events.stateEvents(at: [position]).first
    }
}

extension StoredEvent {
    /// Writes the members of the event as clients have them.
    func write(in roomID: RoomID?, _ unsigned: [UInt8], to object: inout JSONObjectWriter) {
        object.raw("content", contentBytes)
        object["event_id"] = eventID
        object["origin_server_ts"] = originServerTS
        if type == .redaction, let redacts { object["redacts"] = redacts }
        if let roomID { object["room_id"] = roomID }
        object["sender"] = sender
        if let stateKey { object["state_key"] = stateKey }
        object["type"] = type
        object.raw("unsigned", unsigned)
    }

    /// Which event a redaction is about, wherever its room version keeps that.
    var redacts: String? {
        guard let pdu = try? JSONObject(parsing: pdu) else { return nil }
        return pdu["redacts"]?.string ?? pdu["content"]?["redacts"]?.string
    }

    /// The client's own name for the request that made the event, for the device that made it.
    func transactionID(for requester: Requester) -> String? {
        guard let transaction, sender == requester.userID,
            transaction.deviceID == requester.deviceID
        else { return nil }
        return transaction.txnID
    }

    /// The least that `unsigned` holds.
    func briefUnsigned(at now: Timestamp) -> [UInt8] {
        jsonBytes { $0["age"] = max(0, now.rawValue - originServerTS.rawValue) }
    }
}
