/// One value on the tape: where it lies in the bytes and where the next one begins.
///
/// The children of a container follow it; an object's are its keys and values in turn.
struct JSONNode {
    /// The first byte, and the byte after the last. A string's quotes are inside.
    var start: UInt32
    var end: UInt32
    /// The place on the tape after this value and all that is in it.
    var next: UInt32
    var kind: JSON.Kind
    var flags: Flags

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// The bytes are canonical JSON as they are. Unset says nothing.
        static let canonical = Flags(rawValue: 1)
        /// A string with escapes in it.
        static let escaped = Flags(rawValue: 2)
        /// A string with half of a surrogate pair in it.
        static let loneSurrogate = Flags(rawValue: 4)
        /// A number without fraction or exponent.
        static let integer = Flags(rawValue: 8)
        /// An object with a key that is there twice.
        static let duplicates = Flags(rawValue: 16)
        /// A container with no container in it.
        static let flat = Flags(rawValue: 32)
    }
}

/// The bytes that were read, and the tape over them. Shared by all values inside.
final class JSONDocument: Sendable {
    let bytes: [UInt8]
    let tape: [JSONNode]

    init(parsing bytes: [UInt8], mode: JSONMode, limits: JSONLimits) throws(JSONError) {
        guard bytes.count <= limits.maxBytes else { throw .tooLarge(limit: limits.maxBytes) }
        self.bytes = bytes
        tape = try bytes.withUnsafeBufferPointer { (buffer) throws(JSONError) in
            var reader = JSONReader(buffer, mode: mode, maxDepth: limits.maxDepth)
            try reader.read()
            return reader.tape
        }
    }

    /// An empty container.
    private init(_ text: StaticString, _ kind: JSON.Kind) {
        bytes = Array(text.description.utf8)
        tape = [JSONNode(start: 0, end: 2, next: 1, kind: kind, flags: [.canonical, .flat])]
    }

    static let emptyObject = JSONDocument("{}", .object)
    static let emptyArray = JSONDocument("[]", .array)

    func range(_ index: Int) -> Range<Int> {
        let node = tape[index]
        return Int(node.start)..<Int(node.end)
    }

    /// The text of the string at `index`, its escapes undone.
    func text(_ index: Int) -> String {
        let node = tape[index]
        let inside = Int(node.start) + 1..<Int(node.end) - 1
        return bytes.withUnsafeBufferPointer { buffer in
            let raw = UnsafeBufferPointer(rebasing: buffer[inside])
            guard node.flags.contains(.escaped) else { return String(decoding: raw, as: UTF8.self) }
            var text: [UInt8] = []
            text.reserveCapacity(raw.count)
            JSONEscapes.undo(raw, into: &text)
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// The place of the value under `key` in the object at `index`. The last one, if it is there twice.
    func find(_ key: String, in index: Int) -> Int? {
        let object = tape[index]
        let takesLast = object.flags.contains(.duplicates)
        var key = key
        return key.withUTF8 { wanted in
            bytes.withUnsafeBufferPointer { buffer in
                var found: Int?
                var place = index + 1
                while place < Int(object.next) {
                    if isString(at: place, wanted, in: buffer) {
                        found = place + 1
                        if !takesLast { return found }
                    }
                    place = Int(tape[place + 1].next)
                }
                return found
            }
        }
    }

    private func isString(
        at place: Int, _ wanted: UnsafeBufferPointer<UInt8>, in buffer: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let node = tape[place]
        let raw = UnsafeBufferPointer(
            rebasing: buffer[Int(node.start) + 1..<Int(node.end) - 1])
        guard node.flags.contains(.escaped) else { return ByteOrder.isEqual(raw, wanted) }
        var text: [UInt8] = []
        JSONEscapes.undo(raw, into: &text)
        return text.withUnsafeBufferPointer { ByteOrder.isEqual($0, wanted) }
    }
}
