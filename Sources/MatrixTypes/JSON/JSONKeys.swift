/// The keys of an object on the tape: put in order, and looked through for one that is there twice.
enum JSONKeys {
    /// The bytes between the quotes.
    static func inside(
        _ node: JSONNode, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[Int(node.start) + 1..<Int(node.end) - 1])
    }

    /// The places of the keys of the object at `place`, by code point; equal ones in their own order.
    static func sorted(
        in place: Int, of tape: [JSONNode], _ bytes: UnsafeBufferPointer<UInt8>
    ) -> [Int] {
        var keys = places(in: place, of: tape)
        if keys.allSatisfy({ tape[$0].flags.isDisjoint(with: .escaped) }) {
            keys.sort { a, b in
                let (x, y) = (inside(tape[a], bytes), inside(tape[b], bytes))
                return ByteOrder.isLess(x, y) || (a < b && ByteOrder.isEqual(x, y))
            }
            return keys
        }
        return keys.map { (place: $0, text: text(tape[$0], bytes)) }
            .sorted { a, b in
                a.text.withUnsafeBufferPointer { x in
                    b.text.withUnsafeBufferPointer { y in
                        ByteOrder.isLess(x, y) || (a.place < b.place && ByteOrder.isEqual(x, y))
                    }
                }
            }
            .map(\.place)
    }

    static func isEqual(
        _ a: JSONNode, _ b: JSONNode, _ bytes: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        if a.flags.isDisjoint(with: .escaped), b.flags.isDisjoint(with: .escaped) {
            return ByteOrder.isEqual(inside(a, bytes), inside(b, bytes))
        }
        return text(a, bytes) == text(b, bytes)
    }

    /// A key that is there twice, or nil. In time n log n, however the keys were chosen.
    static func duplicate(
        in place: Int, of tape: [JSONNode], _ bytes: UnsafeBufferPointer<UInt8>
    ) -> String? {
        let keys = sorted(in: place, of: tape, bytes)
        for (a, b) in zip(keys, keys.dropFirst()) where isEqual(tape[a], tape[b], bytes) {
            return String(decoding: text(tape[a], bytes), as: UTF8.self)
        }
        return nil
    }

    static func text(_ node: JSONNode, _ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let raw = inside(node, bytes)
        guard node.flags.contains(.escaped) else { return Array(raw) }
        var text: [UInt8] = []
        JSONEscapes.undo(raw, into: &text)
        return text
    }

    /// The container may still be open: then its keys run to the end of the tape.
    private static func places(in place: Int, of tape: [JSONNode]) -> [Int] {
        let end = tape[place].next == 0 ? tape.count : Int(tape[place].next)
        var keys: [Int] = []
        var key = place + 1
        while key < end {
            keys.append(key)
            key = Int(tape[key + 1].next)
        }
        return keys
    }
}
