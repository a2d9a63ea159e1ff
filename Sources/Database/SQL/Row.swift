import GRDBSQLite

/// One row of an answer. Columns are counted from 0.
///
/// Points into the engine's own memory: it is good only inside the closure that it was handed to.
@usableFromInline
package struct Row {
    /// SQLite's statement, or libpq's result.
    private let source: OpaquePointer
    /// The place of the row in libpq's result; nil on SQLite, whose statement is the row.
    private let index: Int32?
    /// How many columns the row has.
    package let count: Int

    init(statement: OpaquePointer) {
        source = statement
        index = nil
        count = Int(sqlite3_data_count(statement))
    }

    init(result: OpaquePointer, index: Int32, count: Int) {
        source = result
        self.index = index
        self.count = count
    }

    /// - Throws: `DatabaseError.unexpectedValue` when the column holds another type, or NULL.
    @inlinable
    package subscript<Value: SQLConvertible>(_ column: Int) -> Value {
        get throws { try Value(sqlValue: value(column)) }
    }

    /// The column's value, or nil where it is NULL.
    @inlinable
    package func optional<Value: SQLConvertible>(
        _ column: Int, as type: Value.Type = Value.self
    ) throws -> Value? {
        switch try value(column) {
        case .null: nil
        case let value: try Value(sqlValue: value)
        }
    }

    @usableFromInline
    package func value(_ column: Int) throws -> SQLValue {
        precondition(column < count, "Column \(column) of a row of \(count).")
        if let index {
            return try PostgresResult.value(of: source, row: index, column: Int32(column))
        }
        return SQLiteStatement.value(of: source, column: Int32(column))
    }

    package func int(_ column: Int) throws -> Int64 { try self[column] }
    package func text(_ column: Int) throws -> String { try self[column] }
    package func blob(_ column: Int) throws -> [UInt8] { try self[column] }
}
