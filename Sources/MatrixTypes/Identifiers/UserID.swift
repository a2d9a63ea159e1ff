/// A user's identifier, `@localpart:domain`.
///
/// Historical localparts are accepted too, as they must be in events.
///
/// - Spec: [User Identifiers](https://spec.matrix.org/v1.19/appendices/#user-identifiers)
package struct UserID: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard SigilGrammar.isLocalpartAndServer(text, sigil: UInt8(ascii: "@")) else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }

    /// Nil when the whole would break the grammar.
    package init?(localpart: String, server: ServerName) {
        guard !localpart.utf8.contains(UInt8(ascii: ":")) else { return nil }
        self.init("@\(localpart):\(server)")
    }

    package var localpart: String { String(SigilGrammar.localpart(rawValue)) }

    /// Empty, which is no server's name, for an unchecked text that is no user ID.
    package var server: ServerName {
        SigilGrammar.server(rawValue) ?? ServerName(unchecked: "")
    }

    /// The localpart is one that a new account may have.
    package var isOfCurrentGrammar: Bool {
        let localpart = SigilGrammar.localpart(rawValue).utf8
        return !localpart.isEmpty
            && localpart.allSatisfy { byte in
                byte.isASCIIDigit || byte.isASCIILowercase
                    || "._=-/+".utf8.contains(byte)
            }
    }

    /// The localpart is neither empty nor has characters outside U+0021 to U+007E. Others are not
    /// told to clients outside the context of an event.
    ///
    /// - Spec: [Historical User IDs](https://spec.matrix.org/v1.19/appendices/#historical-user-ids)
    package var isCompliant: Bool {
        let localpart = SigilGrammar.localpart(rawValue).utf8
        return !localpart.isEmpty && localpart.allSatisfy { (0x21...0x7E).contains($0) }
    }
}
