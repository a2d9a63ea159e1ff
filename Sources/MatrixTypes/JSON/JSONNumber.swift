/// Numbers as JSON's digits.
package enum JSONNumber {
    /// 2^53−1: beyond it, not every reader has every integer.
    package static let maxSafeInteger = 9_007_199_254_740_991

    /// A longer integer has no canonical form: Python, on which Synapse runs, reads none.
    static let maxWrittenDigits = 4300

    /// The integer at `range`, which holds an optional `-` and digits; nil beyond ±(2^53−1).
    static func safeInteger(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Int? {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        let digits = isNegative ? range.dropFirst() : range
        guard digits.count <= 16 else { return nil }
        var value = 0
        for i in digits { value = value &* 10 &+ Int(bytes[i] &- UInt8(ascii: "0")) }
        guard value <= maxSafeInteger else { return nil }
        return isNegative ? -value : value
    }

    /// A finite number as Python's `repr` writes it, with which Synapse hashes the events of room
    /// versions 1 to 5: the shortest digits that read back as the same number, and an exponent below
    /// 1e-4 and from 1e16 on. `1.0`, `0.25`, `1e-05`, `1e+16`.
    package static func text(_ number: Double) -> String {
        let (isNegative, digits, point) = decimal(number)
        let sign = isNegative ? "-" : ""
        let exponent = point - 1
        if exponent < -4 || exponent >= 16 {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let magnitude = abs(exponent)
            let padded = magnitude < 10 ? "0\(magnitude)" : "\(magnitude)"
            return "\(sign)\(digits.prefix(1))\(fraction)e\(exponent < 0 ? "-" : "+")\(padded)"
        }
        if point <= 0 { return "\(sign)0.\(String(repeating: "0", count: -point))\(digits)" }
        if digits.count <= point {
            return "\(sign)\(digits)\(String(repeating: "0", count: point - digits.count)).0"
        }
        return "\(sign)\(digits.prefix(point)).\(digits.dropFirst(point))"
    }

    /// The shortest digits, without zeros around them, and where the point stands among them.
    private static func decimal(
        _ number: Double
    ) -> (isNegative: Bool, digits: String, point: Int) {
        guard number != 0 else { return (number.sign == .minus, "0", 1) }
        // Swift's own description has the same digits, laid out otherwise.
        var digits = ""
        var point: Int?
        var exponent = 0
        let text = abs(number).description
        for (place, character) in zip(text.indices, text) {
            switch character {
            case ".": point = digits.count
            case "e":
                exponent = Int(text[text.index(after: place)...]) ?? 0
            default:
                if exponent == 0 && !text[..<place].contains("e") { digits.append(character) }
            }
        }
        let whole = point ?? digits.count
        let leading = digits.prefix { $0 == "0" }.count
        digits.removeFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        return (number.sign == .minus, digits, whole - leading + exponent)
    }
}
