import MatrixTypes

/// What makes a room what it is cannot be redacted: its creation, its encryption, who may come into it.
struct FoundationsStay: EventPolicy {
    private static let foundations: Set<EventType> = [
        .roomCreate, .encryption, .roomAccessRules,
    ]

    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard draft.type == .redaction,
            let target = draft.redacts ?? draft.content["redacts"]?.string.flatMap(EventID.init),
            let event = try timeline.events.event(target), event.room == room.number
        else { return }
        guard event.stateKey == nil || !Self.foundations.contains(event.type) else {
            throw MatrixError.forbidden("An event of the type \(event.type) cannot be redacted.")
        }
    }
}

extension EventType {
    /// Who may come into a room, beyond its join rule.
    static let roomAccessRules: EventType = "im.vector.room.access_rules"
}
