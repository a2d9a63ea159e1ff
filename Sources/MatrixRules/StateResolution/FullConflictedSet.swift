import MatrixTypes

/// The events that a resolution replays.
///
/// - Spec: [Definitions](https://spec.matrix.org/v1.19/rooms/v12/#definitions), "Auth difference",
///   "Conflicted state subgraph" and "Full conflicted set"
struct FullConflictedSet<Undisputed: UndisputedState> {
    let known: ResolutionEvents
    let undisputed: Undisputed
    let rank: ((EventID) -> Int?)?
    /// Since v12.
    let includesSubgraph: Bool

    /// - Parameter disputed: What each fork holds under the disputed keys.
    func events(_ disputed: [StateMap]) throws(MissingEvent) -> Set<EventID> {
        let conflicted = Set(disputed.lazy.flatMap(\.values))
        let graph = try AuthGraphWalk(
            known: known, disputed: disputed, isUndisputed: isUndisputed, rank: rank,
            followsPaths: includesSubgraph
        ).graph()
        let all = ForkSet(allOf: disputed.count)
        var full = conflicted.union(try authDifference(in: graph, all))
        if includesSubgraph { full.formUnion(subgraph(between: conflicted, in: graph)) }
        return full
    }

    /// The events that are in the auth chains of some forks and not of all.
    ///
    /// NOTSPEC: The auth chain of a fork has its own events in it. The spec's definition leaves them
    /// out, but the servers that rooms are made of count them, and replay fewer events.
    private func authDifference(
        in graph: AuthGraph, _ all: ForkSet
    ) throws(MissingEvent) -> Set<EventID> {
        var difference: Set<EventID> = []
        var ends: Set<EventID> = []
        for (event, forks) in zip(graph.events, graph.forks) {
            if forks != all { difference.insert(event.eventID) }
            if isUndisputed(event) { ends.insert(event.eventID) }
        }
        // What is also behind an undisputed event is in all chains. Most of it is behind those that
        // the walk met, and behind what rules the room now.
        for type in [EventType.powerLevels, .joinRules, .roomCreate] {
            if let id = undisputed.event(StateKey(type)) { ends.insert(id) }
        }
        guard !difference.isEmpty else { return [] }
        let chains = AuthChains(events: known, rank: rank)
        difference.subtract(try chains.meeting(difference, from: ends))
        guard !difference.isEmpty else { return [] }
        return difference.subtracting(try undisputed.inAuthChains(difference))
    }

    /// The events on the paths between any two conflicted events, these included.
    private func subgraph(
        between conflicted: Set<EventID>, in graph: AuthGraph
    ) -> Set<EventID> {
        var subgraph: Set<EventID> = []
        var leads = Array(repeating: false, count: graph.events.count)
        for (number, event) in graph.events.enumerated() {
            leads[number] =
                conflicted.contains(event.eventID)
                || graph.authEvents[number].contains { leads[$0] }
            if leads[number] { subgraph.insert(event.eventID) }
        }
        return subgraph
    }

    private func isUndisputed(_ event: PDU) -> Bool {
        event.key.flatMap(undisputed.event) == event.eventID
    }
}
