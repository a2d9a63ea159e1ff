/// Where a database is.
package enum DatabaseLocation: Sendable, Equatable {
    case sqliteFile(String)
    /// A database of its own that is gone once closed. For tests.
    case sqliteMemory
    /// A connection string as libpq reads it: `postgres://user@host/name` or `host=… dbname=…`.
    case postgres(String)
}

/// Without the connection string, which may hold a password.
extension DatabaseLocation: CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    package var description: String {
        switch self {
        case .sqliteFile(let path): "SQLite: \(path)"
        case .sqliteMemory: "SQLite in memory"
        case .postgres: "PostgreSQL"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Which of the two databases runs the statements.
package enum Engine: Sendable, Equatable {
    case sqlite
    case postgres
}

/// The limits of a database. The defaults are those of the server.
package struct DatabaseOptions: Sendable {
    /// At most this many blocks share a commit.
    package var maxBlocksInGroup = 256
    /// A group takes no further block after running for this long, so that the first to come is
    /// not kept waiting by the last.
    package var maxGroupDuration = Duration.milliseconds(5)
    /// At most this many blocks wait, for writing and for reading each. A limit for memory: at
    /// some 10,000 blocks a second, a second's worth.
    package var maxWaiting = 10_000
    /// At most this many read blocks run at a time, each on a thread and connection of its own.
    package var readers = 4
    /// Prepared statements kept for each connection.
    package var statementCacheSize = 256
    /// How long the write queue tries to get a connection or the lock before the blocks that wait
    /// are told.
    package var maxOutage = Duration.seconds(10)
    /// PostgreSQL ends a transaction in which it was asked nothing for this long: a node that hangs
    /// in a block holds up the others no longer.
    package var maxSilence = Duration.seconds(5)
    /// Tests only: what goes wrong, and when.
    package var faults: FaultInjection?

    package init() {}
}
