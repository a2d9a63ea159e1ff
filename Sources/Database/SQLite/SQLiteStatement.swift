import GRDBSQLite

/// A prepared statement of SQLite.
final class SQLiteStatement {
    let handle: OpaquePointer
    /// A query is going through its rows. The same text asked for meanwhile needs another.
    var isRunning = false

    /// - Parameter isKept: It will be used again and again.
    init(_ text: String, on connection: OpaquePointer, isKept: Bool) throws {
        var text = text
        var handle: OpaquePointer?
        let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { chars in
                sqlite3_prepare_v3(
                    connection, chars.baseAddress, Int32(chars.count), flags, &handle, nil)
            }
        }
        guard code == SQLITE_OK, let handle else {
            throw DatabaseError.sqlite(code, on: connection, text)
        }
        self.handle = handle
    }

    deinit {
        sqlite3_finalize(handle)
    }

    /// Binds the values. SQLite copies texts and bytes, which costs less than keeping them alive.
    func bind(_ values: [SQLValue], on connection: OpaquePointer) throws {
        guard values.count == Int(sqlite3_bind_parameter_count(handle)) else {
            throw DatabaseError.statement(
                code: "bind", "\(values.count) values: \(String(cString: sqlite3_sql(handle)))")
        }
        var index: Int32 = 0
        for value in values {
            index += 1
            let code = try bind(value, at: index)
            guard code == SQLITE_OK else { throw DatabaseError.sqlite(code, on: connection) }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) throws -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .int(let value): return sqlite3_bind_int64(handle, index, value)
        case .real(let value): return sqlite3_bind_double(handle, index, value)
        case .text(var value):
            return try value.withUTF8 { utf8 in
                guard !utf8.contains(0) else { throw DatabaseError.zeroInText }
                return utf8.withMemoryRebound(to: CChar.self) { chars in
                    // No address means NULL to SQLite, which an empty text is not.
                    guard let start = chars.baseAddress, !chars.isEmpty else {
                        return sqlite3_bind_text(handle, index, "", 0, nil)
                    }
                    return sqlite3_bind_text(handle, index, start, Int32(chars.count), copied)
                }
            }
        case .blob(let value):
            guard !value.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return value.withUnsafeBytes { bytes in
                sqlite3_bind_blob64(
                    handle, index, bytes.baseAddress, UInt64(bytes.count), copied)
            }
        }
    }

    /// Makes ready for the next use. Keeps the values bound: the next binding replaces them all.
    func reset() {
        sqlite3_reset(handle)
    }

    static func value(of statement: OpaquePointer, column: Int32) -> SQLValue {
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER:
            return .int(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT:
            return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let start = sqlite3_column_text(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .text(
                String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let start = sqlite3_column_blob(statement, column)
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob([UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default:
            return .null
        }
    }
}

/// Tells SQLite to copy the bytes before the call ends; the C macro `SQLITE_TRANSIENT`.
private var copied: sqlite3_destructor_type {
    unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

extension DatabaseError {
    /// Neither engine is given a text with a zero byte: PostgreSQL cannot hold one.
    package static let zeroInText = DatabaseError.statement(
        code: "22021", "A text holds a zero byte.")

    /// - Parameter text: The statement, which holds no values.
    static func sqlite(
        _ code: Int32, on connection: OpaquePointer?, _ text: String = ""
    ) -> DatabaseError {
        let message = String(cString: sqlite3_errmsg(connection))
        switch code & 0xFF {
        case SQLITE_CONSTRAINT: return .constraint(constraint(code), message)
        case SQLITE_FULL: return .full(message)
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM: return .io(message)
        case SQLITE_CORRUPT, SQLITE_NOTADB: return .corrupt(message)
        case SQLITE_BUSY, SQLITE_LOCKED: return .busy(message)
        default:
            return .statement(code: "\(code)", text.isEmpty ? message : "\(message): \(text)")
        }
    }

    /// The kind of constraint, from SQLite's extended code (`SQLITE_CONSTRAINT | kind << 8`).
    private static func constraint(_ code: Int32) -> Constraint {
        switch code >> 8 {
        case 1: .check
        case 3: .foreignKey
        case 5: .notNull
        case 6, 8, 10: .unique
        default: .other
        }
    }
}
