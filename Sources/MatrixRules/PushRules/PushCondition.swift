package import MatrixTypes

/// What must hold of an event for a rule to match it.
///
/// - Spec: [Conditions](https://spec.matrix.org/v1.19/client-server-api/#conditions-1)
package enum PushCondition: Hashable, Sendable {
    case eventMatch(PropertyPath, Glob)
    case eventPropertyIs(PropertyPath, PushValue)
    case eventPropertyContains(PropertyPath, PushValue)
    case containsDisplayName
    case roomMemberCount(MemberCount)
    case senderNotificationPermission(key: String)

    /// In server-default rules, an `event_match` of a property with the ID of whose rules they are.
    case eventMatchesReader(PropertyPath)
    /// In server-default rules, an `event_property_contains` of the same.
    case eventPropertyContainsReader(PropertyPath)

    /// One that we do not know, or cannot read, as canonical JSON. It matches nothing.
    case unknown([UInt8])

    /// - Throws: What is not an object with a `kind`.
    package init(_ json: JSON) throws(PushRuleError) {
        guard let condition = json.object else {
            throw .malformed(.wrongType(key: "conditions[]", expected: .object))
        }
        do {
            if let known = Self.known(try condition.requiredString("kind"), condition) {
                self = known
            } else {
                self = .unknown(try condition.canonical())
            }
        } catch {
            throw .malformed(error)
        }
    }

    /// Nil for a kind that we do not know, and for parameters that are missing or make no sense.
    private static func known(_ kind: String, _ condition: JSONObject) -> PushCondition? {
        let key = condition["key"]?.string
        let value = condition["value"].flatMap(PushValue.init)
        switch kind {
        case "event_match":
            guard let key, let pattern = condition["pattern"]?.string else { return nil }
            return .eventMatch(PropertyPath(key), Glob(pattern))
        case "event_property_is":
            guard let key, let value else { return nil }
            return .eventPropertyIs(PropertyPath(key), value)
        case "event_property_contains":
            guard let key, let value else { return nil }
            return .eventPropertyContains(PropertyPath(key), value)
        case "contains_display_name": return .containsDisplayName
        case "room_member_count":
            return condition["is"]?.string.flatMap(MemberCount.init).map(Self.roomMemberCount)
        case "sender_notification_permission":
            return key.map(Self.senderNotificationPermission)
        default: return nil
        }
    }

    /// - Parameter reader: Nil for anyone whom the event does not name.
    func holds(of event: PushEvent, in room: PushRoom, for reader: PushReader?) -> Bool {
        switch self {
        case .eventMatch(.body, let glob):
            guard let body = event.body else { return false }
            return glob.matchesWords(of: body.text, body.words)
        case .eventMatch(let path, let glob):
            return event.property(at: path)?.string.map(glob.matches) ?? false
        case .eventPropertyIs(let path, let value):
            return event.property(at: path)?.value == value
        case .eventPropertyContains(let path, let value):
            return event.property(at: path)?.array?.contains { PushValue($0) == value } ?? false
        case .containsDisplayName:
            return reader?.displayName.map(event.names) ?? false
        case .roomMemberCount(let count): return count.admits(room.memberCount)
        case .senderNotificationPermission(let key):
            return room.power.mayNotify(event.sender, key)
        case .eventMatchesReader(let path):
            // User IDs that differ in case are two users, whatever an `event_match` says.
            guard let reader, let text = event.property(at: path)?.string else { return false }
            return UserID(unchecked: text) == reader.userID
        case .eventPropertyContainsReader(let path):
            guard let reader, let users = event.property(at: path)?.array else { return false }
            return users.contains { $0.string.map(UserID.init(unchecked:)) == reader.userID }
        case .unknown: return false
        }
    }
}

extension PushCondition {
    /// Writes the condition as it reads in the rules of `reader`.
    func write(to array: inout JSONArrayWriter, for reader: UserID) {
        if case .unknown(let json) = self { return array.raw(json) }
        array.object { condition in
            switch self {
            case .eventMatch(let path, let glob):
                condition["kind"] = "event_match"
                condition["key"] = path.text
                condition["pattern"] = glob.pattern
            case .eventMatchesReader(let path):
                condition["kind"] = "event_match"
                condition["key"] = path.text
                condition["pattern"] = reader
            case .eventPropertyIs(let path, let value):
                condition["kind"] = "event_property_is"
                condition["key"] = path.text
                condition["value"] = value
            case .eventPropertyContains(let path, let value):
                condition["kind"] = "event_property_contains"
                condition["key"] = path.text
                condition["value"] = value
            case .eventPropertyContainsReader(let path):
                condition["kind"] = "event_property_contains"
                condition["key"] = path.text
                condition["value"] = reader
            case .containsDisplayName: condition["kind"] = "contains_display_name"
            case .roomMemberCount(let count):
                condition["kind"] = "room_member_count"
                condition["is"] = count.text
            case .senderNotificationPermission(let key):
                condition["kind"] = "sender_notification_permission"
                condition["key"] = key
            case .unknown: break
            }
        }
    }
}
