/// The content of `m.room.join_rules`: how people get in.
///
/// - State key: always empty.
/// - Spec: [m.room.join_rules](https://spec.matrix.org/v1.19/client-server-api/#mroomjoin_rules)
package struct JoinRules: StateEventContent {
    package static let type: EventType = .joinRules

    package let rule: Rule

    /// For restricted rooms: being joined to one of these is enough.
    package let allowedRooms: [RoomID]

    /// An open set: an unknown rule lets nobody in.
    package struct Rule: WireText, ExpressibleByStringLiteral {
        package let rawValue: String

        package init(rawValue: String) { self.rawValue = rawValue }
        package init(stringLiteral text: String) { rawValue = text }

        package static let `public`: Rule = "public"
        package static let invite: Rule = "invite"
        package static let knock: Rule = "knock"
        package static let `private`: Rule = "private"
        /// Since v8.
        package static let restricted: Rule = "restricted"
        /// Since v10.
        package static let knockRestricted: Rule = "knock_restricted"
    }

    /// Conditions of kinds that we do not know are left out: nobody satisfies them here.
    package init(from content: JSONObject) throws(JSONError) {
        rule = Rule(rawValue: try content.requiredString("join_rule"))
        allowedRooms = (content["allow"]?.array ?? JSONArray.empty).compactMap { condition in
            guard condition["type"]?.string == "m.room_membership" else { return nil }
            return condition["room_id"]?.string.flatMap(RoomID.init)
        }
    }
}
