import MatrixTypes

/// Walks along auth events.
struct AuthChains {
    let events: ResolutionEvents
    let rank: ((EventID) -> Int?)?

    /// Which of `candidates` are among `seeds` or in their auth chains.
    ///
    /// Ends once all are met, and does not go below the lowest rank of a candidate.
    func meeting(
        _ candidates: Set<EventID>, from seeds: some Sequence<EventID>
    ) throws(MissingEvent) -> Set<EventID> {
        let floor = lowestRank(of: candidates)
        var missing = candidates
        var entered: Set<EventID> = []
        var open: [EventID] = []
        func enter(_ id: EventID) {
            guard entered.insert(id).inserted else { return }
            missing.remove(id)
            if let floor, let rank = rank?(id), rank <= floor { return }
            open.append(id)
        }
        for seed in seeds { enter(seed) }
        while !missing.isEmpty, let id = open.popLast() {
            for authEvent in try events.event(id).authEvents { enter(authEvent) }
        }
        return candidates.subtracting(missing)
    }

    /// Nil when any of them has none.
    func lowestRank(of ids: some Sequence<EventID>) -> Int? {
        guard let rank else { return nil }
        var lowest: Int?
        for id in ids {
            guard let rank = rank(id) else { return nil }
            lowest = min(lowest ?? rank, rank)
        }
        return lowest
    }
}
