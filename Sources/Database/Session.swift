/// One connection of either engine, used by one thread at a time.
///
/// Every method may throw a `DatabaseError`; `query` also rethrows what its closure throws.
protocol Session: AnyObject {
    var engine: Engine { get }

    /// False once the connection is lost. It does not come back; another is opened.
    var isConnected: Bool { get }
    /// As the engine sees it: false also after it has undone the transaction by itself.
    var isInTransaction: Bool { get }
    /// Whether anything was written since the group began.
    var hasWritten: Bool { get }

    /// Runs a statement to its end and gives the number of rows it changed.
    func run(_ sql: SQL) throws -> Int
    /// Runs a statement, now or later, but before anything that follows could see the difference.
    func post(_ sql: SQL) throws
    /// Hands each row to the closure until that returns false.
    func query(_ sql: SQL, _ row: (Row) throws -> Bool) throws
    /// Runs statements without values, outside the cache.
    func script(_ text: String) throws

    /// Begins a transaction that may write, locks the row of the sequence and reads it.
    func beginGroup() throws -> Int64
    /// Sets a savepoint before a block.
    func beginBlock() throws
    /// Writes what was posted, and gives up the savepoint.
    func endBlock() throws
    /// Goes back to the savepoint.
    func undoBlock() throws
    /// Writes where the sequence stands; the last thing before `commit`.
    func writePosition(_ position: Int64) throws
    /// - Throws: `unknownOutcome` if it cannot be said whether the transaction is committed; after
    ///   any other error it is not.
    func commit() throws
    /// Leaves no transaction open, or the session disconnected.
    func rollback()

    /// Begins a transaction that only reads, on one snapshot.
    func beginSnapshot() throws
    func endSnapshot() throws

    func close()
}

extension Session {
    /// Where the sequence stands in the snapshot or transaction at hand.
    func position() throws -> Int64 {
        var position: Int64?
        try query("SELECT position FROM stream") { row in
            position = try row.int(0)
            return false
        }
        guard let position else { throw DatabaseError.corrupt("The table stream has no row.") }
        return position
    }
}

/// Opens sessions: the writer's, and one for each reader.
///
/// An online backup of SQLite belongs here as well: GRDB copies from one more connection, page by
/// page, while the writer goes on.
protocol SessionSource: Sendable {
    var engine: Engine { get }

    func openWriter() throws -> any Session
    func openReader() throws -> any Session
    /// Called once, after the last session is closed.
    func dispose()
}
