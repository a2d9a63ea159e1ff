/// What goes wrong, and when. For tests only.
package struct FaultInjection: Sendable {
    /// Where a fault can be.
    package enum Step: Sendable, Hashable {
        case begin, beginBlock, statement, endBlock, undoBlock, writePosition, commit
    }

    package enum Fault: Sendable {
        /// The step fails with this error, without having been done.
        case error(DatabaseError)
        /// The engine undoes the whole transaction and gives this error.
        case rollback(DatabaseError)
        /// The connection is lost before the step is done.
        case disconnect
        /// The step is done, and the connection lost before its answer comes.
        case disconnectAfter
    }

    /// Asked before each step of the writer; nil lets it happen.
    let decide: @Sendable (Step) -> Fault?

    package init(_ decide: @escaping @Sendable (Step) -> Fault?) {
        self.decide = decide
    }
}
