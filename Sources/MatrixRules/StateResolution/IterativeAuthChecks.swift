import MatrixTypes

/// A state that takes in one event after the other, each if the rules allow it by what is there.
///
/// - Spec: [Definitions](https://spec.matrix.org/v1.19/rooms/v2/#definitions), "Iterative auth checks"
struct IterativeAuthChecks {
    private let authorization: Authorization
    private let known: ResolutionEvents
    private let isRejected: (EventID) -> Bool
    private let base: (StateKey) -> EventID?

    /// What was taken in.
    private(set) var applied: StateMap = [:]

    /// - Parameter base: The state to begin with.
    init(
        authorization: Authorization, known: ResolutionEvents,
        isRejected: @escaping (EventID) -> Bool, base: @escaping (StateKey) -> EventID?
    ) {
        self.authorization = authorization
        self.known = known
        self.isRejected = isRejected
        self.base = base
    }

    func current(_ key: StateKey) -> EventID? { applied[key] ?? base(key) }

    /// Takes the event in, or ignores it.
    mutating func apply(_ id: EventID) throws(MissingEvent) {
        let event = try known.event(id)
        guard let key = event.key else { return }
        let state = try state(for: event)
        do {
            try authorization.check(event, against: state)
            applied[key] = id
        } catch {
            // An event that the rules reject is none.
        }
    }

    /// What the rules need to know: by the state so far, else by what the event itself cites.
    private func state(for event: PDU) throws(MissingEvent) -> JudgingState {
        let rules = authorization.rules
        var state = JudgingState(known: known)
        for id in event.authEvents where !isRejected(id) {
            let authEvent = try known.event(id)
            if let key = authEvent.key { state.events[key] = authEvent }
        }
        for key in Authorization.authEventKeys(of: event, under: rules) {
            if let id = current(key) { state.events[key] = try known.event(id) }
        }
        if !rules.citesCreateEvent {
            state.events[StateKey(.roomCreate)] = try known.create(of: event, under: rules)
        }
        return state
    }
}

/// What one event is judged by. Power levels are read once for all of them.
struct JudgingState: AuthState {
    let known: ResolutionEvents
    var events: [StateKey: PDU] = [:]

    func event(_ key: StateKey) -> PDU? { events[key] }

    func power(under rules: RoomRules) -> RoomPower {
        known.power(
            create: events[StateKey(.roomCreate)], powerLevels: events[StateKey(.powerLevels)],
            under: rules)
    }
}
