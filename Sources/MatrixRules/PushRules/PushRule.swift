package import MatrixTypes

/// The kinds of push rules, in the order in which they are asked.
///
/// - Spec: [Push Rules](https://spec.matrix.org/v1.19/client-server-api/#push-rules)
package enum PushRuleKind: String, Hashable, Sendable, CaseIterable {
    case override, content, room, sender, underride
}

/// On which events to notify, and how.
package struct PushRule: Hashable, Sendable {
    package let id: String
    package let kind: PushRuleKind
    /// Of `override` and `underride` rules: all must hold.
    package var conditions: [PushCondition] = []
    /// Of `content` rules.
    package var pattern: Glob?
    package var actions = PushActions()
    package var isEnabled = true
    /// One of ours. The IDs of the others do not begin with a dot.
    package var isDefault = false

    /// Whether the rule, if enabled, matches.
    func matches(_ event: PushEvent, in room: PushRoom, for reader: PushReader?) -> Bool {
        switch kind {
        case .override, .underride:
            conditions.allSatisfy { $0.holds(of: event, in: room, for: reader) }
        case .content:
            pattern.map { pattern in
                PushCondition.eventMatch(.body, pattern).holds(of: event, in: room, for: reader)
            } ?? false
        case .room: RoomID(unchecked: id) == event.roomID
        case .sender: UserID(unchecked: id) == event.sender
        }
    }
}

extension PushRule {
    /// Reads what a client says of a rule: `actions`, and `conditions` or `pattern`.
    init(id: String, kind: PushRuleKind, body: JSONObject) throws(PushRuleError) {
        self.id = id
        self.kind = kind
        let (given, actions): (JSONArray, JSONArray)
        do {
            actions = try body.requiredArray("actions")
            switch kind {
            case .override, .underride: given = try body.array("conditions") ?? .empty
            case .content:
                given = .empty
                pattern = Glob(try body.requiredString("pattern"))
            case .room, .sender: given = .empty
            }
        } catch {
            throw .malformed(error)
        }
        for condition in given { conditions.append(try PushCondition(condition)) }
        self.actions = try PushActions(actions)
    }

    /// Writes the rule as it reads for `reader`.
    package func write(to rule: inout JSONObjectWriter, for reader: UserID) {
        rule["rule_id"] = id
        rule["default"] = isDefault
        rule["enabled"] = isEnabled
        switch kind {
        case .override, .underride:
            rule.array("conditions") { array in
                for condition in conditions { condition.write(to: &array, for: reader) }
            }
        case .content: rule["pattern"] = pattern?.pattern
        case .room, .sender: break
        }
        rule["actions"] = actions
    }
}

/// Why a change of someone's rules is refused.
package enum PushRuleError: Error, Equatable {
    /// There is no such rule.
    case notFound
    /// There is no rule of the user's own to put this one `before` or `after`.
    case neighborNotFound(String)
    /// Rules whose ID begins with a dot are the server's.
    case reservedID
    /// Empty, or with a slash or a backslash.
    case invalidID
    /// An ID has more bytes than `limit`.
    case idTooLong(limit: Int)
    /// A rule has more bytes than `limit`.
    case tooLarge(limit: Int)
    /// The user has `limit` rules already.
    case tooMany(limit: Int)
    case malformed(JSONError)
}
