import MatrixTypes

/// State resolution of v1: by depth.
///
/// - Spec: [State resolution](https://spec.matrix.org/v1.19/rooms/v1/#state-resolution)
struct FirstResolution<Undisputed: UndisputedState> {
    let authorization: Authorization
    let known: ResolutionEvents
    let undisputed: Undisputed

    /// - Parameter disputed: What each fork holds under the disputed keys.
    func resolve(_ disputed: [StateMap]) throws(MissingEvent) -> StateMap {
        var candidates: [StateKey: Set<EventID>] = [:]
        for fork in disputed {
            for (key, id) in fork { candidates[key, default: []].insert(id) }
        }
        // A key that some forks lack is not in conflict here.
        var resolved = candidates.compactMapValues { $0.count == 1 ? $0.first : nil }
        let conflicts = candidates.filter { $0.value.count > 1 }

        for type in [EventType.powerLevels, .joinRules, .roomMember] {
            // Within a pass, no key sees what another one came to: their order must not matter.
            var pass: StateMap = [:]
            for (key, ids) in conflicts where Self.isOfPass(key, type) {
                pass[key] = try lastOfChain(ids, under: key, in: resolved)
            }
            resolved.merge(pass) { _, new in new }
        }
        var rest: StateMap = [:]
        for (key, ids) in conflicts where resolved[key] == nil {
            rest[key] = try highestAllowed(ids, in: resolved)
        }
        return resolved.merging(rest) { _, new in new }
    }

    /// Levels under another state key than the empty one authorize nothing.
    private static func isOfPass(_ key: StateKey, _ type: EventType) -> Bool {
        key.type == type && (type != .powerLevels || key.key.isEmpty)
    }

    /// Of events that may authorize others: the first, then each that the one before allows.
    private func lastOfChain(
        _ ids: Set<EventID>, under key: StateKey, in state: StateMap
    ) throws(MissingEvent) -> EventID? {
        var state = state
        for event in try ordered(ids) {
            if state[key] != nil {
                guard try isAllowed(event, in: state) else { break }
            }
            state[key] = event.eventID
        }
        return state[key]
    }

    /// Of other events: the highest that is allowed.
    private func highestAllowed(
        _ ids: Set<EventID>, in state: StateMap
    ) throws(MissingEvent) -> EventID? {
        let events = try ordered(ids)
        for event in events.reversed() where try isAllowed(event, in: state) {
            return event.eventID
        }
        // The spec does not say what to do when none is. Other servers take the lowest.
        return events.first?.eventID
    }

    /// By ascending depth, then by descending SHA-1 of the event ID.
    private func ordered(_ ids: Set<EventID>) throws(MissingEvent) -> [PDU] {
        var events: [(event: PDU, hash: [UInt8])] = []
        for id in ids { events.append((try known.event(id), SHA1.hash(id.rawValue.utf8))) }
        return events.sorted { a, b in
            if a.event.depth != b.event.depth { return a.event.depth < b.event.depth }
            return b.hash.lexicographicallyPrecedes(a.hash)
        }.map(\.event)
    }

    private func isAllowed(_ event: PDU, in state: StateMap) throws(MissingEvent) -> Bool {
        var judging = JudgingState(known: known)
        for key in Authorization.authEventKeys(of: event, under: authorization.rules) {
            guard let id = state[key] ?? undisputed.event(key) else { continue }
            judging.events[key] = try known.event(id)
        }
        do {
            try authorization.check(event, against: judging)
            return true
        } catch {
            return false
        }
    }
}
