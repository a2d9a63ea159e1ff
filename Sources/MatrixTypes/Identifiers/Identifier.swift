/// A text of the wire that has a type of its own. Two are the same when their bytes are.
package protocol WireText: RawRepresentable, Hashable, Comparable, Sendable,
    CustomStringConvertible, JSONWritable
where RawValue == String {}

extension WireText {
    package static func == (a: Self, b: Self) -> Bool { ByteOrder.isEqual(a.rawValue, b.rawValue) }

    /// By code point, as the spec orders identifiers.
    package static func < (a: Self, b: Self) -> Bool { ByteOrder.isLess(a.rawValue, b.rawValue) }

    package func hash(into hasher: inout Hasher) { ByteOrder.hash(rawValue, into: &hasher) }

    /// `RawRepresentable` has a default that hashes the text as Swift compares it: slower, and the
    /// same for many texts that an attacker can make up. This goes through `hash(into:)` again.
    package func _rawHashValue(seed: Int) -> Int {
        HashedBytes(text: rawValue)._rawHashValue(seed: seed)
    }

    package var description: String { rawValue }

    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

private struct HashedBytes: Hashable {
    let text: String

    static func == (a: Self, b: Self) -> Bool { ByteOrder.isEqual(a.text, b.text) }
    func hash(into hasher: inout Hasher) { ByteOrder.hash(text, into: &hasher) }
}

/// A text of the wire with a grammar.
///
/// - Spec: [Identifier Grammar](https://spec.matrix.org/v1.19/appendices/#identifier-grammar)
package protocol Identifier: WireText {
    /// Checks the grammar; at most 255 bytes.
    init?(_ text: String)

    /// For what comes from our own database, or was checked before.
    init(unchecked text: String)
}

extension Identifier {
    package init?(rawValue: String) { self.init(rawValue) }

    package static var maxBytes: Int { 255 }
}

/// An identifier of the form `&localpart:domain`, or `&hash` where the kind allows it.
///
/// All by UTF-8: for Swift a colon with an accent on it would be one character, and no colon.
enum SigilGrammar {
    /// The localpart has no NUL (and no colon, as it ends at the first), and the rest is a server name.
    static func isLocalpartAndServer(_ text: String, sigil: UInt8) -> Bool {
        let bytes = text.utf8
        guard bytes.count <= 255, bytes.first == sigil,
            let end = bytes.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == 0 }),
            bytes[end] != 0
        else { return false }
        return ServerName.isValid(bytes[bytes.index(after: end)...])
    }

    /// The rest is in one of the two alphabets of Base64.
    static func isHash(_ text: String, sigil: UInt8) -> Bool {
        let bytes = text.utf8
        guard (2...255).contains(bytes.count), bytes.first == sigil else { return false }
        return bytes.dropFirst().allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "+"), UInt8(ascii: "/"):
                true
            default: false
            }
        }
    }

    /// What is between the sigil and the first colon, or the end.
    static func localpart(_ text: String) -> Substring {
        Substring(text.utf8.dropFirst().prefix { $0 != UInt8(ascii: ":") })
    }

    /// What follows the first colon.
    static func server(_ text: String) -> ServerName? {
        let bytes = text.utf8
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        return ServerName(unchecked: String(text[bytes.index(after: colon)...]))
    }
}

extension UInt8 {
    var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isASCIILowercase: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }

    var isASCIIAlphanumeric: Bool {
        isASCIIDigit || isASCIILowercase
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }

    var isASCIIHexDigit: Bool {
        isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(self | 0x20)
    }
}
