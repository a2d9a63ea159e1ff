import MatrixTypes

/// The events that may take power from someone, those with more power first.
///
/// - Spec: [Definitions](https://spec.matrix.org/v1.19/rooms/v2/#definitions), "Power events" and
///   "Reverse topological power ordering"
struct PowerOrder {
    let known: ResolutionEvents
    let rules: RoomRules

    /// The power events of a set, and those of the set behind them, from first to last.
    func events(of full: Set<EventID>) throws(MissingEvent) -> [EventID] {
        let cited = try citations(within: full)
        var citing: [EventID: [EventID]] = [:]
        var waitsFor: [EventID: Int] = [:]
        var ready = Heap<Candidate>()
        for (id, authEvents) in cited {
            waitsFor[id] = authEvents.count
            for authEvent in authEvents { citing[authEvent, default: []].append(id) }
            if authEvents.isEmpty { ready.insert(try candidate(id)) }
        }
        // Kahn's algorithm: of the events of which all auth events are through, the least.
        var sorted: [EventID] = []
        sorted.reserveCapacity(cited.count)
        while let next = ready.popLeast() {
            sorted.append(next.id)
            for id in citing[next.id] ?? [] {
                let left = (waitsFor[id] ?? 0) - 1
                waitsFor[id] = left
                if left == 0 { ready.insert(try candidate(id)) }
            }
        }
        return sorted
    }

    /// The power events and what of the set is behind them, each with those of the set that it cites.
    ///
    /// NOTSPEC: The walk stays within the set, where the spec would have it go through other events
    /// and come back. Other servers do the same; it can differ only before v12, and only when a fork
    /// holds an older event than those that all forks build on.
    private func citations(
        within full: Set<EventID>
    ) throws(MissingEvent) -> [EventID: Set<EventID>] {
        var cited: [EventID: Set<EventID>] = [:]
        var open: [EventID] = []
        for id in full where Self.isPowerEvent(try known.event(id)) { open.append(id) }
        while let id = open.popLast() {
            guard cited[id] == nil else { continue }
            let authEvents = Set(try known.event(id).authEvents).intersection(full)
            cited[id] = authEvents
            open.append(contentsOf: authEvents)
        }
        return cited
    }

    /// NOTSPEC: Levels and join rules under another state key than the empty one do nothing, and other
    /// servers do not count them; they count the create event. In this, too, all must do the same.
    static func isPowerEvent(_ event: PDU) -> Bool {
        switch event.type {
        case .powerLevels, .joinRules, .roomCreate: return event.stateKey == ""
        case .roomMember:
            // Kicks and bans.
            let membership = event.content["membership"]?.string.flatMap(Membership.init)
            guard membership == .leave || membership == .ban else { return false }
            return event.stateKey.map(UserID.init(unchecked:)) != event.sender
        default: return false
        }
    }

    private func candidate(_ id: EventID) throws(MissingEvent) -> Candidate {
        let event = try known.event(id)
        let power = known.power(
            create: try known.create(of: event, under: rules),
            powerLevels: try known.authEvent(StateKey(.powerLevels), of: event), under: rules)
        return Candidate(
            level: power.level(of: event.sender), originServerTS: event.originServerTS, id: id)
    }

    /// An event that may be the next.
    private struct Candidate: Comparable {
        /// The sender's, by the levels that the event cites.
        let level: PowerLevel
        let originServerTS: Timestamp
        let id: EventID

        /// 1. More power, 2. earlier, 3. the lesser ID.
        static func < (a: Candidate, b: Candidate) -> Bool {
            if a.level != b.level { return a.level > b.level }
            if a.originServerTS != b.originServerTS { return a.originServerTS < b.originServerTS }
            return a.id < b.id
        }
    }
}
