/// Undoing the escapes inside strings that the reader has already checked.
enum JSONEscapes {
    /// Appends the UTF-8 of `raw`, the inside of a checked string. Lone surrogates become U+FFFD.
    static func undo(_ raw: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) {
        var i = 0
        while i < raw.count {
            let byte = raw[i]
            guard byte == UInt8(ascii: "\\"), i + 1 < raw.count else {
                text.append(byte)
                i += 1
                continue
            }
            let letter = raw[i + 1]
            i += 2
            switch letter {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "u"):
                var scalar = hex(raw, at: i) ?? 0xFFFD
                i += 4
                if isHigh(scalar), i + 1 < raw.count, raw[i] == UInt8(ascii: "\\"),
                    raw[i + 1] == UInt8(ascii: "u"), let low = hex(raw, at: i + 2), isLow(low)
                {
                    scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
                    i += 6
                }
                append(Unicode.Scalar(scalar) ?? "\u{FFFD}", to: &text)
            default: text.append(letter)
            }
        }
    }

    static func isHigh(_ unit: UInt32) -> Bool { (0xD800...0xDBFF).contains(unit) }
    static func isLow(_ unit: UInt32) -> Bool { (0xDC00...0xDFFF).contains(unit) }

    /// The four hexadecimal digits at `i`; nil if there are not four.
    static func hex(_ bytes: UnsafeBufferPointer<UInt8>, at i: Int) -> UInt32? {
        guard i + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for j in i..<i + 4 {
            let digit: UInt8
            switch bytes[j] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = bytes[j] - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = bytes[j] - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = bytes[j] - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
}
