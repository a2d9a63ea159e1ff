/// An address of e-mail, in the form that professional ones have.
///
/// Quoted local parts and comments are not taken: nobody has them, and they fool those who compare.
package struct EmailAddress: Sendable, Equatable, CustomStringConvertible {
    /// Before the `@`, in lower case.
    package let local: String
    /// After it, in lower case.
    package let domain: String

    package init?(_ text: String) {
        let parts = text.lowercased().split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, !parts[0].isEmpty,
            parts[0].utf8.count <= 64,
            parts[0].utf8.allSatisfy({
                Self.isAlphanumeric($0) || ".!#$%&'*+-/=?^_`{|}~".utf8.contains($0)
            }),
            !parts[0].hasPrefix("."), !parts[0].hasSuffix("."), !parts[0].contains("..")
        else { return nil }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2,
            labels.allSatisfy({ label in
                !label.isEmpty && label.utf8.count <= 63
                    && label.utf8.allSatisfy { Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
                    && !label.hasPrefix("-") && !label.hasSuffix("-")
            })
        else { return nil }
        local = String(parts[0])
        domain = String(parts[1])
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    package var description: String { "\(local)@\(domain)" }
}
