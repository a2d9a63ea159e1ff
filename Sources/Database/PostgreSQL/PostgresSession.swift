/// One connection to PostgreSQL with its prepared statements.
///
/// What gives no answer that a block waits for (savepoints, posted statements) travels with the
/// next statement that does.
final class PostgresSession: Session {
    let engine = Engine.postgres
    private(set) var hasWritten = false

    private let connection: PostgresConnection
    private let writer: PostgresWriterRecord
    private var statements: StatementCache<PostgresStatements>
    private var values = PostgresValues()
    private var lastName = 0
    /// Names that the cache gave up, for the server to forget once no transaction is open.
    private var forgotten: [String] = []
    /// What the group at hand has written as its own number, if anything.
    private var groupNumber: Int64?

    init(
        connection: PostgresConnection, writer: PostgresWriterRecord, statementCacheSize: Int
    ) {
        self.connection = connection
        self.writer = writer
        statements = StatementCache(capacity: statementCacheSize)
        connection.onFailedPrepare = { [unowned self] in forget($0) }
    }

    var isConnected: Bool { connection.isConnected }
    var isInTransaction: Bool { connection.isInTransaction }

    func run(_ sql: SQL) throws -> Int {
        hasWritten = true
        try send(sql)
        return try connection.drain()?.changes ?? 0
    }

    func post(_ sql: SQL) throws {
        hasWritten = true
        try send(sql)
        if connection.isFull { try connection.drain() }
    }

    func query(_ sql: SQL, _ row: (Row) throws -> Bool) throws {
        if sql.mayWrite { hasWritten = true }
        try send(sql)
        guard let result = try connection.drain() else { return }
        // Else the rows would outlive their memory.
        try withExtendedLifetime(result) {
            let columns = result.columnCount
            for index in 0..<result.rowCount {
                let isWanted = try row(
                    Row(result: result.handle, index: index, count: columns))
                guard isWanted else { return }
            }
        }
    }

    func script(_ text: String) throws {
        try connection.script(text)
    }

    private func send(_ sql: SQL) throws {
        guard sql.values.count <= UInt16.max else {
            throw DatabaseError.statement(code: "54023", "\(sql.values.count) values.")
        }
        try values.set(sql.values)
        let known: PostgresStatements
        if let cached = statements.statement(for: sql.text) {
            known = cached
        } else {
            known = PostgresStatements(sql.text)
            let evicted = statements.insert(known, for: sql.text)
            forgotten += evicted?.variants.map(\.name) ?? []
        }
        if let statement = known.variants.first(where: { $0.takes(sql.values) }) {
            return try connection.send(statement, &values)
        }
        lastName += 1
        let statement = PostgresStatement(
            name: "s\(lastName)", types: sql.values.map(PostgresType.of))
        try connection.send(prepare: statement, known.text)
        known.variants.append(statement)
        try connection.send(statement, &values)
    }

    /// Its preparation failed, so the server does not know it.
    private func forget(_ statement: PostgresStatement) {
        forgotten.removeAll { $0 == statement.name }
        statements.forEach { $0.variants.removeAll { $0 === statement } }
    }

    func beginGroup() throws -> Int64 {
        hasWritten = false
        groupNumber = nil
        try connection.send("BEGIN")
        // Waits for the other nodes: from here to COMMIT this one has the sequence.
        var position: Int64?
        do {
            try query("SELECT position FROM stream FOR UPDATE") {
                position = try $0.int(0)
                return false
            }
        } catch DatabaseError.statement(code: "25006", let message) {
            // The server has become a standby. Another one takes writes now, or will.
            throw DatabaseError.disconnected(message)
        }
        guard let position else { throw DatabaseError.corrupt("The table stream has no row.") }
        return position
    }

    func beginBlock() throws { try connection.send("SAVEPOINT block") }

    func endBlock() throws {
        try connection.send("RELEASE SAVEPOINT block")
        try connection.drain()
    }

    func undoBlock() throws {
        // Posted statements that fail now are undone in any case.
        do { try connection.drain() } catch { guard isConnected else { throw error } }
        try connection.send("ROLLBACK TO SAVEPOINT block")
        try connection.send("RELEASE SAVEPOINT block")
        try connection.drain()
    }

    func writePosition(_ position: Int64) throws {
        try send("UPDATE stream SET position = \(position)")
        let number = Int64.random(in: 1...Int64.max)
        try send(writer.statement(settingGroup: number))
        try connection.drain()
        groupNumber = number
    }

    func commit() throws {
        _ = connection.takeWarning()
        do {
            try connection.send("COMMIT")
            let answer = try connection.drain()
            // What PostgreSQL answers to a COMMIT of a failed transaction is no error.
            guard answer?.tag == "COMMIT" else {
                throw DatabaseError.conflict("The transaction had failed before COMMIT.")
            }
            // Such as: committed here, but not known to be on the standby.
            guard !connection.takeWarning() else {
                throw DatabaseError.unknownOutcome("The server warned of the commit.")
            }
        } catch let error as DatabaseError {
            guard !isConnected, let groupNumber else { throw error }
            try writer.requireCommit(ofGroup: groupNumber, after: error)
        }
        forgetOnServer()
    }

    func rollback() {
        guard isConnected else { return }
        do {
            do { try connection.drain() } catch { guard isConnected else { return } }
            guard isInTransaction else { return }
            try connection.send("ROLLBACK")
            try connection.drain()
            forgetOnServer()
        } catch {
            // The connection is lost, and with it the transaction.
        }
    }

    func beginSnapshot() throws {
        try connection.send("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    func endSnapshot() throws {
        // Its answer is read before the next snapshot: nobody waits for it.
        try connection.send("COMMIT", isQuiet: true)
        try connection.flush()
    }

    func close() {
        connection.close()
    }

    private func forgetOnServer() {
        guard !forgotten.isEmpty, isConnected else { return }
        do {
            for name in forgotten { try connection.send("DEALLOCATE \(name)", isQuiet: true) }
            try connection.drain()
        } catch {
            // The connection is lost, and with it the statements.
        }
        forgotten = []
    }
}

extension SQL {
    /// A query may also insert, update or delete, and give back what it did.
    fileprivate var mayWrite: Bool {
        !text.utf8.lazy.map { $0 & 0xDF }.starts(with: "SELECT".utf8)
    }
}
