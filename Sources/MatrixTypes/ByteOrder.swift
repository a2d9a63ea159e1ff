/// Comparing byte by byte, which for UTF-8 is comparing code point by code point.
///
/// Swift's own comparison of strings takes "é" in one code point and in two for the same text. In
/// Matrix they are two user IDs, two state keys, two keys of an object.
enum ByteOrder {
    static func isEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        return firstDifference(a, b, upTo: a.count) == nil
    }

    static func isLess(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let i = firstDifference(a, b, upTo: min(a.count, b.count)) else {
            return a.count < b.count
        }
        return a[i] < b[i]
    }

    static func isEqual(_ a: String, _ b: String) -> Bool {
        var (a, b) = (a, b)
        return a.withUTF8 { a in b.withUTF8 { b in isEqual(a, b) } }
    }

    static func isLess(_ a: String, _ b: String) -> Bool {
        var (a, b) = (a, b)
        return a.withUTF8 { a in b.withUTF8 { b in isLess(a, b) } }
    }

    static func hash(_ text: String, into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        hasher.combine(0xFF as UInt8)
    }

    /// Eight bytes at a time; `count` is at most the length of both.
    private static func firstDifference(
        _ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>, upTo count: Int
    ) -> Int? {
        let (rawA, rawB) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
        var i = 0
        while i + 8 <= count {
            let x = rawA.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            let y = rawB.loadUnaligned(fromByteOffset: i, as: UInt64.self)
            if x != y { return i + (x ^ y).littleEndian.trailingZeroBitCount / 8 }
            i += 8
        }
        while i < count {
            if a[i] != b[i] { return i }
            i += 1
        }
        return nil
    }
}
