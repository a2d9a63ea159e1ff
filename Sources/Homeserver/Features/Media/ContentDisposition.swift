/// The header that says whether a file is shown or saved, and under which name.
///
/// - Spec: RFC 6266; RFC 8187 for names that are not plain ASCII
struct ContentDisposition: Sendable, Equatable {
    let isInline: Bool
    let filename: String?

    var text: String {
        let kind = isInline ? "inline" : "attachment"
        guard let filename, !filename.isEmpty else { return kind }
        return filename.utf8.allSatisfy(Self.isPlain)
            ? "\(kind); filename=\"\(filename)\""
            : "\(kind); filename*=UTF-8''\(Self.encoded(filename))"
    }

    /// What every browser reads alike between quotes. Backslashes and percent signs are not.
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20...0x7E).contains(byte) && !"\"\\%".utf8.contains(byte)
    }

    private static func encoded(_ filename: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in filename.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                text.append(byte)
            case let byte where "!#$&+-.^_`|~".utf8.contains(byte): text.append(byte)
            default:
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
