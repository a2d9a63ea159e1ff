/// Reads bytes onto a tape, once, without recursion. The only JSON reader there is.
///
/// A release build does not check the places in an unsafe buffer. So each is compared with the count
/// first, right where the byte is read or by the caller that has looked at the byte before it; debug
/// builds do check, and the tests that damage bytes run in them.
///
/// - Spec: [Canonical JSON](https://spec.matrix.org/v1.19/appendices/#canonical-json), for strict mode
struct JSONReader {
    private(set) var tape: [JSONNode] = []

    private let bytes: UnsafeBufferPointer<UInt8>
    private let mode: JSONMode
    private let maxDepth: Int
    private var i = 0
    private var open: [Container] = []

    /// A container whose end has not been read.
    private struct Container {
        let place: Int
        let isObject: Bool
        /// So far there is nothing in it that canonical JSON would write differently.
        var isCanonical = true
        var isFlat = true
        /// So far each key is greater than the one before, so none is there twice.
        var isSorted = true
        var lastKey: Int?
    }

    init(_ bytes: UnsafeBufferPointer<UInt8>, mode: JSONMode, maxDepth: Int) {
        self.bytes = bytes
        self.mode = mode
        self.maxDepth = maxDepth
        tape.reserveCapacity(bytes.count / 16 + 4)
    }

    /// Reads one value and whitespace around it, up to the end of the bytes.
    mutating func read() throws(JSONError) {
        try readValue()
        while !open.isEmpty {
            let hasElements = Int(tape.count) > open[open.count - 1].place + 1
            skipSpace()
            guard i < bytes.count else { throw .syntax(at: i) }
            let isObject = open[open.count - 1].isObject
            if bytes[i] == UInt8(ascii: isObject ? "}" : "]") {
                i += 1
                try close()
                continue
            }
            if hasElements {
                guard bytes[i] == UInt8(ascii: ",") else { throw .syntax(at: i) }
                i += 1
                skipSpace()
            }
            if isObject { try readKey() }
            try readValue()
        }
        skipSpace()
        guard i == bytes.count else { throw .syntax(at: i) }
    }

    /// Reads a value, of a container only its beginning.
    private mutating func readValue() throws(JSONError) {
        skipSpace()
        guard i < bytes.count else { throw .syntax(at: i) }
        switch bytes[i] {
        case UInt8(ascii: "\""): try readString()
        case UInt8(ascii: "{"): try readStart(isObject: true)
        case UInt8(ascii: "["): try readStart(isObject: false)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try readNumber()
        case UInt8(ascii: "t"): try readWord("true", .bool)
        case UInt8(ascii: "f"): try readWord("false", .bool)
        case UInt8(ascii: "n"): try readWord("null", .null)
        default: throw .syntax(at: i)
        }
    }

    private mutating func readStart(isObject: Bool) throws(JSONError) {
        guard open.count < maxDepth else { throw .tooDeep(limit: maxDepth) }
        if !open.isEmpty { open[open.count - 1].isFlat = false }
        open.append(Container(place: tape.count, isObject: isObject))
        tape.append(
            JSONNode(
                start: UInt32(i), end: 0, next: 0, kind: isObject ? .object : .array, flags: []))
        i += 1
    }

    private mutating func close() throws(JSONError) {
        let container = open.removeLast()
        var flags: JSONNode.Flags = []
        if container.isCanonical && container.isSorted { flags.insert(.canonical) }
        if container.isFlat { flags.insert(.flat) }
        if !container.isSorted, let key = JSONKeys.duplicate(in: container.place, of: tape, bytes) {
            if mode == .strict { throw .duplicateKey(key) }
            flags.insert(.duplicates)
        }
        tape[container.place].end = UInt32(i)
        tape[container.place].next = UInt32(tape.count)
        tape[container.place].flags = flags
        if !flags.contains(.canonical) { noteNotCanonical() }
    }

    private mutating func readKey() throws(JSONError) {
        guard i < bytes.count, bytes[i] == UInt8(ascii: "\"") else { throw .syntax(at: i) }
        let place = tape.count
        try readString()
        let innermost = open.count - 1
        if let last = open[innermost].lastKey, open[innermost].isSorted {
            let (a, b) = (tape[last], tape[place])
            // An escaped key is not looked into here; unsorted is always safe to say.
            open[innermost].isSorted =
                a.flags.isDisjoint(with: .escaped) && b.flags.isDisjoint(with: .escaped)
                && ByteOrder.isLess(JSONKeys.inside(a, bytes), JSONKeys.inside(b, bytes))
        }
        open[innermost].lastKey = place
        skipSpace()
        guard i < bytes.count, bytes[i] == UInt8(ascii: ":") else { throw .syntax(at: i) }
        i += 1
    }

    private mutating func readWord(_ word: StaticString, _ kind: JSON.Kind) throws(JSONError) {
        guard i + word.utf8CodeUnitCount <= bytes.count else { throw .syntax(at: i) }
        for j in 0..<word.utf8CodeUnitCount where bytes[i + j] != word.utf8Start[j] {
            throw .syntax(at: i + j)
        }
        append(kind, upTo: i + word.utf8CodeUnitCount, flags: .canonical)
    }

