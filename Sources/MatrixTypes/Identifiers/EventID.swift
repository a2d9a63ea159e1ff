/// An event's identifier: `$opaque:domain` in room versions 1 and 2, then `$hash`.
///
/// - Spec: [Event IDs](https://spec.matrix.org/v1.19/appendices/#event-ids)
package struct EventID: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard
            SigilGrammar.isHash(text, sigil: UInt8(ascii: "$"))
                || SigilGrammar.isLocalpartAndServer(text, sigil: UInt8(ascii: "$"))
        else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }

    /// The server that made the ID, in room versions 1 and 2.
    package var server: ServerName? { SigilGrammar.server(rawValue) }
}
