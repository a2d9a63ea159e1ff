import SeededTesting

@testable import MatrixTypes

/// A JSON value to compare with, written by code that has nothing to do with the code under test.
indirect enum SampleJSON {
    case null
    case bool(Bool)
    case int(Int)
    case string(String)
    case array([SampleJSON])
    /// Every key once.
    case object([(key: String, value: SampleJSON)])

    static func random(depth: Int = 4, using random: inout SeededGenerator) -> SampleJSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2, 3: return .int(randomInt(using: &random))
        case 4: return .string(randomText(using: &random))
        case 5:
            let count = Int.random(in: 0...5, using: &random)
            return .array((0..<count).map { _ in .random(depth: depth - 1, using: &random) })
        default: return randomObject(depth: depth, using: &random)
        }
    }

    static func randomObject(depth: Int = 4, using random: inout SeededGenerator) -> SampleJSON {
        var entries: [(key: String, value: SampleJSON)] = []
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let key = randomText(using: &random)
            if entries.contains(where: { Array($0.key.utf8) == Array(key.utf8) }) { continue }
            entries.append((key, .random(depth: depth - 1, using: &random)))
        }
        return .object(entries)
    }

    private static func randomInt(using random: inout SeededGenerator) -> Int {
        let limit = JSONNumber.maxSafeInteger
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: Int.random(in: -9...9, using: &random)
        case 1: Bool.random(using: &random) ? limit : -limit
        default: Int.random(in: -limit...limit, using: &random)
        }
    }

    static func randomText(using random: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "b", "é", "e", "\u{301}", "\"", "\\", "/", "\n", "\u{0}", "\u{1F}", "\u{7F}",
            "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}", "\u{10FFFF}", "日", "🚦", "\u{2028}", " ",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            text.append(scalars.randomElement(using: &random) ?? "a")
        }
        return String(text)
    }
}

extension SampleJSON {
    /// Canonical JSON, by the words of the spec.
    var canonical: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.canonical).joined(separator: ",") + "]"
        case .object(let entries):
            "{"
                + entries.sorted {
                    $0.key.unicodeScalars.lexicographicallyPrecedes($1.key.unicodeScalars)
                }
                .map { Self.quoted($0.key) + ":" + $0.value.canonical }.joined(separator: ",")
                + "}"
        }
    }

    /// The same value as someone else may write it: white space, other escapes, keys in any order.
    func loose(using random: inout SeededGenerator) -> String {
        func space(_ random: inout SeededGenerator) -> String {
            ["", "", "", " ", "\n", "\t\r "].randomElement(using: &random) ?? ""
        }
        var text = space(&random)
        switch self {
        case .array(let elements):
            text += "["
            for (place, element) in elements.enumerated() {
                text += (place > 0 ? "," : "") + element.loose(using: &random)
            }
            text += elements.isEmpty ? space(&random) + "]" : "]"
        case .object(let entries):
            text += "{"
            for (place, entry) in entries.shuffled(using: &random).enumerated() {
                text += (place > 0 ? "," : "") + space(&random)
                text += Self.escaped(entry.key, using: &random) + space(&random) + ":"
                text += entry.value.loose(using: &random)
            }
            text += entries.isEmpty ? space(&random) + "}" : "}"
        case .string(let string): text += Self.escaped(string, using: &random)
        default: text += canonical
        }
        return text + space(&random)
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += #"\""#
            case "\\": quoted += #"\\"#
            case "\u{8}": quoted += #"\b"#
            case "\t": quoted += #"\t"#
            case "\n": quoted += #"\n"#
            case "\u{C}": quoted += #"\f"#
            case "\r": quoted += #"\r"#
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Escapes what must be and, by chance, what need not be.
    private static func escaped(_ text: String, using random: inout SeededGenerator) -> String {
        var escaped = "\""
        for scalar in text.unicodeScalars {
            if Int.random(in: 0..<4, using: &random) == 0 {
                for unit in String(Character(scalar)).utf16 {
                    let digits = String(unit, radix: 16, uppercase: Bool.random(using: &random))
                    escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else if scalar == "/", Bool.random(using: &random) {
                escaped += #"\/"#
            } else {
                // By scalar: a quote and an accent after it are one character.
                let quoted = quoted(String(Character(scalar))).unicodeScalars
                escaped.unicodeScalars += quoted.dropFirst().dropLast()
            }
        }
        return escaped + "\""
    }
}

extension [UInt8] {
    /// The bytes with something wrong, or not, at random places.
    func damaged(using random: inout SeededGenerator) -> [UInt8] {
        var bytes = self
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 1:
                bytes.insert(#"{}[]",:\u-0.e"#.utf8.randomElement(using: &random) ?? 0, at: place)
            case 2 where place < bytes.count: bytes.remove(at: place)
            case 3: bytes.removeSubrange(place...)
            case 4 where place < bytes.count:
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            default: break
            }
        }
        return bytes
    }

    static func random(upTo count: Int, using random: inout SeededGenerator) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random)
        }
    }
}
