/// A name for a room, `#localpart:domain`.
///
/// - Spec: [Room Aliases](https://spec.matrix.org/v1.19/appendices/#room-aliases)
package struct RoomAlias: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard SigilGrammar.isLocalpartAndServer(text, sigil: UInt8(ascii: "#")) else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }

    /// Nil when the whole would break the grammar.
    package init?(localpart: String, server: ServerName) {
        guard !localpart.utf8.contains(UInt8(ascii: ":")) else { return nil }
        self.init("#\(localpart):\(server)")
    }

    package var localpart: String { String(SigilGrammar.localpart(rawValue)) }

    /// The server that knows which room the alias stands for.
    /// Empty, which is no server's name, for an unchecked text that is no room alias.
    package var server: ServerName {
        SigilGrammar.server(rawValue) ?? ServerName(unchecked: "")
    }
}
