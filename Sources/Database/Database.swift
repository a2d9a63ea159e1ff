package import Logging

/// A database of either engine: one queue of blocks that write, and several threads that read.
///
/// Blocks are closures that cannot await. Those that write run one after the other, many to a
/// commit, each undone alone when it throws; `write` returns after the commit. A block may run
/// twice: it captures nothing mutable and answers nobody.
package final class Database: Sendable {
    package let engine: Engine
    /// Random, made with the database: another one after a restore.
    package let incarnation: Int64

    private let shared: SharedState
    private let queue: WriteQueue
    private let readers: ReaderPool
    private let closing: Closing

    private init(_ opening: Opening, readers: ReaderPool) {
        engine = opening.source.engine
        incarnation = opening.incarnation
        shared = opening.shared
        queue = opening.queue
        closing = opening.closing
        self.readers = readers
    }

    deinit {
        startClosing()
    }

    /// Opens a database, making it if it is not there, and brings its schema up to date.
    ///
    /// - Throws: `DatabaseError`, `unusable` among them for a database that a newer version used.
    package static func open(
        _ location: DatabaseLocation, migrations: [Migration], logger: Logger,
        options: DatabaseOptions = DatabaseOptions()
    ) async throws -> Database {
        let opening = try await Opening.start(
            location, migrations: migrations, logger: logger, options: options)
        let readers = ReaderPool(
            source: opening.source, shared: opening.shared, options: options)
        return Database(opening, readers: readers)
    }

    /// Runs a block that may write, and returns once it is committed.
    ///
    /// A task that is cancelled meanwhile still gets the block's result.
    ///
    /// - Throws: What the block throws, which undoes it, or a `DatabaseError`.
    @discardableResult
    package func write<Value: Sendable>(
        _ block: @Sendable @escaping (Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            if !queue.add(BlockJob(block, continuation)) { shared.count { $0.refused += 1 } }
        }
    }

    /// Runs a block that only reads, on one snapshot, beside others.
    ///
    /// - Throws: What the block throws, or a `DatabaseError`.
    package func read<Value: Sendable>(
        _ block: @Sendable @escaping (Connection) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            if !readers.add(BlockJob(block, continuation)) { shared.count { $0.refused += 1 } }
        }
    }

    /// Has each commit told to the observer, on the writer's thread, in the order of positions:
    /// after the caches have it, before those who wrote are answered. It must be quick.
    ///
    /// Only the commits of this process. To hear of those of other nodes, one connection would
    /// LISTEN on PostgreSQL and end in `SharedState.noticeOthers`.
    package func onCommit(_ observer: @Sendable @escaping (CommittedGroup) -> Void) {
        shared.addObserver(observer)
    }

    /// The highest position that is safe to read up to: all before it is committed.
    package var committedPosition: Int64 { shared.committedPosition }

    package var metrics: DatabaseMetrics {
        var metrics = shared.metrics
        metrics.waiting = queue.count
        return metrics
    }

    /// Takes no more blocks, runs those that wait, and closes all connections.
    package func close() async {
        startClosing()
        await closing.wait()
    }

    private func startClosing() {
        queue.close()
        readers.close { [closing] in closing.readersEnded() }
    }
}
