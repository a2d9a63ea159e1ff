import Foundation
import Logging

/// The connection that writes, and the steps of a group on it.
///
/// Opens another connection when one is lost. Belongs to the write queue's thread.
final class Writer {
    private let source: any SessionSource
    private let shared: SharedState
    private let maxOutage: Duration
    private let isClosing: () -> Bool
    private let logger: Logger
    private var session: any Session
    private var connection: Connection

    /// - Parameter isClosing: Asked while there is no connection, to stop trying.
    init(
        session: any Session, source: any SessionSource, shared: SharedState,
        maxOutage: Duration, logger: Logger, isClosing: @escaping () -> Bool
    ) {
        self.session = session
        self.source = source
        self.shared = shared
        self.maxOutage = maxOutage
        self.logger = logger
        self.isClosing = isClosing
        connection = Connection(session: session)
    }

    /// Begins a transaction and locks the sequence, trying again while the engine is away.
    ///
    /// - Throws: The last error, after `maxOutage`.
    func begin() throws -> WriteGroup {
        let began = ContinuousClock.now
        var pause = 0.01
        while true {
            do {
                if !session.isConnected { try reconnect() }
                let start = try session.beginGroup()
                if start != shared.committedPosition { shared.noticeOthers(at: start) }
                return WriteGroup(start: start)
            } catch let error as DatabaseError where error.isTransient {
                session.rollback()
                // Also a server that answers, but takes no writes any more.
                if case .disconnected = error { session.close() }
                guard ContinuousClock.now - began < maxOutage, !isClosing() else { throw error }
                // Between half and all of the pause, so that nodes do not come back together.
                Thread.sleep(forTimeInterval: pause * Double.random(in: 0.5...1))
                pause = min(pause * 2, 1)
            }
        }
    }

    /// Runs a block under its own savepoint and keeps its result in the job, also if it threw.
    ///
    /// - Throws: When the whole transaction is lost.
    func runBlock(_ job: Job, in group: WriteGroup) throws {
        try session.beginBlock()
        group.beginBlock()
        connection.enter(.write(group))
        defer { connection.enter(.none) }
        do {
            try job.run(connection)
            // Also if the block has caught it.
            if let failure = connection.failure { throw failure }
            try session.endBlock()
            group.keepBlock()
        } catch {
            group.cutBlockBack()
            if let error = error as? DatabaseError, error.isTransient { throw error }
            guard session.isConnected, session.isInTransaction else { throw error }
            try session.undoBlock()
            job.fail(error)
        }
    }

    /// Everything that comes before COMMIT, which may fail without doubt about the outcome.
    func prepareCommit(of group: WriteGroup) throws {
        // Every commit that changes anything has a position of its own, by which caches and
        // snapshots are compared.
        let hasChanged =
            session.hasWritten || !group.overlay.isEmpty || !group.announcements.isEmpty
        if hasChanged, group.position == group.start { group.position += 1 }
        if group.position > group.start { try session.writePosition(group.position) }
    }

    func commit(_ group: WriteGroup) throws {
        do {
            try session.commit()
        } catch {
            session.rollback()
            logger.error("A commit failed.", metadata: ["error": "\(error)"])
            throw error
        }
    }

    /// Gives the caches what was committed, then tells those who observe.
    func publish(_ group: WriteGroup) {
        guard group.position > group.start else { return }
        group.overlay.publish(at: group.position, into: shared)
        shared.advance(to: group.position)
        shared.announce(CommittedGroup(position: group.position, changes: group.announcements))
    }

    /// Leaves nothing of a group that was lost as a whole.
    func undo(_ group: WriteGroup, after error: any Error) {
        logger.notice(
            "A group of writes was undone.",
            metadata: ["error": "\(error)", "position": "\(group.start)"])
        session.rollback()
    }

    func close() {
        session.close()
    }

    private func reconnect() throws {
        session.close()
        session = try source.openWriter()
        connection = Connection(session: session)
        logger.notice("The database is connected again.")
    }
}
