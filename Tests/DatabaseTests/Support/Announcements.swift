import Database
import Synchronization

/// The numbers that blocks of one database have announced, in order.
final class Announcements: Sendable {
    private let heard = Mutex<[Int]>([])

    /// - Parameter check: Called on the writer's thread for each group.
    init(
        _ database: Database, _ check: @Sendable @escaping (CommittedGroup) -> Void = { _ in }
    ) {
        database.onCommit { group in
            check(group)
            self.add(group)
        }
    }

    var changes: [Int] { heard.withLock { $0 } }

    private func add(_ group: CommittedGroup) {
        heard.withLock { $0 += group.changes.compactMap { $0 as? Int } }
    }
}

/// What the announced changes of one type make of a state, after each commit.
final class Announced<Change: Sendable, State: Sendable>: Sendable {
    private let states: Mutex<[(position: Int64, state: State)]>

    init(
        _ database: Database, _ first: State,
        _ apply: @Sendable @escaping (inout State, Change) -> Void
    ) {
        states = Mutex([(database.committedPosition, first)])
        database.onCommit { group in
            self.states.withLock { states in
                var state = states[states.count - 1].state
                for case let change as Change in group.changes { apply(&state, change) }
                states.append((group.position, state))
            }
        }
    }

    var last: State { states.withLock { $0[$0.count - 1].state } }

    /// The state after the commit at this position, or nil if it was not announced yet.
    func at(_ position: Int64) -> State? {
        states.withLock { $0.last { $0.position == position }?.state }
    }
}
