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

extension PushValue {
    /// Texts are the same when their bytes are.
    package static func == (a: PushValue, b: PushValue) -> Bool {
        switch (a, b) {
        case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
        case (.int(let a), .int(let b)): a == b
        case (.bool(let a), .bool(let b)): a == b
        case (.null, .null): true
        default: false
        }
    }

    package func hash(into hasher: inout Hasher) {
        switch self {
        case .string(let text):
            for byte in text.utf8 { hasher.combine(byte) }
        case .int(let int): hasher.combine(int)
        case .bool(let bool): hasher.combine(bool)
        case .null: break
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
