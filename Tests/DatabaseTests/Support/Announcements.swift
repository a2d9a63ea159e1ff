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
