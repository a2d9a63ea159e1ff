/// A statement and the values it binds.
///
/// Written as a string literal; what is interpolated is bound, never pasted:
/// `"SELECT depth FROM events WHERE event_id = \(eventID)"`.
///
/// The text, with `?` for each value, is the key under which the engines keep the prepared
/// statement, so it must not vary with the data. `?` therefore appears in no statement of ours
/// outside a quoted string.
@usableFromInline
package struct SQL: ExpressibleByStringInterpolation, Sendable {
    package internal(set) var text: String
    package internal(set) var values: [SQLValue]

    @usableFromInline
    package init(stringLiteral text: String) {
        self.text = text
        self.values = []
    }

    @usableFromInline
    package init(stringInterpolation: Interpolation) {
        self = stringInterpolation.sql
    }

    /// Text of ours that is not a literal, such as a rewritten migration.
    init(text: String, values: [SQLValue] = []) {
        self.text = text
        self.values = values
    }

    package static func + (left: SQL, right: SQL) -> SQL {
        SQL(text: left.text + right.text, values: left.values + right.values)
    }

    package static func += (left: inout SQL, right: SQL) {
        left.text += right.text
        left.values += right.values
    }
}

extension SQL {
    @usableFromInline
    package struct Interpolation: StringInterpolationProtocol {
        var sql = SQL(text: "")

        @usableFromInline
        package init(literalCapacity: Int, interpolationCount: Int) {
            sql.text.reserveCapacity(literalCapacity + interpolationCount)
            sql.values.reserveCapacity(interpolationCount)
        }

        @usableFromInline
        package mutating func appendLiteral(_ literal: String) {
            sql.text += literal
        }

        @inlinable
        package mutating func appendInterpolation(_ value: some SQLConvertible) {
            bind(value.sqlValue)
        }

        @inlinable
        package mutating func appendInterpolation(_ value: (some SQLConvertible)?) {
            bind(value?.sqlValue ?? .null)
        }

        /// A part of a statement, with the values it binds itself.
        package mutating func appendInterpolation(_ part: SQL) {
            sql += part
        }

        /// Text of our own, such as a table's name. A literal, so that no data can come in.
        package mutating func appendInterpolation(raw text: StaticString) {
            sql.text += text.description
        }

        /// The right side of `IN` or `NOT IN`, in parentheses: `WHERE room_id IN \(list: rooms)`.
        ///
        /// The list is filled up with its last value to a power of two, so that few texts exist
        /// however many lengths do. Nothing is in an empty list, and everything is not in it.
        @inlinable
        package mutating func appendInterpolation<Value: SQLConvertible>(
            list: some Collection<Value>
        ) {
            bind(list: list.map(\.sqlValue))
        }

        @usableFromInline
        mutating func bind(_ value: SQLValue) {
            sql.text += "?"
            sql.values.append(value)
        }

        @usableFromInline
        mutating func bind(list: [SQLValue]) {
            guard let last = list.last else {
                // `x IN (NULL)` is NULL: say what it should have been.
                let isNegated = sql.text.ends(withWords: "NOT IN")
                sql.text += isNegated ? "(NULL) IS NOT FALSE" : "(NULL) IS TRUE"
                return
            }
            var count = 1
            while count < list.count { count *= 2 }
            sql.text += "(?"
            sql.text += String(repeating: ", ?", count: count - 1)
            sql.text += ")"
            sql.values += list
            sql.values += repeatElement(last, count: count - list.count)
        }
    }
}

extension String {
    /// Whether the text ends with these words, spaces aside.
    fileprivate func ends(withWords words: String) -> Bool {
        let end = utf8.reversed().drop { $0 == 0x20 || $0 == 0x0A }
        return end.starts(with: words.utf8.reversed()) { $0 & 0xDF == $1 & 0xDF }
    }
}
