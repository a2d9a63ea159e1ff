/// A value as both engines store it.
@usableFromInline
package enum SQLValue: Sendable, Equatable {
    case null
    case int(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    /// The word for the value's type in an error; never the value itself.
    var typeName: String {
        switch self {
        case .null: "NULL"
        case .int: "an integer"
        case .real: "a real number"
        case .text: "text"
        case .blob: "bytes"
        }
    }
}

/// A type that a statement can bind and a row can give back.
///
/// A type with a raw value that conforms needs no code of its own.
@usableFromInline
package protocol SQLConvertible {
    var sqlValue: SQLValue { get }

    /// - Throws: `DatabaseError.unexpectedValue` when the column holds something else.
    init(sqlValue: SQLValue) throws
}

extension SQLConvertible where Self: RawRepresentable, RawValue: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { rawValue.sqlValue }

    @inlinable package init(sqlValue: SQLValue) throws {
        guard let value = Self(rawValue: try RawValue(sqlValue: sqlValue)) else {
            throw DatabaseError.unexpected(sqlValue, for: Self.self)
        }
        self = value
    }
}

extension SQLValue: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { self }
    @inlinable package init(sqlValue: SQLValue) { self = sqlValue }
}

extension Int64: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { .int(self) }

    @inlinable package init(sqlValue: SQLValue) throws {
        guard case .int(let value) = sqlValue else {
            throw DatabaseError.unexpected(sqlValue, for: Self.self)
        }
        self = value
    }
}

extension Int: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { .int(Int64(self)) }

    @inlinable package init(sqlValue: SQLValue) throws {
        guard case .int(let value) = sqlValue else {
            throw DatabaseError.unexpected(sqlValue, for: Self.self)
        }
        self = Int(value)
    }
}

/// Stored as 0 and 1 in a `SMALLINT`, since SQLite has no type for it.
extension Bool: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { .int(self ? 1 : 0) }

    @inlinable package init(sqlValue: SQLValue) throws {
        switch sqlValue {
        case .int(0): self = false
        case .int(1): self = true
        default: throw DatabaseError.unexpected(sqlValue, for: Self.self)
        }
    }
}

extension Double: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { .real(self) }

    @inlinable package init(sqlValue: SQLValue) throws {
        switch sqlValue {
        case .real(let value): self = value
        case .int(let value): self = Double(value)
        default: throw DatabaseError.unexpected(sqlValue, for: Self.self)
        }
    }
}

extension String: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { .text(self) }

    @inlinable package init(sqlValue: SQLValue) throws {
        guard case .text(let value) = sqlValue else {
            throw DatabaseError.unexpected(sqlValue, for: Self.self)
        }
        self = value
    }
}

extension [UInt8]: SQLConvertible {
    @inlinable package var sqlValue: SQLValue { .blob(self) }

    @inlinable package init(sqlValue: SQLValue) throws {
        guard case .blob(let value) = sqlValue else {
            throw DatabaseError.unexpected(sqlValue, for: Self.self)
        }
        self = value
    }
}
