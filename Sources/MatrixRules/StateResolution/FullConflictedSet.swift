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
        let graph = try graph(from: conflicted)
        var full = conflicted.union(try authDifference(disputed, in: graph))
        if includesSubgraph { full.formUnion(subgraph(between: conflicted, in: graph)) }
        return full
    }

    /// What is behind undisputed events is in every fork's auth chain, so that the walk ends there;
    /// but a path of the subgraph may lead through them, down to the lowest conflicted event.
    private func graph(from conflicted: Set<EventID>) throws(MissingEvent) -> AuthGraph {
        let chains = AuthChains(events: known, rank: rank)
        let floor = includesSubgraph ? chains.lowestRank(of: conflicted) : nil
        return try AuthGraph(from: conflicted, known) { event in
            guard isUndisputed(event) else { return false }
            guard includesSubgraph else { return true }
            guard let floor, let rank = rank?(event.eventID) else { return false }
            return rank <= floor
        }
    }

    /// The events that are in the auth chains of some forks and not of all.
    ///
    /// NOTSPEC: The auth chain of a fork has its own events in it. The spec's definition leaves them
    /// out, but the servers that rooms are made of count them, and replay fewer events.
    private func authDifference(
        _ disputed: [StateMap], in graph: AuthGraph
    ) throws(MissingEvent) -> Set<EventID> {
        var forks = ForkSets(count: graph.events.count, forks: disputed.count)
        for (fork, state) in disputed.enumerated() {
            for id in state.values { graph.numbers[id].map { forks.insert(fork, at: $0) } }
        }
        var ends: Set<EventID> = []
        for number in graph.events.indices.reversed() {
            if isUndisputed(graph.events[number]) {
                forks.insertAll(at: number)
                ends.insert(graph.events[number].eventID)
            }
            for authEvent in graph.authEvents[number] { forks.merge(number, into: authEvent) }
        }
        let partial = graph.events.indices.filter { !forks.isFull(at: $0) }
        var difference = Set(partial.map { graph.events[$0].eventID })

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

/// For each of many events, the set of forks that have it, as bits.
private struct ForkSets {
    private let words: Int
    private var bits: [UInt64]
    private let full: [UInt64]

    init(count: Int, forks: Int) {
        words = (forks + 63) / 64
        bits = Array(repeating: 0, count: count * words)
        full = (0..<words).map { word in
            let rest = forks - 64 * word
            return rest >= 64 ? .max : 1 << UInt64(rest) - 1
        }
    }

    mutating func insert(_ fork: Int, at event: Int) {
        bits[event * words + fork / 64] |= 1 << UInt64(fork % 64)
    }

    mutating func insertAll(at event: Int) {
        for word in 0..<words { bits[event * words + word] = full[word] }
    }

    mutating func merge(_ source: Int, into event: Int) {
        for word in 0..<words { bits[event * words + word] |= bits[source * words + word] }
    }

    func isFull(at event: Int) -> Bool {
        (0..<words).allSatisfy { bits[event * words + $0] == full[$0] }
    }
}
