import MatrixTypes

/// State resolution since v2: by power, then along the mainline.
///
/// - Spec: [Algorithm](https://spec.matrix.org/v1.19/rooms/v2/#algorithm), and as
///   [v12 changes it](https://spec.matrix.org/v1.19/rooms/v12/#algorithm); the numbers below are its
///   steps.
struct SecondResolution<Undisputed: UndisputedState> {
    let authorization: Authorization
    let known: ResolutionEvents
    let undisputed: Undisputed
    let isRejected: (EventID) -> Bool
    let rank: ((EventID) -> Int?)?

    /// Since v12, nothing is taken as settled at first.
    private var startsFromNothing: Bool {
        authorization.rules.stateResolution == .secondPointOne
    }

    /// - Parameter disputed: What each fork holds under the disputed keys.
    /// - Returns: The events that passed; step 5, by which what was never in dispute stands, is up to
    ///   the caller.
    func resolve(_ disputed: [StateMap]) throws(MissingEvent) -> StateMap {
        let full = try FullConflictedSet(
            known: known, undisputed: undisputed, rank: rank, includesSubgraph: startsFromNothing
        ).events(disputed)
        var checks = IterativeAuthChecks(
            authorization: authorization, known: known, isRejected: isRejected,
            base: startsFromNothing ? { _ in nil } : undisputed.event)

        // 1. The power events, with those of their auth chains, by power.
        let power = try PowerOrder(known: known, rules: authorization.rules).events(of: full)
        // 2. Applied one by one, each if the state so far allows it.
        for id in power { try checks.apply(id) }
        // 3. The rest, in the order of the power levels just settled.
        var mainline = MainlineOrder(
            known: known, from: checks.current(StateKey(.powerLevels)), rank: rank)
        let rest = try mainline.sorted(full.subtracting(power))
        // 4. Applied in the same way.
        for id in rest { try checks.apply(id) }
        return checks.applied
    }
}
