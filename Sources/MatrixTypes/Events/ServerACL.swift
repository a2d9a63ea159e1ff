/// The content of `m.room.server_acl`: which servers take part in the room.
///
/// - State key: always empty.
/// - Spec: [m.room.server_acl](https://spec.matrix.org/v1.19/client-server-api/#mroomserver_acl)
package struct ServerACL: StateEventContent {
    package static let type: EventType = .serverACL

    /// Globs. Empty lets no server in.
    package let allow: [String]
    /// Globs. They go before those that allow.
    package let deny: [String]
    /// True unless it is false.
    package let allowsIPLiterals: Bool

    /// What is not a string in a list is left out; what is no list is an empty one.
    package init(from content: JSONObject) throws(JSONError) {
        allow = (content["allow"]?.array ?? JSONArray.empty).compactMap(\.string)
        deny = (content["deny"]?.array ?? JSONArray.empty).compactMap(\.string)
        allowsIPLiterals = content["allow_ip_literals"]?.bool ?? true
    }
}
