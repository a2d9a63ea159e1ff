import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Moves what was committed from SQLite's log into the database file, on a thread and connection of
/// its own, so that no commit waits for it.
///
/// SQLite starts the log again from its beginning only when a commit finds all of it moved. Under
/// steady load that never happens by itself, so once the log is long, the writer moves the few pages
/// that came since the last checkpoint.
///
/// A checkpoint that fails harms nothing: all is still in the log, and the next commit asks again.
final class SQLiteCheckpointer: Sendable {
    /// Pages of 4 KiB in the log that were not moved yet, at which a checkpoint starts.
    private static let pagesToMove: Int32 = 1_000
    /// Pages in the log at which the writer lets it start again: 32 MiB.
    private static let pagesToRestart: Int32 = 8_000

    private struct State {
        var isAsked = false
        var isClosed = false
        /// Pages at the start of the log that the last checkpoint has moved.
        var moved: Int32 = 0
        /// Pages in the log after the last commit.
        var pages: Int32 = 0
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// - Parameter owner: A connection for this alone.
    init(owner: DatabaseQueue) {
        WorkerThread.start(named: "db-checkpoint") { [self] in
            owner.inDatabase { connection in
                while waitUntilAsked() {
                    if let handle = connection.sqliteConnection { checkpoint(handle) }
                }
            }
            do {
                try owner.close()
            } catch {
                // Closed with the last reference, then.
            }
            ended.signal()
        }
    }

    /// Has SQLite tell of each commit on the writer's connection, in place of checkpoints of its
    /// own. Ends when that connection is closed, which must be before this object goes.
    func follow(_ writer: OpaquePointer) {
        sqlite3_wal_hook(
            writer,
            { context, handle, _, pages in
                guard let context, let handle else { return SQLITE_OK }
                Unmanaged<SQLiteCheckpointer>.fromOpaque(context).takeUnretainedValue()
                    .committed(on: handle, pages: pages)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Returns when the thread has closed its connection.
    func close() {
        state.withLock { $0.isClosed = true }
        wakeUp.signal()
        ended.wait()
    }

    private func committed(on writer: OpaquePointer, pages: Int32) {
        enum Action {
            case ask, restart, nothing
        }
        let action = state.withLock { state -> Action in
            // The log has started again.
            if pages < state.pages { state.moved = 0 }
            state.pages = pages
            if state.isAsked { return .nothing }
            if pages - state.moved >= Self.pagesToMove {
                state.isAsked = true
                return .ask
            }
            return pages >= Self.pagesToRestart ? .restart : .nothing
        }
        switch action {
        case .ask: wakeUp.signal()
        case .restart: checkpoint(writer)
        case .nothing: break
        }
    }

    private func waitUntilAsked() -> Bool {
        wakeUp.wait()
        return state.withLock { !$0.isClosed }
    }

    private func checkpoint(_ connection: OpaquePointer) {
        var moved: Int32 = 0
        let code = sqlite3_wal_checkpoint_v2(
            connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, &moved)
        state.withLock { state in
            if code == SQLITE_OK { state.moved = moved }
            state.isAsked = false
        }
    }
}
