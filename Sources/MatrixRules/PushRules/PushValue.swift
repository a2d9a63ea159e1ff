package import MatrixTypes

/// A value that a rule compares with exactly.
package enum PushValue: Hashable, Sendable {
    case string(String)
    case int(Int)
    case bool(Bool)
    case null

    /// Nil for arrays, objects, fractions and integers beyond ±(2^53−1).
    init?(_ json: JSON) {
        switch json.kind {
        case .string: self = .string(json.string ?? "")
        case .number:
            guard let int = json.int else { return nil }
            self = .int(int)
        case .bool: self = .bool(json.bool == true)
        case .null: self = .null
        case .array, .object: return nil
        }
    }
}

extension PushValue: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .string(let text): writer.string(text)
        case .int(let int): writer.int(int)
        case .bool(let bool): writer.bool(bool)
        case .null: writer.null()
        }
    }
}
