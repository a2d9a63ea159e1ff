import Database
import MatrixRules
import MatrixTypes

extension Timeline {
    /// Has a redaction take effect on its event: only what redaction keeps is left, for readers and
    /// on disk, in the block that accepts it.
    ///
    /// - Throws: `M_FORBIDDEN` where the sender may not redact the event: it is somebody else's and
    ///   they lack the power.
    /// - Spec: [Redactions](https://spec.matrix.org/v1.19/client-server-api/#redactions)
    func applyRedaction(
        _ redaction: PDU, _ draft: EventDraft, at position: StreamPosition, in head: RoomHead
    ) throws {
        guard let target = redaction.redacts ?? draft.redacts,
            let event = try events.event(target), event.room == head.number,
            event.position != position
        else { return }
        if event.sender != redaction.sender {
            let power = try power(in: head)
            guard power.mayRedact(redaction.sender) else {
                throw MatrixError.forbidden("Only its author or a moderator deletes this.")
            }
        }
        guard event.redactedBy == nil else { return }
        let original = try JSONObject(parsing: event.pdu)
        let bytes = try redact(original, under: head.rules)
        let pruned = try PDU(
            parsing: bytes, eventID: event.eventID, format: head.rules.format)
        try events.redact(event, to: pruned, by: position)
        if var recent = db.cached(engine.recents, head.number) {
            recent.replace(with: event.redacted(to: pruned, by: position))
            db.cache(engine.recents, head.number, recent)
        }
        try unread.correct(for: event, in: head)
        if event.type == .roomMember, let user = event.stateKey.flatMap({ UserID($0) }) {
            try memberships.removeProfile(of: user, in: head.number, at: event.position)
        }
    }

    /// Who may do what in a room, by its current state.
    func power(in head: RoomHead) throws -> RoomPower {
        let create = try pdu(StateKey(.roomCreate), in: head)
        let levels = try pdu(StateKey(.powerLevels), in: head)
        return RoomPower(create: create, powerLevels: levels, under: head.rules)
    }

    /// The event of the current state under a key.
    func pdu(_ key: StateKey, in head: RoomHead) throws -> PDU? {
        try state.position(of: key, in: head.state).map {
            try events.pdu(at: $0, under: head.rules)
        }
    }

    /// A user's membership in the current state.
    func membership(of user: UserID, in head: RoomHead) throws -> Membership? {
        try memberships.entry(of: user, in: head.number)?.membership
    }
}
