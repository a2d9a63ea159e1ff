package import MatrixTypes

/// Whether a redaction takes effect on an event.
///
/// Since v3, redactions pass the authorization rules like any other event, and are judged once both
/// they and the event that they redact are here.
///
/// - Spec: [Handling redactions](https://spec.matrix.org/v1.19/rooms/v11/#handling-redactions)
package struct RedactionRights: Sendable {
    private let rules: RoomRules

    package init(rules: RoomRules) { self.rules = rules }

    /// - Parameters:
    ///   - redaction: An accepted `m.room.redaction`.
    ///   - target: An accepted event.
    ///   - power: The levels in the state before the redaction.
    package func applies(_ redaction: PDU, to target: PDU, with power: RoomPower) -> Bool {
        guard redaction.type == .redaction, redaction.redacts == target.eventID,
            redaction.roomID == target.roomID, redaction.eventID != target.eventID
        else { return false }
        // A room without its create event is no room; since v11 nothing would go but what clients
        // are told of it.
        guard target.type != .roomCreate else { return false }

        // 1. The sender may redact what others said.
        if power.mayRedact(redaction.sender) { return true }
        // 2. Or it is the sender's own server that takes back what it said. Until v2, the
        //    authorization rules compared the servers of the event IDs and have decided this.
        if rules.authorizesRedactions { return redaction.eventID.server == target.eventID.server }
        return redaction.sender.server == target.sender.server
    }
}
