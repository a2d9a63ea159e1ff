/// `m.relates_to` in the content of an event: to what it belongs.
///
/// - Spec: [Forming relationships between events](https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events)
package struct RelatesTo: Equatable, Sendable {
    /// The event at the other end, and how it is related. Nil for a mere reply.
    package let relation: Relation?

    /// `m.in_reply_to`
    package let inReplyTo: EventID?
    /// In a thread: the reply is there for clients without threads, and not meant.
    package let isFallingBack: Bool

    package struct Relation: Equatable, Sendable {
        package let type: RelationType
        package let eventID: EventID
        /// Of annotations, what is said: an emoji.
        package let key: String?
    }

    /// An open set.
    package struct RelationType: WireText, ExpressibleByStringLiteral {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }
        package init(stringLiteral text: String) { rawValue = text }

        package static let annotation: RelationType = "m.annotation"
        package static let replace: RelationType = "m.replace"
        package static let reference: RelationType = "m.reference"
        package static let thread: RelationType = "m.thread"
    }

    /// Nil when the content has no `m.relates_to` that can be read.
    package init?(in content: JSONObject) {
        guard let relatesTo = content["m.relates_to"]?.object else { return nil }
        inReplyTo = relatesTo["m.in_reply_to"]?["event_id"]?.string.flatMap(EventID.init)
        isFallingBack = relatesTo["is_falling_back"]?.bool ?? false
        let eventID = relatesTo["event_id"]?.string.flatMap(EventID.init)
        if let type = relatesTo["rel_type"]?.string, let eventID {
            relation = Relation(
                type: RelationType(rawValue: type), eventID: eventID,
                key: relatesTo["key"]?.string)
        } else {
            relation = nil
        }
        if relation == nil && inReplyTo == nil { return nil }
    }
}
