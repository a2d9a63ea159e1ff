/// The content of `m.room.name`: the name that people read.
///
/// - State key: always empty.
/// - Spec: [m.room.name](https://spec.matrix.org/v1.19/client-server-api/#mroomname)
package struct RoomName: StateEventContent {
    package static let type: EventType = .roomName

    /// Nil when the room has no name: absent, null or empty.
    package let name: String?

    package init(from content: JSONObject) throws(JSONError) {
        let name = content["name"]?.isNull == true ? nil : try content.string("name")
        self.name = name == "" ? nil : name
    }
}
