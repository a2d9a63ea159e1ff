/// What a block uses to reach the database.
///
/// It lives inside a block only. A statement that fails spoils its block: what follows in the
/// block fails with the same error, also where that was caught, since PostgreSQL would refuse it.
package final class Connection {
    /// Where a block runs.
    enum Scope {
        case none
        case write(WriteGroup)
        case read(ReadSnapshot)
    }

    /// For what differs by nature, such as full-text search: that is one function with two bodies,
    /// an extension of this type in this target. No store asks for it.
    package let engine: Engine
    private let session: any Session
    private(set) var scope = Scope.none
    /// What the first statement of the block that failed threw.
    private(set) var failure: (any Error)?

    init(session: any Session) {
        self.session = session
        engine = session.engine
    }

    /// Makes ready for a block.
    func enter(_ scope: Scope) {
        self.scope = scope
        failure = nil
    }

    /// Runs a statement that gives no rows.
    ///
    /// - Returns: How many rows it inserted, updated or deleted.
    @discardableResult
    package func run(_ sql: SQL) throws -> Int {
        try noting { try session.run(sql) }
    }

    /// Runs an INSERT, UPDATE or DELETE whose outcome the block does not look at.
    ///
    /// PostgreSQL gets it together with the next statement or the end of the block, which saves a
    /// wait for its answer. An error comes no later than at the end of the block.
    package func post(_ sql: SQL) throws {
        try noting { try session.post(sql) }
    }

    /// Posts the insertion of one row.
    package func insert(
        _ table: StaticString, _ columns: [StaticString], _ values: [(any SQLConvertible)?]
    ) throws {
        precondition(columns.count == values.count, "One value for each column of \(table).")
        var text = "INSERT INTO \(table) ("
        text += columns.lazy.map(\.description).joined(separator: ", ")
        text += columns.isEmpty ? ") DEFAULT VALUES" : ") VALUES (?"
        text += String(repeating: ", ?", count: max(columns.count, 1) - 1)
        text += ")"
        try post(SQL(text: text, values: values.map { $0?.sqlValue ?? .null }))
    }

    /// Hands each row to the closure. Stop early by throwing, or better, by a `LIMIT`.
    package func forEach(_ sql: SQL, _ row: (Row) throws -> Void) throws {
        try query(sql) {
            try row($0)
            return true
        }
    }

    /// All rows, as the closure reads them.
    package func all<Value>(_ sql: SQL, _ row: (Row) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        try query(sql) {
            values.append(try row($0))
            return true
        }
        return values
    }

    /// The first column of all rows.
    package func all<Value: SQLConvertible>(
        _ sql: SQL, as type: Value.Type = Value.self
    ) throws -> [Value] {
        try all(sql) { try $0[0] }
    }

    /// The first row as the closure reads it, or nil if there is none.
    package func one<Value>(_ sql: SQL, _ row: (Row) throws -> Value) throws -> Value? {
        var value: Value?
        try query(sql) {
            value = try row($0)
            return false
        }
        return value
    }

    /// The first column of the first row, or nil if there is no row or the column is NULL.
    package func one<Value: SQLConvertible>(
        _ sql: SQL, as type: Value.Type = Value.self
    ) throws -> Value? {
        var value: Value?
        try query(sql) {
            value = try $0.optional(0)
            return false
        }
        return value
    }

    private func query(_ sql: SQL, _ row: (Row) throws -> Bool) throws {
        // What the closure throws is the block's own affair, unless a statement inside failed.
        var thrown: (any Error)?
        try noting {
            try session.query(sql) {
                do {
                    return try row($0)
                } catch {
                    thrown = error
                    return false
                }
            }
        }
        if let thrown { throw thrown }
    }

    private func noting<Value>(_ body: () throws -> Value) throws -> Value {
        if let failure { throw failure }
        if case .none = scope {
            preconditionFailure("A connection was used outside its block.")
        }
        do {
            return try body()
        } catch {
            failure = error
            throw error
        }
    }

    /// Up to where the block sees what is committed: everything before, and nothing after.
    package func seenPosition() throws -> Int64 {
        if case .write(let group) = scope { return group.position }
        return try noting { try session.position() }
    }
}
