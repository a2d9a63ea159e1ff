/// The content of `m.room.avatar`: the room's picture.
///
/// - State key: always empty.
/// - Spec: [m.room.avatar](https://spec.matrix.org/v1.19/client-server-api/#mroomavatar)
package struct RoomAvatar: StateEventContent {
    package static let type: EventType = .roomAvatar

    /// As it came: others write what is not an `mxc://` URI. Nil when the room has no picture.
    package let url: String?

    package init(from content: JSONObject) throws(JSONError) {
        url = content["url"]?.isNull == true ? nil : try content.string("url")
    }
}
