import GRDB
import GRDBSQLite

/// One connection to an SQLite file.
///
/// GRDB opens and closes it. Statements go to SQLite directly, through a cache of our own: boxing
/// each value costs more than the statements that a homeserver runs.
final class SQLiteSession: Session {
    let engine = Engine.sqlite
    private(set) var isConnected = true

    /// Owns the handle. Nothing else uses it, so that the handle belongs to the session's thread.
    private let owner: DatabaseQueue
    private let handle: OpaquePointer
    private var statements: StatementCache<SQLiteStatement>
    private var changesBefore: Int64 = 0
    /// The writer's.
    private var checkpointer: SQLiteCheckpointer?

    init(owner: DatabaseQueue, statementCacheSize: Int) throws {
        guard let handle = owner.inDatabase({ $0.sqliteConnection }) else {
            throw DatabaseError.closed
        }
        // GRDB follows its own statements by these; ours it must not follow.
        sqlite3_commit_hook(handle, nil, nil)
        sqlite3_rollback_hook(handle, nil, nil)
        sqlite3_set_authorizer(handle, nil, nil)
        self.owner = owner
        self.handle = handle
        statements = StatementCache(capacity: statementCacheSize)
    }

    var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }
    var hasWritten: Bool { sqlite3_total_changes64(handle) != changesBefore }

    func run(_ sql: SQL) throws -> Int {
        let before = sqlite3_total_changes64(handle)
        try step(through: sql) { _ in true }
        // The count of the last statement stays when one changes nothing at all, as DDL does.
        let hasChanged = sqlite3_total_changes64(handle) != before
        return hasChanged ? Int(sqlite3_changes64(handle)) : 0
    }

    /// Nothing is won by waiting: SQLite has no round trip to save.
    func post(_ sql: SQL) throws {
        try step(through: sql) { _ in true }
    }

    func query(_ sql: SQL, _ row: (Row) throws -> Bool) throws {
        try step(through: sql, row)
    }

    func script(_ text: String) throws {
        let code = sqlite3_exec(handle, text, nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError.sqlite(code, on: handle, text) }
    }

    func beginGroup() throws -> Int64 {
        _ = try run("BEGIN IMMEDIATE")
        changesBefore = sqlite3_total_changes64(handle)
        return try position()
    }

    func beginBlock() throws { _ = try run("SAVEPOINT block") }

    func endBlock() throws { _ = try run("RELEASE block") }

    func undoBlock() throws {
        _ = try run("ROLLBACK TO block")
        _ = try run("RELEASE block")
    }

    func writePosition(_ position: Int64) throws {
        _ = try run("UPDATE stream SET position = \(position)")
    }

    func commit() throws { _ = try run("COMMIT") }

    func rollback() {
        // Fails only where SQLite has rolled back by itself, and then nothing is left to do.
        if isInTransaction { sqlite3_exec(handle, "ROLLBACK", nil, nil, nil) }
    }

    func beginSnapshot() throws { _ = try run("BEGIN") }

    func endSnapshot() throws { _ = try run("COMMIT") }

    func close() {
        isConnected = false
        _ = statements.removeAll()
        do {
            try owner.close()
        } catch {
            // Closed with the last reference, then.
        }
        checkpointer?.close()
        checkpointer = nil
    }

    /// Leaves checkpoints to a thread that has this connection for them.
    func checkpoint(by owner: DatabaseQueue) {
        let checkpointer = SQLiteCheckpointer(owner: owner)
        checkpointer.follow(handle)
        self.checkpointer = checkpointer
    }

    private func step(through sql: SQL, _ row: (Row) throws -> Bool) throws {
        let statement = try idleStatement(sql.text)
        statement.isRunning = true
        defer {
            statement.reset()
            statement.isRunning = false
        }
        try statement.bind(sql.values, on: handle)
        while true {
            switch sqlite3_step(statement.handle) {
            case SQLITE_ROW:
                guard try row(Row(statement: statement.handle)) else { return }
            case SQLITE_DONE:
                return
            case let code:
                throw DatabaseError.sqlite(code, on: handle, sql.text)
            }
        }
    }

    private func idleStatement(_ text: String) throws -> SQLiteStatement {
        if let known = statements.statement(for: text) {
            if !known.isRunning { return known }
            // The same query inside its own rows.
            return try SQLiteStatement(text, on: handle, isKept: false)
        }
        let statement = try SQLiteStatement(text, on: handle, isKept: true)
        _ = statements.insert(statement, for: text)
        return statement
    }
}
