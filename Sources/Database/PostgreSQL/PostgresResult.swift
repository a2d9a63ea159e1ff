import CPostgres

/// The answer to one statement, in libpq's memory.
final class PostgresResult {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQclear(handle)
    }

    var status: ExecStatusType { PQresultStatus(handle) }
    var rowCount: Int32 { PQntuples(handle) }
    var columnCount: Int { Int(PQnfields(handle)) }
    /// What was done, such as `INSERT 0 1`.
    var tag: String { String(cString: PQcmdStatus(handle)) }
    /// How many rows the statement changed or gave.
    var changes: Int { Int(String(cString: PQcmdTuples(handle))) ?? 0 }

    var message: String? { field("M") }

    /// The value in a column, by its type.
    static func value(of result: OpaquePointer, row: Int32, column: Int32) throws -> SQLValue {
        guard PQgetisnull(result, row, column) == 0 else { return .null }
        let type = PQftype(result, column)
        let bytes = UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return try PostgresType.decode(bytes, type)
    }

    /// The failure that the answer tells of.
    var error: DatabaseError {
        let message = message ?? "The server gave no reason."
        let state = field("C") ?? ""
        switch state {
        case "23505", "23P01": return .constraint(.unique, message)
        case "23503": return .constraint(.foreignKey, message)
        case "23502": return .constraint(.notNull, message)
        case "23514": return .constraint(.check, message)
        case "53100": return .full(message)
        case "40001", "40P01": return .conflict(message)
        case "55P03": return .busy(message)
        case "XX001", "XX002": return .corrupt(message)
        case "53300", "57P01", "57P02", "57P03", "25P03": return .disconnected(message)
        default: break
        }
        switch state.prefix(2) {
        case "08": return .disconnected(message)
        case "23": return .constraint(.other, message)
        case "58": return .io(message)
        default: return .statement(code: state, message)
        }
    }

    private func field(_ code: Character) -> String? {
        guard let ascii = code.asciiValue else { return nil }
        return PQresultErrorField(handle, Int32(ascii)).map { String(cString: $0) }
    }
}
