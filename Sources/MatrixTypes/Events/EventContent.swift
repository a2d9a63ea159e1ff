/// What we read of the content of one type of event. The event's own bytes keep the rest.
package protocol EventContent: Sendable {
    init(from content: JSONObject) throws(JSONError)
}

/// The content of one type of state event.
package protocol StateEventContent: EventContent {
    static var type: EventType { get }
}
