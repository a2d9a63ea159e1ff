package import MatrixTypes

/// The state against which an event is judged.
package protocol AuthState {
    /// The event that stands under `key`; never a rejected one.
    func event(_ key: StateKey) -> PDU?

    /// Who may do what in this state. One that judges many events keeps this read.
    func power(under rules: RoomRules) -> RoomPower
}

extension AuthState {
    package func power(under rules: RoomRules) -> RoomPower {
        RoomPower(
            create: event(StateKey(.roomCreate)), powerLevels: event(StateKey(.powerLevels)),
            under: rules)
    }

    /// Nil for those who never had to do with the room.
    package func membership(of user: UserID) -> Membership? {
        event(.member(user))?.content["membership"]?.string.flatMap(Membership.init)
    }

    /// `invite` in a room that says nothing.
    package var joinRule: JoinRules.Rule {
        guard let rule = event(StateKey(.joinRules))?.content["join_rule"] else { return .invite }
        return JoinRules.Rule(rawValue: rule.string ?? "")
    }
}

/// A handful of events as a state, such as those that an event names as its auth events.
package struct AuthEvents: AuthState {
    private var events: [StateKey: PDU] = [:]

    /// - Parameters:
    ///   - events: State events; the last counts where two have the same key.
    ///   - create: The room's create event, which since v12 is not among the auth events.
    package init(_ events: [PDU], create: PDU? = nil) {
        self.events[StateKey(.roomCreate)] = create
        for event in events {
            if let key = event.key { self.events[key] = event }
        }
    }

    package func event(_ key: StateKey) -> PDU? { events[key] }
}