    private mutating func readNumber() throws(JSONError) {
        let start = i
        var j = i
        let isNegative = bytes[j] == UInt8(ascii: "-")
        if isNegative { j += 1 }
        let digits = j
        j = skipDigits(from: j)
        guard j > digits else { throw .syntax(at: j) }
        let isZero = bytes[digits] == UInt8(ascii: "0")
        guard !isZero || j == digits + 1 else { throw .syntax(at: digits + 1) }
        var flags: JSONNode.Flags = .integer
        if j < bytes.count, bytes[j] == UInt8(ascii: ".") {
            flags = []
            let fraction = j + 1
            j = skipDigits(from: fraction)
            guard j > fraction else { throw .syntax(at: j) }
        }
        if j < bytes.count, bytes[j] | 0x20 == UInt8(ascii: "e") {
            flags = []
            var exponent = j + 1
            if exponent < bytes.count,
                bytes[exponent] == UInt8(ascii: "+") || bytes[exponent] == UInt8(ascii: "-")
            {
                exponent += 1
            }
            j = skipDigits(from: exponent)
            guard j > exponent else { throw .syntax(at: j) }
        }
        let isInteger = flags.contains(.integer) && !(isNegative && isZero)
        if isInteger, j - digits <= JSONNumber.maxWrittenDigits { flags.insert(.canonical) }
        if mode == .strict {
            guard isInteger else { throw .notAnInteger(at: start) }
            guard JSONNumber.safeInteger(bytes, start..<j) != nil else {
                throw .numberOutOfRange(at: start)
            }
        }
        append(.number, upTo: j, flags: flags)
    }

    private func skipDigits(from start: Int) -> Int {
        var j = start
        while j < bytes.count, bytes[j] &- UInt8(ascii: "0") < 10 { j += 1 }
        return j
    }

    /// Reads a string from its opening quote on. Eight bytes at a time while they are plain ASCII.
    private mutating func readString() throws(JSONError) {
        let start = i
        let raw = UnsafeRawBufferPointer(bytes)
        var flags: JSONNode.Flags = .canonical
        var j = i + 1
        while true {
            while j + 8 <= bytes.count {
                let word = UInt64(
                    littleEndian: raw.loadUnaligned(fromByteOffset: j, as: UInt64.self))
                let special = Self.specialBytes(word)
                if special != 0 {
                    j += special.trailingZeroBitCount / 8
                    break
                }
                j += 8
            }
            guard j < bytes.count else { throw .syntax(at: j) }
            let byte = bytes[j]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                j = try readEscape(at: j, of: start, &flags)
            } else if byte < 0x20 {
                throw .syntax(at: j)
            } else if byte < 0x80 {
                j += 1
            } else {
                repeat { j = try skipScalar(at: j) } while j < bytes.count && bytes[j] >= 0x80
            }
        }
        append(.string, upTo: j + 1, flags: flags)
    }

    /// Has the high bit of the first byte that is a control, a quote, a backslash or beyond ASCII.
    /// Bits above the lowest one that is set mean nothing.
    private static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5C)
        let controls = (word &- ones &* 0x20) & ~word
        let matches = ((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes)
        return (controls | matches | word) & (ones &* 0x80)
    }

    /// - Returns: The place after the escape, of a pair of surrogates after both.
    private func readEscape(
        at place: Int, of start: Int, _ flags: inout JSONNode.Flags
    ) throws(JSONError) -> Int {
        flags.insert(.escaped)
        guard place + 1 < bytes.count else { throw .syntax(at: place + 1) }
        switch bytes[place + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return place + 2
        case UInt8(ascii: "/"):
            flags.remove(.canonical)
            return place + 2
        case UInt8(ascii: "u"):
            // Only controls without a letter of their own are written like this.
            flags.remove(.canonical)
            guard let unit = JSONEscapes.hex(bytes, at: place + 2) else {
                throw .syntax(at: place + 2)
            }
            if JSONEscapes.isHigh(unit), place + 7 < bytes.count,
                bytes[place + 6] == UInt8(ascii: "\\"), bytes[place + 7] == UInt8(ascii: "u"),
                let low = JSONEscapes.hex(bytes, at: place + 8), JSONEscapes.isLow(low)
            {
                return place + 12
            }
            if JSONEscapes.isHigh(unit) || JSONEscapes.isLow(unit) {
                if mode == .strict { throw .loneSurrogate(at: start) }
                flags.insert(.loneSurrogate)
            }
            return place + 6
        default:
            throw .syntax(at: place + 1)
        }
    }

    /// Checks one code point beyond ASCII: shortest form, no surrogate, at most U+10FFFF.
    private func skipScalar(at place: Int) throws(JSONError) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch bytes[place] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw .badUTF8(at: place)
        }
        guard place + length <= bytes.count, second.contains(bytes[place + 1]) else {
            throw .badUTF8(at: place)
        }
        for j in place + 2..<max(place + 2, place + length) where bytes[j] & 0xC0 != 0x80 {
            throw .badUTF8(at: place)
        }
        return place + length
    }

    private mutating func append(_ kind: JSON.Kind, upTo end: Int, flags: JSONNode.Flags) {
        tape.append(
            JSONNode(
                start: UInt32(i), end: UInt32(end), next: UInt32(tape.count + 1), kind: kind,
                flags: flags))
        if !flags.contains(.canonical) { noteNotCanonical() }
        i = end
    }

    private mutating func skipSpace() {
        let start = i
        while i < bytes.count {
            switch bytes[i] {
            case 0x20, 0x0A, 0x0D, 0x09: i += 1
            default:
                if i > start { noteNotCanonical() }
                return
            }
        }
    }

    private mutating func noteNotCanonical() {
        if !open.isEmpty { open[open.count - 1].isCanonical = false }
    }
}
