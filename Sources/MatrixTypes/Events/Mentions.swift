/// `m.mentions` in the content of an event: whom it is meant to notify.
///
/// - Spec: [User and room mentions](https://spec.matrix.org/v1.19/client-server-api/#user-and-room-mentions)
package struct Mentions: EventContent {
    package let userIDs: Set<UserID>
    /// `@room`
    package let mentionsRoom: Bool

    /// Nil when the content has no `m.mentions`: then old clients' rules on the text apply.
    package init?(in content: JSONObject) {
        guard let mentions = content["m.mentions"]?.object else { return nil }
        self.init(mentions: mentions)
    }

    /// The same, with nobody mentioned when there is no `m.mentions`.
    package init(from content: JSONObject) throws(JSONError) {
        self.init(mentions: content["m.mentions"]?.object ?? .empty)
    }

    private init(mentions: JSONObject) {
        let names = mentions["user_ids"]?.array ?? JSONArray.empty
        userIDs = Set(names.compactMap { $0.string.flatMap(UserID.init) })
        mentionsRoom = mentions["room"]?.bool ?? false
    }
}
