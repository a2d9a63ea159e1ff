/// Who may read what was said in a room.
///
/// - Spec: [Room history visibility](https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility)
package enum HistoryVisibility: String, Hashable, Sendable, CaseIterable, JSONWritable {
    case worldReadable = "world_readable"
    case shared
    case invited
    case joined

    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

/// The content of `m.room.history_visibility`.
///
/// - State key: always empty.
/// - Spec: [m.room.history_visibility](https://spec.matrix.org/v1.19/client-server-api/#mroomhistory_visibility)
package struct RoomHistoryVisibility: StateEventContent {
    package static let type: EventType = .historyVisibility

    /// `shared` where the event says nothing that we know, as in a room without the event.
    package let visibility: HistoryVisibility

    package init(from content: JSONObject) throws(JSONError) {
        let text = content["history_visibility"]?.string ?? ""
        visibility = HistoryVisibility(rawValue: text) ?? .shared
    }
}
