package import MatrixTypes

/// What the forks of a room's state agree on, and what they dispute.
///
/// - Spec: [Definitions](https://spec.matrix.org/v1.19/rooms/v2/#definitions), "Unconflicted
///   state map and conflicted state set"
package struct StateConflicts: Equatable, Sendable {
    /// Entries that every fork holds with the same event.
    package private(set) var unconflicted: StateMap = [:]

    /// Every event that any fork holds under one of the other keys.
    package private(set) var conflicted: Set<EventID> = []

    /// What each fork holds under those other keys, in the order of the forks.
    package private(set) var disputed: [StateMap]

    /// Compares the forks key by key, in time linear in their total size.
    package init(_ forks: [StateMap]) {
        disputed = Array(repeating: [:], count: forks.count)
        guard let first = forks.first else { return }
        for (key, event) in first where forks.dropFirst().allSatisfy({ $0[key] == event }) {
            unconflicted[key] = event
        }
        for (place, fork) in forks.enumerated() {
            for (key, event) in fork where unconflicted[key] == nil {
                disputed[place][key] = event
                conflicted.insert(event)
            }
        }
    }
}
