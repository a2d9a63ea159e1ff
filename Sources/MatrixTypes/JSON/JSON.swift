/// One value inside bytes that were read: a place on the tape. Cheap to copy.
package struct JSON: Sendable {
    package enum Kind: UInt8, Sendable {
        case null, bool, number, string, array, object
    }

    let document: JSONDocument
    let index: Int

    /// Reads one value, with whitespace around it.
    package init(
        parsing bytes: [UInt8], mode: JSONMode = .plain, limits: JSONLimits = .default
    ) throws(JSONError) {
        self.init(try JSONDocument(parsing: bytes, mode: mode, limits: limits), 0)
    }

    init(_ document: JSONDocument, _ index: Int) {
        self.document = document
        self.index = index
    }

    package var kind: Kind { document.tape[index].kind }

    /// The value's own bytes as they came, without whitespace around them.
    package var bytes: ArraySlice<UInt8> { document.bytes[document.range(index)] }

    package var isNull: Bool { kind == .null }

    /// The text, its escapes undone. A lone surrogate reads as U+FFFD.
    package var string: String? { kind == .string ? document.text(index) : nil }

    /// An integer within ±(2^53−1), written without fraction or exponent.
    package var int: Int? {
        let node = document.tape[index]
        guard node.kind == .number, node.flags.contains(.integer) else { return nil }
        return document.bytes.withUnsafeBufferPointer {
            JSONNumber.safeInteger($0, document.range(index))
        }
    }

    /// The nearest number that a `Double` can hold; infinite beyond 1.8e308.
    package var double: Double? {
        kind == .number ? Double(String(decoding: bytes, as: UTF8.self)) : nil
    }

    package var bool: Bool? { kind == .bool ? bytes.first == UInt8(ascii: "t") : nil }

    package var array: JSONArray? { kind == .array ? JSONArray(self) : nil }

    package var object: JSONObject? { kind == .object ? JSONObject(self) : nil }

    /// Nil when this is not an object, or has no such key. The last one counts if it is there twice.
    package subscript(key: String) -> JSON? {
        guard kind == .object else { return nil }
        return document.find(key, in: index).map { JSON(document, $0) }
    }
}

/// What a log or a failed test shows of a value: never what it says, which may be a password.
extension JSON: CustomStringConvertible, CustomReflectable {
    package var description: String { "JSON(\(kind), \(bytes.count) bytes)" }
    package var customMirror: Mirror { Mirror(self, children: [] as [Mirror.Child]) }
}
