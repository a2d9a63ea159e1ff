package import MatrixTypes

/// The part of a room's state on which all forks agree.
package protocol UndisputedState {
    func event(_ key: StateKey) -> EventID?

    /// Which of some events are in the auth chain of any event of this state.
    ///
    /// Asked at most once in a resolution, and only when some members' past differs between the forks.
    func inAuthChains(_ candidates: Set<EventID>) throws(MissingEvent) -> Set<EventID>
}

/// Undisputed state that is laid out in memory.
struct UndisputedMap: UndisputedState {
    private let state: StateMap
    private let events: ResolutionEvents
    private let rank: ((EventID) -> Int?)?

    init(_ state: StateMap, events: ResolutionEvents, rank: ((EventID) -> Int?)?) {
        self.state = state
        self.events = events
        self.rank = rank
    }

    func event(_ key: StateKey) -> EventID? { state[key] }

    func inAuthChains(_ candidates: Set<EventID>) throws(MissingEvent) -> Set<EventID> {
        try AuthChains(events: events, rank: rank).meeting(candidates, from: state.values)
    }
}

/// Undisputed state of which some entries were found by comparing the forks once more.
struct OverlaidUndisputed<Rest: UndisputedState>: UndisputedState {
    let own: StateMap
    let rest: Rest

    func event(_ key: StateKey) -> EventID? { own[key] ?? rest.event(key) }

    func inAuthChains(_ candidates: Set<EventID>) throws(MissingEvent) -> Set<EventID> {
        try rest.inAuthChains(candidates)
    }
}
