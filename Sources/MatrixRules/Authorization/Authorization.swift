package import MatrixTypes

/// The rules by which every server decides which events it accepts.
///
/// Comments number the rules as room version 11 does. Version 12 has one more after the first, and so
/// have versions 1 to 5 after the third.
///
/// - Spec: [Authorization rules](https://spec.matrix.org/v1.19/rooms/v11/#authorisation-rules)
package struct Authorization: Sendable {
    package let rules: RoomRules
    let signatures: SignatureChecks

    package init(rules: RoomRules, signatures: SignatureChecks) {
        self.rules = rules
        self.signatures = signatures
    }

    /// Judges an event by the state before it. Rule 2 has a function of its own: `checkAuthEvents`.
    ///
    /// Events are expected to be signed by their sender's server, which the caller has checked.
    package func check(_ event: PDU, against state: some AuthState) throws(Rejection) {
        // 1. The event that makes the room.
        if event.type == .roomCreate { return try checkCreate(event) }

        guard let create = state.event(StateKey(.roomCreate)) else { throw .noCreateEvent }
        // Since v12, rule 2: The room's ID is that of its create event.
        if rules.roomIDIsCreateHash {
            guard event.roomID == RoomID(ofCreateEvent: create.eventID) else {
                throw .roomNotOfCreateEvent
            }
        }

        // 3. A room may be for one server alone.
        if create.content["m.federate"]?.bool == false {
            guard event.sender.server == create.sender.server else { throw .notFederated }
        }

        // Until v5, rule 4: Each server has its own aliases.
        if rules.hasAliasesRule, event.type == .roomAliases { return try checkAliases(event) }

        // 4. Who is in the room.
        if event.type == .roomMember {
            return try checkMembership(event, in: state, createdBy: create)
        }

        // 5. All else is for those in the room.
        guard state.membership(of: event.sender) == .join else { throw .senderNotJoined }

        let power = state.power(under: rules)
        // 6. Whoever may invite users may invite others too.
        if event.type == .thirdPartyInvite {
            guard power.mayInvite(event.sender) else { throw .thirdPartyInviteNeedsPower }
            return
        }

        // 7. Each type of event asks for a level.
        let needed = power.levels.level(toSend: event.type, isState: event.stateKey != nil)
        guard power.level(of: event.sender) >= needed else {
            throw .powerTooLow(has: power.level(of: event.sender), needs: needed)
        }

        // 8. State of a user is that user's own.
        if let key = event.stateKey, key.utf8.first == UInt8(ascii: "@") {
            guard UserID(unchecked: key) == event.sender else { throw .stateOfAnotherUser }
        }

        // 9. Levels are changed by those above them.
        if event.type == .powerLevels {
            try checkPowerLevels(event, in: state, power, createdBy: create)
        }

        // Until v2, rule 11: Redacting what others said takes power.
        if rules.authorizesRedactions, event.type == .redaction {
            try checkRedaction(event, power)
        }
        // 10. Otherwise, allow.
    }

    /// Until v5, rule 4.
    private func checkAliases(_ event: PDU) throws(Rejection) {
        // 4.1 and 4.2.
        guard let key = event.stateKey else { throw .aliasesWithoutStateKey }
        guard ServerName(unchecked: key) == event.sender.server else {
            throw .aliasesOfAnotherServer
        }
        // 4.3. Otherwise, allow.
    }

    /// Until v2, rule 11.
    private func checkRedaction(_ event: PDU, _ power: RoomPower) throws(Rejection) {
        // 11.1. By power.
        if power.mayRedact(event.sender) { return }
        // 11.2. Or of what came from the same server, by the domains of the event IDs.
        if let redacts = event.redacts, let server = redacts.server,
            server == event.eventID.server
        {
            return
        }
        // 11.3. Otherwise, reject.
        throw .redactionNeedsPower
    }
}

/// The signatures that the rules ask for, checked by those who have keys.
package struct SignatureChecks: Sendable {
    /// Whether a server has validly signed an event.
    package var isSigned: @Sendable (_ event: PDU, _ server: ServerName) -> Bool

    /// Whether any of the signatures in an object was made with a key.
    ///
    /// `key` is what an `m.room.third_party_invite` says: Base64, perhaps.
    package var isSignedWithKey: @Sendable (_ signed: JSONObject, _ key: String) -> Bool

    package init(
        isSigned: @escaping @Sendable (_ event: PDU, _ server: ServerName) -> Bool,
        isSignedWithKey: @escaping @Sendable (_ signed: JSONObject, _ key: String) -> Bool
    ) {
        self.isSigned = isSigned
        self.isSignedWithKey = isSignedWithKey
    }

    /// For events that were checked when they came: only what depends on the state is checked again.
    package static func onlyOfState(
        isSignedWithKey: @escaping @Sendable (_ signed: JSONObject, _ key: String) -> Bool
    ) -> SignatureChecks {
        SignatureChecks(isSigned: { _, _ in true }, isSignedWithKey: isSignedWithKey)
    }
}
