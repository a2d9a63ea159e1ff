/// The content of `m.space.child`: a room that a space holds.
///
/// - State key: the child's room ID.
/// - Spec: [m.space.child](https://spec.matrix.org/v1.19/client-server-api/#mspacechild)
package struct SpaceChild: StateEventContent {
    package static let type: EventType = .spaceChild

    /// Servers to join through. Nil when absent or invalid: then the room is no child.
    package let via: [ServerName]?
    /// At most 50 characters from U+0020 to U+007E; children with one come first. Nil when invalid.
    package let order: String?
    package let isSuggested: Bool

    package init(from content: JSONObject) throws(JSONError) {
        via = content["via"]?.array?.strings?.compactMap(ServerName.init)
        let order = content["order"]?.string
        let isValid = order.map { order in
            order.utf8.count <= 50 && order.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        }
        self.order = isValid == true ? order : nil
        isSuggested = content["suggested"]?.bool ?? false
    }
}
