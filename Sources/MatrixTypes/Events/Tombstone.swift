/// The content of `m.room.tombstone`: the room goes on elsewhere.
///
/// - State key: always empty.
/// - Spec: [m.room.tombstone](https://spec.matrix.org/v1.19/client-server-api/#mroomtombstone)
package struct Tombstone: StateEventContent {
    package static let type: EventType = .tombstone

    package let body: String
    /// Nil once the event has been redacted, or when it is no room ID.
    package let replacementRoom: RoomID?

    package init(from content: JSONObject) throws(JSONError) {
        body = content["body"]?.string ?? ""
        replacementRoom = content["replacement_room"]?.string.flatMap(RoomID.init)
    }
}
