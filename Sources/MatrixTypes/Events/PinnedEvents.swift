/// The content of `m.room.pinned_events`: what is worth finding again.
///
/// - State key: always empty.
/// - Spec: [m.room.pinned_events](https://spec.matrix.org/v1.19/client-server-api/#mroompinned_events)
package struct PinnedEvents: StateEventContent {
    package static let type: EventType = .pinnedEvents

    package let pinned: [EventID]

    /// What is no event ID is left out.
    package init(from content: JSONObject) throws(JSONError) {
        pinned = (content["pinned"]?.array ?? JSONArray.empty)
            .compactMap { $0.string.flatMap(EventID.init) }
    }
}
