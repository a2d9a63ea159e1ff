import MatrixTypes

/// What somebody who is not in a room yet is told of it: enough to name it.
///
/// - Spec: [Stripped state](https://spec.matrix.org/v1.19/client-server-api/#stripped-state)
struct StrippedState {
    static let types: [EventType] = [
        .roomCreate, .roomName, .roomAvatar, .roomTopic, .joinRules, .canonicalAlias, .encryption,
    ]

    let timeline: Timeline
    let room: RoomHead

    init(timeline: Timeline, room: RoomHead) {
        self.timeline = timeline
        self.room = room
    }

    /// A JSON array of stripped events, the member event that invites or knocks among them.
    func bytes(for user: UserID, at member: StreamPosition) throws -> [UInt8] {
        var positions: [StreamPosition] = [member]
        guard let event = try timeline.events.event(at: member) else {
            throw BrokenStorage("no event at \(member.rawValue)")
        }
        for type in Self.types {
            if let position = try timeline.state.position(
                of: StateKey(type), in: event.stateBefore)
            {
                positions.append(position)
            }
        }
        let inviter = StateKey(.roomMember, event.sender.rawValue)
        if let position = try timeline.state.position(of: inviter, in: event.stateBefore) {
            positions.append(position)
        }
        var writer = JSONWriter()
        try writer.array { array in
            for event in try timeline.events.events(at: Array(Set(positions)).sorted()) {
                array.object { object in
                    object.raw("content", event.contentBytes)
                    object["sender"] = event.sender
                    object["state_key"] = event.stateKey ?? ""
                    object["type"] = event.type
                    if event.type == .roomCreate {
                        object["event_id"] = event.eventID
                        object["origin_server_ts"] = event.originServerTS
                    }
                }
            }
        }
        return writer.bytes
    }
}
