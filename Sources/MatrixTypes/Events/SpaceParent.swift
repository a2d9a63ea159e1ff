/// The content of `m.space.parent`: a space that a room says it is in.
///
/// - State key: the parent's room ID.
/// - Spec: [m.space.parent](https://spec.matrix.org/v1.19/client-server-api/#mspaceparent)
package struct SpaceParent: StateEventContent {
    package static let type: EventType = .spaceParent

    /// Servers to join through. Nil when absent or invalid: then the room has no such parent.
    package let via: [ServerName]?
    package let isCanonical: Bool

    package init(from content: JSONObject) throws(JSONError) {
        via = content["via"]?.array?.strings?.compactMap(ServerName.init)
        isCanonical = content["canonical"]?.bool ?? false
    }
}
