/// The content of `m.room.topic`: a short text on what is being discussed in the room.
///
/// - State key: always empty.
/// - Spec: [m.room.topic](https://spec.matrix.org/v1.19/client-server-api/#mroomtopic)
package struct RoomTopic: StateEventContent {
    package static let type: EventType = .roomTopic

    /// The topic as plain text. Nil once the event has been redacted.
    package let topic: String?

    /// The topic in `m.topic`, in the representations of which the first is preferred.
    package let representations: [Representation]

    package struct Representation: Equatable, Sendable {
        package let body: String
        /// `text/plain` unless it says otherwise.
        package let mimetype: String
    }

    package init(from content: JSONObject) throws(JSONError) {
        topic = content["topic"]?.isNull == true ? nil : try content.string("topic")
        representations = (content["m.topic"]?["m.text"]?.array ?? JSONArray.empty)
            .compactMap { entry in
                guard let body = entry["body"]?.string else { return nil }
                return Representation(
                    body: body, mimetype: entry["mimetype"]?.string ?? "text/plain")
            }
    }
}
