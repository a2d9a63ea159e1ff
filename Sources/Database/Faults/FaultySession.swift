/// A session that fails where a test wants it to.
final class FaultySession: Session {
    private let session: any Session
    private let faults: FaultInjection

    init(_ session: any Session, _ faults: FaultInjection) {
        self.session = session
        self.faults = faults
    }

    var engine: Engine { session.engine }
    var isConnected: Bool { session.isConnected }
    var isInTransaction: Bool { session.isInTransaction }
    var hasWritten: Bool { session.hasWritten }

    func run(_ sql: SQL) throws -> Int {
        try step(.statement) { try session.run(sql) }
    }

    func post(_ sql: SQL) throws {
        try step(.statement) { try session.post(sql) }
    }

    func query(_ sql: SQL, _ row: (Row) throws -> Bool) throws {
        try step(.statement) { try session.query(sql, row) }
    }

    func script(_ text: String) throws { try session.script(text) }

    func beginGroup() throws -> Int64 {
        try step(.begin) { try session.beginGroup() }
    }

    func beginBlock() throws {
        try step(.beginBlock) { try session.beginBlock() }
    }

    func endBlock() throws {
        try step(.endBlock) { try session.endBlock() }
    }

    func undoBlock() throws {
        try step(.undoBlock) { try session.undoBlock() }
    }

    func writePosition(_ position: Int64) throws {
        try step(.writePosition) { try session.writePosition(position) }
    }

    func commit() throws {
        try step(.commit) { try session.commit() }
    }

    func rollback() { session.rollback() }
    func beginSnapshot() throws { try session.beginSnapshot() }
    func endSnapshot() throws { try session.endSnapshot() }
    func close() { session.close() }

    private func step<Value>(
        _ step: FaultInjection.Step, _ body: () throws -> Value
    ) throws -> Value {
        switch faults.decide(step) {
        case nil:
            return try body()
        case .error(let error):
            throw error
        case .rollback(let error):
            session.rollback()
            throw error
        case .disconnect:
            session.rollback()
            session.close()
            throw DatabaseError.disconnected("A test has cut the connection.")
        case .loseAnswer:
            _ = try body()
            session.rollback()
            session.close()
            throw DatabaseError.unknownOutcome("A test has cut the connection.")
        }
    }
}

/// Opens writers that fail where a test wants them to.
struct FaultySource: SessionSource {
    let source: any SessionSource
    let faults: FaultInjection

    var engine: Engine { source.engine }

    func openWriter() throws -> any Session {
        FaultySession(try source.openWriter(), faults)
    }

    func openReader() throws -> any Session { try source.openReader() }
    func dispose() { source.dispose() }
}
