import MatrixTypes

/// In an encrypted room nothing is said in the clear. State, reactions and redactions are never encrypted,
/// and pass.
struct NoPlainMessages: EventPolicy {
    private static let passing: Set<EventType> = [.encrypted, .reaction, .redaction]

    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard room.wasEncrypted, draft.stateKey == nil, !Self.passing.contains(draft.type) else {
            return
        }
        throw MatrixError.forbidden("This room is encrypted: send it as `m.room.encrypted`.")
    }
}
