import CPostgres

/// A statement that the server has prepared, or is about to.
final class PostgresStatement {
    let name: String
    /// The type declared for each value; 0 where the first use bound NULL, and the server chose.
    let types: [Oid]

    init(name: String, types: [Oid]) {
        self.name = name
        self.types = types
    }

    /// Whether these values can be bound: where NULL was first, only NULL, since what the server
    /// chose may be another type.
    func takes(_ values: [SQLValue]) -> Bool {
        guard types.count == values.count else { return false }
        for (type, value) in zip(types, values) {
            if case .null = value { continue }
            guard type == PostgresType.of(value) else { return false }
        }
        return true
    }
}

/// All that was prepared for one text: usually one, more where NULLs came first.
final class PostgresStatements {
    var variants: [PostgresStatement] = []

    /// The text as PostgreSQL has it: `$1` for the first `?`, and so on.
    let text: String

    init(_ text: String) {
        self.text = Self.numbered(text)
    }

    static func numbered(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 16)
        var count = 0
        var quote: Character?
        for character in text {
            if let open = quote {
                if character == open { quote = nil }
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "?" {
                count += 1
                result += "$\(count)"
                continue
            }
            result.append(character)
        }
        return result
    }
}

/// The values of one statement in PostgreSQL's binary form, in memory that is used again.
struct PostgresValues {
    private var bytes: [UInt8] = []
    /// Where each value begins in `bytes`; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    var byteCount: Int { bytes.count }

    mutating func set(_ values: [SQLValue]) throws {
        bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 16)
        starts.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        for value in values {
            let start = bytes.count
            switch value {
            case .null: break
            case .int(let value): append(UInt64(bitPattern: value))
            case .real(let value): append(value.bitPattern)
            case .text(let value):
                guard !value.utf8.contains(0) else { throw DatabaseError.zeroInText }
                bytes.append(contentsOf: value.utf8)
            case .blob(let value): bytes.append(contentsOf: value)
            }
            starts.append(value == .null ? nil : start)
            lengths.append(Int32(bytes.count - start))
        }
        // Something to point at, also where all values are empty.
        bytes.append(0)
        if formats.count != values.count { formats = Array(repeating: 1, count: values.count) }
    }

    func withPointers<Value>(
        _ body: ([UnsafePointer<CChar>?], [Int32], [Int32]) -> Value
    ) -> Value {
        bytes.withUnsafeBytes { bytes in
            let base = bytes.bindMemory(to: CChar.self).baseAddress
            let pointers = starts.map { start in
                start.flatMap { start in base.map { $0 + start } }
            }
            return body(pointers, lengths, formats)
        }
    }

    private mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
