import MatrixTypes

/// The events that can be reached by auth events from some others, each by a number, and for each the
/// forks whose auth chains have it.
///
/// An auth event has a lower number than the events that cite it, so that one pass upwards or
/// downwards tells what follows from where. (Only in room versions 1 and 2 can a liar's events cite
/// each other in a circle; then one of the circle comes first.)
struct AuthGraph {
    fileprivate(set) var events: [PDU] = []
    /// The numbers of each event's auth events; of those where the walk ended, some are missing.
    fileprivate(set) var authEvents: [[Int]] = []
    fileprivate(set) var forks: [ForkSet] = []
}

/// Walks the graph, from what the forks of a state dispute.
struct AuthGraphWalk {
    let known: ResolutionEvents
    let disputed: [StateMap]
    /// Undisputed events are in all forks, and so is what is behind them.
    let isUndisputed: (PDU) -> Bool
    let rank: ((EventID) -> Int?)?
    /// Until the lowest of the disputed events, the walk also goes on behind undisputed events.
    let followsPaths: Bool

    func graph() throws(MissingEvent) -> AuthGraph {
        if let rank, let graph = try rankedGraph(rank) { return graph }
        return try wholeGraph()
    }

    /// The forks that hold each disputed event themselves.
    private var seeds: [EventID: ForkSet] {
        var seeds: [EventID: ForkSet] = [:]
        for (fork, state) in disputed.enumerated() {
            for id in state.values {
                seeds[id, default: ForkSet(of: disputed.count)].insert(fork)
            }
        }
        return seeds
    }

    /// Nothing is known of the order of events: the walk goes to the beginning of the room, or to
    /// undisputed events.
    private func wholeGraph() throws(MissingEvent) -> AuthGraph {
        var graph = AuthGraph()
        var numbers: [EventID: Int] = [:]
        var entered: Set<EventID> = []
        let seeds = seeds
        for seed in seeds.keys where entered.insert(seed).inserted {
            var path: [Visit] = []
            func enter(_ id: EventID) throws(MissingEvent) {
                let event = try known.event(id)
                let isEnd = !followsPaths && isUndisputed(event)
                path.append(Visit(event: event, authEvents: isEnd ? [] : event.authEvents))
            }
            try enter(seed)
            while let last = path.indices.last {
                let visit = path[last]
                if visit.next < visit.authEvents.count {
                    path[last].next += 1
                    let id = visit.authEvents[visit.next]
                    if entered.insert(id).inserted { try enter(id) }
                } else {
                    path.removeLast()
                    numbers[visit.event.eventID] = graph.events.count
                    graph.events.append(visit.event)
                    graph.authEvents.append(visit.authEvents.compactMap { numbers[$0] })
                }
            }
        }
        let (none, all) = (ForkSet(of: disputed.count), ForkSet(allOf: disputed.count))
        graph.forks = graph.events.map { isUndisputed($0) ? all : seeds[$0.eventID] ?? none }
        for number in graph.events.indices.reversed() {
            for authEvent in graph.authEvents[number] {
                graph.forks[authEvent].formUnion(graph.forks[number])
            }
        }
        return graph
    }

    /// The walk goes from the highest rank down. It ends when all that is ahead is in all forks, since
    /// what is behind it is so too.
    ///
    /// - Returns: Nil when the ranks are not what they are said to be.
    private func rankedGraph(_ rank: (EventID) -> Int?) throws(MissingEvent) -> AuthGraph? {
        let all = ForkSet(allOf: disputed.count)
        var open = Heap<Open>()
        var forks = seeds
        var partial = 0
        var floor = Int.max
        for (id, set) in forks {
            guard let rank = rank(id) else { return nil }
            open.insert(Open(rank: rank, id: id))
            if set != all { partial += 1 }
            if followsPaths { floor = min(floor, rank) }
        }

        var walked: [PDU] = []
        while let next = open.popLeast() {
            guard partial > 0 || next.rank >= floor else { break }
            let event = try known.event(next.id)
            walked.append(event)
            if forks[next.id] != all { partial -= 1 }
            if isUndisputed(event) { forks[next.id] = all }
            let set = forks[next.id] ?? all
            for id in event.authEvents {
                guard let rank = rank(id), rank < next.rank else { return nil }
                let before = forks[id]
                if before == nil { open.insert(Open(rank: rank, id: id)) }
                forks[id, default: set].formUnion(set)
                let (was, isNow) = (before.map { $0 != all } ?? false, forks[id] != all)
                partial += (isNow ? 1 : 0) - (was ? 1 : 0)
            }
        }
        return graph(of: walked.reversed(), forks)
    }

    /// - Parameter walked: Auth events before those that cite them.
    private func graph(of walked: [PDU], _ forks: [EventID: ForkSet]) -> AuthGraph {
        let numbers = Dictionary(
            zip(walked.map(\.eventID), walked.indices), uniquingKeysWith: { first, _ in first })
        return AuthGraph(
            events: walked,
            authEvents: walked.map { $0.authEvents.compactMap { numbers[$0] } },
            forks: walked.map { forks[$0.eventID] ?? ForkSet(of: disputed.count) })
    }
}

/// An event whose auth events are being walked.
private struct Visit {
    let event: PDU
    let authEvents: [EventID]
    /// Which of them is next.
    var next = 0
}

/// An event that is to be walked; the highest rank first.
private struct Open: Comparable {
    let rank: Int
    let id: EventID

    static func < (a: Open, b: Open) -> Bool { a.rank > b.rank }
}
