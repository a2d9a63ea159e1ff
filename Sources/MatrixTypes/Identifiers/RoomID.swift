/// A room's identifier: `!opaque:domain`, or since room version 12 `!hash` of the create event.
///
/// - Spec: [Room IDs](https://spec.matrix.org/v1.19/appendices/#room-ids)
package struct RoomID: Identifier {
    package let rawValue: String

    package init?(_ text: String) {
        guard
            SigilGrammar.isLocalpartAndServer(text, sigil: UInt8(ascii: "!"))
                || SigilGrammar.isHash(text, sigil: UInt8(ascii: "!"))
        else { return nil }
        rawValue = text
    }

    package init(unchecked text: String) { rawValue = text }

    /// Since room version 12: the room that this create event makes.
    package init(ofCreateEvent eventID: EventID) {
        rawValue = "!" + Substring(eventID.rawValue.utf8.dropFirst())
    }

    /// The server that made the ID, in room versions 1 to 11. It may have left the room since.
    package var server: ServerName? { SigilGrammar.server(rawValue) }

    /// Since room version 12: the ID of the room's create event. Nil if the ID has a server.
    package var createEventID: EventID? {
        guard server == nil else { return nil }
        return EventID(unchecked: "$" + Substring(rawValue.utf8.dropFirst()))
    }
}
