/// The content of `m.room.create`: the first event of a room, which fixes what never changes.
///
/// - State key: always empty.
/// - Spec: [m.room.create](https://spec.matrix.org/v1.19/client-server-api/#mroomcreate)
package struct RoomCreate: StateEventContent {
    package static let type: EventType = .roomCreate

    /// Until v10: who made the room. Since v11 that is the sender of the event.
    package let creator: String?

    /// `1` unless it says otherwise.
    package let roomVersion: RoomVersion

    /// Users of other servers may join. True unless it says otherwise.
    package let isFederated: Bool

    /// `m.space` for spaces; nil for rooms to talk in.
    package let roomType: String?

    package let predecessor: Predecessor?

    /// Since v12: who has the creator's power beside the sender. As they came; the rules decide.
    package let additionalCreators: [String]?

    /// The room that this one replaces.
    package struct Predecessor: Equatable, Sendable {
        package let roomID: RoomID
        /// Until v11, the tombstone of the old room.
        package let eventID: EventID?
    }

    /// Throws where `room_version`, `m.federate` or `additional_creators` is of another type.
    package init(from content: JSONObject) throws(JSONError) {
        creator = content["creator"]?.string
        roomVersion = RoomVersion(try content.string("room_version") ?? "1")
        isFederated = try content.bool("m.federate") ?? true
        roomType = content["type"]?.string
        additionalCreators = try content.strings("additional_creators")
        predecessor = content["predecessor"]?["room_id"]?.string.flatMap(RoomID.init).map { room in
            Predecessor(
                roomID: room,
                eventID: content["predecessor"]?["event_id"]?.string.flatMap(EventID.init))
        }
    }
}
