/// The content of `m.room.canonical_alias`: the aliases that the room itself names.
///
/// - State key: always empty.
/// - Spec: [m.room.canonical_alias](https://spec.matrix.org/v1.19/client-server-api/#mroomcanonical_alias)
package struct CanonicalAlias: StateEventContent {
    package static let type: EventType = .canonicalAlias

    /// The one to show. Nil when absent, null or empty.
    package let alias: RoomAlias?
    package let altAliases: [RoomAlias]

    package init(from content: JSONObject) throws(JSONError) {
        let isUnset = content["alias"]?.isNull == true || content["alias"]?.string == ""
        alias = isUnset ? nil : try content.identifier("alias")
        var altAliases: [RoomAlias] = []
        for text in try content.strings("alt_aliases") ?? [] {
            guard let alias = RoomAlias(text) else { throw .invalid(key: "alt_aliases[]") }
            altAliases.append(alias)
        }
        self.altAliases = altAliases
    }
}
