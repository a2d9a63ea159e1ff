/// What goes wrong in the writer, and when. For tests only.
package struct FaultInjection: Sendable {
    /// Where a fault can be.
    package enum Step: Sendable, Hashable, CaseIterable {
        case begin, beginBlock, statement, endBlock, undoBlock, writePosition, commit
    }

    package enum Fault: Sendable, Equatable {
        /// The step is not done and fails, as on a full disk.
        case error(DatabaseError)
        /// The engine undoes the whole transaction and fails.
        case rollback(DatabaseError)
        /// The connection is lost before the step is done.
        case disconnect
        /// The step is done, but its answer is lost and cannot be learnt.
        case loseAnswer
    }

    /// Asked before each step of the writer, on its thread; nil lets it happen.
    let decide: @Sendable (Step) -> Fault?

    package init(_ decide: @escaping @Sendable (Step) -> Fault?) {
        self.decide = decide
    }
}
