package import MatrixTypes

extension Authorization {
    /// Where to look in the state for the events that give a sender the right to send an event.
    ///
    /// The event names as its `auth_events` those of them that are there, and no others.
    ///
    /// - Spec: [Auth events selection](https://spec.matrix.org/v1.19/server-server-api/#auth-events-selection)
    package static func authEventKeys(
        type: EventType, stateKey: String?, sender: UserID, content: JSONObject,
        under rules: RoomRules
    ) -> [StateKey] {
        guard type != .roomCreate else { return [] }
        var keys: [StateKey] = rules.citesCreateEvent ? [StateKey(.roomCreate)] : []
        keys.append(StateKey(.powerLevels))
        keys.append(.member(sender))
        guard type == .roomMember else { return keys }

        func add(_ key: StateKey) {
            if !keys.contains(key) { keys.append(key) }
        }
        if let stateKey { add(StateKey(.roomMember, stateKey)) }
        let membership = content["membership"]?.string.flatMap(Membership.init)
        if membership == .join || membership == .invite || membership == .knock {
            add(StateKey(.joinRules))
        }
        if membership == .invite,
            let token = content["third_party_invite"]?["signed"]?["token"]?.string
        {
            add(StateKey(.thirdPartyInvite, token))
        }
        if membership == .join, rules.hasRestrictedJoins,
            let authoriser = content["join_authorised_via_users_server"]?.string
        {
            add(StateKey(.roomMember, authoriser))
        }
        return keys
    }

    /// The same for an event that there is.
    package static func authEventKeys(of event: PDU, under rules: RoomRules) -> [StateKey] {
        authEventKeys(
            type: event.type, stateKey: event.stateKey, sender: event.sender,
            content: event.content, under: rules)
    }
}
