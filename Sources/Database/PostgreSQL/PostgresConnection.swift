import CPostgres

/// One connection of libpq, always in pipeline mode: statements are sent as they come, and their
/// answers read when one of them is needed.
///
/// Blocks its thread while it waits. Belongs to one thread.
final class PostgresConnection {
    /// A message on the way, whose answer is still to be read.
    private struct Pending {
        enum Kind {
            case statement
            case prepare(PostgresStatement)
            case sync
        }
        let kind: Kind
        /// Nobody is told if it fails.
        var isQuiet = false
    }

    /// Nil once closed, which every function of libpq takes for a lost connection.
    private var handle: OpaquePointer?
    private let notices = PostgresNotices()
    private var pending: [Pending] = []
    /// Bytes sent since the answers were last read.
    private var pendingBytes = 0
    private var isLost = false
    /// Called with a statement whose preparation did not succeed.
    var onFailedPrepare: (PostgresStatement) -> Void = { _ in }

    /// - Parameter location: As libpq reads it; what it leaves open has our defaults.
    init(_ location: String) throws {
        // The last one counts where the location says something else.
        let parameters = [
            ("application_name", "chappe"), ("connect_timeout", "15"),
            // After a failover, the address of several that takes writes.
            ("target_session_attrs", "read-write"),
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "15000"),
            ("dbname", location), ("client_encoding", "UTF8"),
        ]
        let made = Self.withCStrings(parameters.map(\.0)) { names in
            Self.withCStrings(parameters.map(\.1)) { values in
                PQconnectdbParams(names, values, 1)
            }
        }
        guard let made else { throw DatabaseError.disconnected("No memory for a connection.") }
        // From here on the end of this object ends the connection.
        handle = made
        guard PQstatus(made) == CONNECTION_OK else {
            throw DatabaseError.disconnected(String(cString: PQerrorMessage(made)))
        }
        notices.listen(to: made)
        PQenterPipelineMode(made)
    }

    deinit {
        PQfinish(handle)
    }

    func close() {
        PQfinish(handle)
        handle = nil
        pending = []
    }

    var isConnected: Bool { !isLost && PQstatus(handle) == CONNECTION_OK }

    /// Whether the server has a transaction open for us, be it a failed one.
    var isInTransaction: Bool {
        switch PQtransactionStatus(handle) {
        case PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_ACTIVE: isConnected
        default: false
        }
    }

    /// Whether the server has warned of something since last asked.
    func takeWarning() -> Bool { notices.takeWarning() }

    /// Sends a statement without values, such as SAVEPOINT.
    func send(_ text: String, isQuiet: Bool = false) throws {
        try sent(PQsendQueryParams(handle, text, 0, nil, nil, nil, nil, 1))
        pending.append(Pending(kind: .statement, isQuiet: isQuiet))
        pendingBytes += text.utf8.count
    }

    func send(prepare statement: PostgresStatement, _ text: String) throws {
        let types = statement.types
        try sent(PQsendPrepare(handle, statement.name, text, Int32(types.count), types))
        pending.append(Pending(kind: .prepare(statement)))
        pendingBytes += text.utf8.count
    }

    func send(_ statement: PostgresStatement, _ values: inout PostgresValues) throws {
        try sent(
            values.withPointers { pointers, lengths, formats in
                PQsendQueryPrepared(
                    handle, statement.name, Int32(lengths.count), pointers, lengths, formats, 1)
            })
        pending.append(Pending(kind: .statement))
        pendingBytes += values.byteCount
    }

    /// Whether so much was sent that its answers should be read before sending more.
    var isFull: Bool { pending.count >= 256 || pendingBytes >= 1 << 18 }

    /// Sends what was queued, and leaves the answers for later.
    func flush() throws {
        try sent(PQpipelineSync(handle))
        pending.append(Pending(kind: .sync))
    }

    /// Reads the answers to all that was sent.
    ///
    /// - Returns: The answer to what was sent last, or nil if nothing was.
    /// - Throws: The first failure.
    @discardableResult
    func drain() throws -> PostgresResult? {
        guard !pending.isEmpty else { return nil }
        try flush()
        var failure: DatabaseError?
        var last: PostgresResult?
        let awaited = pending
        pending.removeAll(keepingCapacity: true)
        pendingBytes = 0
        for message in awaited {
            if case .sync = message.kind {
                try readSync()
                continue
            }
            let result = try readAnswer()
            switch result.status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                last = result
            default:
                if case .prepare(let statement) = message.kind { onFailedPrepare(statement) }
                if !message.isQuiet, failure == nil { failure = result.error }
            }
        }
        if let failure { throw failure }
        return last
    }

    /// Runs statements without values, several at once, outside the pipeline.
    func script(_ text: String) throws {
        try drain()
        PQexitPipelineMode(handle)
        defer { PQenterPipelineMode(handle) }
        guard let result = PQexec(handle, text).map(PostgresResult.init) else { throw lost() }
        switch result.status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: return
        default: throw isConnected ? result.error : lost()
        }
    }

    private func readAnswer() throws -> PostgresResult {
        guard let result = PQgetResult(handle).map(PostgresResult.init) else { throw lost() }
        // Each answer ends with none.
        while let more = PQgetResult(handle) { PQclear(more) }
        guard isConnected else { throw lost(result) }
        return result
    }

    private func readSync() throws {
        guard let result = PQgetResult(handle).map(PostgresResult.init) else { throw lost() }
        guard result.status == PGRES_PIPELINE_SYNC else { throw lost(result) }
    }

    private func sent(_ code: Int32) throws {
        guard code == 1, isConnected else { throw lost() }
    }

    private func lost(_ result: PostgresResult? = nil) -> DatabaseError {
        isLost = true
        let message = result.flatMap(\.message) ?? String(cString: PQerrorMessage(handle))
        return .disconnected(message)
    }

    /// Hands out a list of C strings that ends with none.
    private static func withCStrings<Value>(
        _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        let bytes = texts.flatMap { Array($0.utf8CString) }
        return bytes.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            var pointers: [UnsafePointer<CChar>?] = []
            for text in texts {
                pointers.append(start)
                start = start.map { $0 + text.utf8CString.count }
            }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { pointers in
                guard let first = pointers.baseAddress else {
                    preconditionFailure("A list that holds at least its end has an address.")
                }
                return body(first)
            }
        }
    }
}

/// What the server says beside its answers. Without this libpq would write it to standard error.
private final class PostgresNotices {
    private var hasWarning = false

    func listen(to connection: OpaquePointer) {
        // The connection belongs to the owner of this object, and says nothing once it is closed.
        let context = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                let field = PQresultErrorField(result, Int32(UInt8(ascii: "V")))
                if let field, String(cString: field) == "WARNING" {
                    Unmanaged<PostgresNotices>.fromOpaque(context).takeUnretainedValue()
                        .hasWarning = true
                }
            }, context)
    }

    func takeWarning() -> Bool {
        defer { hasWarning = false }
        return hasWarning
    }
}
