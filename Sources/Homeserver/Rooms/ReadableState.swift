import Database
import MatrixRules
import MatrixTypes

/// What of a room's state one user may read: the current one, or as it was when they left.
struct ReadableState {
    let room: RoomHead
    let group: StateGroup
    /// Nil: the current state.
    let leftAt: StreamPosition?
}

extension Timeline {
    /// The state that a user may read.
    ///
    /// - Throws: `M_FORBIDDEN` where they may read none, also for a room that does not exist.
    /// - Spec: [Getting events for a room](https://spec.matrix.org/v1.19/client-server-api/#getting-events-for-a-room)
    func readableState(of roomID: RoomID, for user: UserID) throws -> ReadableState {
        let refusal = MatrixError.forbidden("You are not in this room.")
        guard let room = try rooms.head(of: roomID) else { throw refusal }
        let current = ReadableState(room: room, group: room.state, leftAt: nil)
        if let entry = try memberships.entry(of: user, in: room.number), !entry.isForgotten {
            if entry.membership == .join { return current }
            if let end = try endOfStay(of: user, in: room, from: entry.position) {
                return ReadableState(room: room, group: end.stateAfter, leftAt: end.position)
            }
        }
        guard try visibility(of: room) == .worldReadable else { throw refusal }
        return current
    }
}

/// Writes state events by the thousand, from their stored bytes: without what is said about one
/// reader, since that would have to be looked up for each of them.
///
/// - Spec: [Room event format](https://spec.matrix.org/v1.19/client-server-api/#room-event-format)
struct StateEventWriter {
    let timeline: Timeline
    let room: RoomHead
    let now: Timestamp

    /// Writes the events at some positions, in their order.
    ///
    /// - Parameter isIncluded: Asked of each event before it is written.
    func write(
        _ positions: [StreamPosition], to array: inout JSONArrayWriter,
        where isIncluded: (StoredEvent) throws -> Bool = { _ in true }
    ) throws {
        for slice in positions.chunks(of: 500) {
            let events = try timeline.events.events(at: slice)
            let redactions = Dictionary(
                try timeline.events.events(at: events.compactMap(\.redactedBy).sorted())
                    .map { ($0.position, $0) }, uniquingKeysWith: { first, _ in first })
            for event in events where try isIncluded(event) {
                let redaction = event.redactedBy.flatMap { redactions[$0] }
                array.object { write(event, redaction, to: &$0) }
            }
        }
    }

    private func write(
        _ event: StoredEvent, _ redaction: StoredEvent?, to object: inout JSONObjectWriter
    ) {
        object.raw("content", event.contentBytes)
        object["event_id"] = event.eventID
        object["origin_server_ts"] = event.originServerTS
        object["room_id"] = room.roomID
        object["sender"] = event.sender
        if let stateKey = event.stateKey { object["state_key"] = stateKey }
        object["type"] = event.type
        object.object("unsigned") { unsigned in
            unsigned["age"] = max(0, now.rawValue - event.originServerTS.rawValue)
            guard let redaction else { return }
            unsigned["redacted_by"] = redaction.eventID
            unsigned.object("redacted_because") { write(redaction, nil, to: &$0) }
        }
    }
}
