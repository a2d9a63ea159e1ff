package import MatrixTypes

/// Merges the forks of a room's state, by the algorithm of its version.
///
/// The answer depends on the forks alone, not on their order, and is the same on every server.
/// Nothing here calls itself: a chain of auth events may be as long as a room is old.
///
/// - Spec: [Room State Resolution](https://spec.matrix.org/v1.19/server-server-api/#room-state-resolution)
package struct StateResolution {
    private let authorization: Authorization
    private let events: (EventID) -> PDU?
    private let isRejected: (EventID) -> Bool
    private let rank: ((EventID) -> Int?)?

    /// - Parameters:
    ///   - authorization: `SignatureChecks.onlyOfState` is enough.
    ///   - events: Gives the events of the forks and of their auth chains, rejected ones too. Asked
    ///     once for each in one resolution.
    ///   - isRejected: Whether an event was rejected by the rules.
    ///   - rank: A number that is greater than those of all auth events of the event, such as the
    ///     order in which we stored them: with it, less of a room's past is walked. Never an event's
    ///     `depth`, which its sender makes up. Nil where nothing is known.
    package init(
        authorization: Authorization, events: @escaping (EventID) -> PDU?,
        isRejected: @escaping (EventID) -> Bool = { _ in false },
        rank: ((EventID) -> Int?)? = nil
    ) {
        self.authorization = authorization
        self.events = events
        self.isRejected = isRejected
        self.rank = rank
    }

    /// Merges whole states.
    ///
    /// - Parameter forks: The state after each of an event's `prev_events`, one map for each.
    /// - Throws: `MissingEvent` when an event that a fork names, or one of the auth chains', is not in
    ///   `events`.
    package func resolve(_ forks: [StateMap]) throws(MissingEvent) -> StateMap {
        guard let first = forks.first else { return [:] }
        guard forks.contains(where: { $0 != first }) else { return first }

        let conflicts = StateConflicts(forks)
        let known = ResolutionEvents(fetch: events)
        let undisputed = UndisputedMap(conflicts.unconflicted, events: known, rank: rank)
        let resolved = try resolve(conflicts.disputed, undisputed, known)
        return resolved.merging(conflicts.unconflicted) { _, undisputed in undisputed }
    }

    /// Merges what the forks dispute, so that nobody needs to lay out the whole state of a large room.
    ///
    /// - Parameters:
    ///   - differing: What each fork holds under the keys on which not all of them hold the same.
    ///   - undisputed: What all forks hold the same.
    /// - Returns: What the merged state holds under those keys; a key that is not there is not in the
    ///   state either. Under all other keys it holds what is undisputed.
    package func resolve(
        differing: [StateMap], undisputed: some UndisputedState
    ) throws(MissingEvent) -> StateMap {
        // Forks that turn out to hold the same under a key agree on it after all.
        let conflicts = StateConflicts(differing)
        let overlay = OverlaidUndisputed(own: conflicts.unconflicted, rest: undisputed)
        let resolved = try resolve(
            conflicts.disputed, overlay, ResolutionEvents(fetch: events))
        return resolved.filter { key, _ in undisputed.event(key) == nil }
            .merging(conflicts.unconflicted) { _, undisputed in undisputed }
    }

    private func resolve(
        _ disputed: [StateMap], _ undisputed: some UndisputedState, _ known: ResolutionEvents
    ) throws(MissingEvent) -> StateMap {
        guard disputed.contains(where: { !$0.isEmpty }) else { return [:] }
        switch authorization.rules.stateResolution {
        case .first:
            return try FirstResolution(
                authorization: authorization, known: known, undisputed: undisputed
            ).resolve(disputed)
        case .second, .secondPointOne:
            return try SecondResolution(
                authorization: authorization, known: known, undisputed: undisputed,
                isRejected: isRejected, rank: rank
            ).resolve(disputed)
        }
    }
}
