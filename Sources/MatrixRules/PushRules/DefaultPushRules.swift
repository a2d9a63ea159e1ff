import MatrixTypes

/// The rules that everyone has unless they change them.
///
/// - Spec: [Predefined Rules](https://spec.matrix.org/v1.19/client-server-api/#predefined-rules)
enum DefaultPushRules {
    /// Comes before all others, also the user's own.
    static let master = PushRule(
        id: ".m.rule.master", kind: .override, isEnabled: false, isDefault: true)

    static let overrides: [PushRule] = [
        override(
            ".m.rule.suppress_notices", [match("content.msgtype", "m.notice")], PushActions()),
        override(
            ".m.rule.invite_for_me",
            [
                match("type", "m.room.member"), match("content.membership", "invite"),
                .eventMatchesReader(PropertyPath("state_key")),
            ],
            PushActions(notify: true, sound: "default")),
        override(".m.rule.member_event", [match("type", "m.room.member")], PushActions()),
        override(
            ".m.rule.is_user_mention",
            [.eventPropertyContainsReader(PropertyPath(#"content.m\.mentions.user_ids"#))],
            PushActions(notify: true, sound: "default", highlight: true)),
        override(
            ".m.rule.is_room_mention",
            [
                .eventPropertyIs(PropertyPath(#"content.m\.mentions.room"#), .bool(true)),
                .senderNotificationPermission(key: "room"),
            ],
            PushActions(notify: true, highlight: true)),
        override(
            ".m.rule.tombstone", [match("type", "m.room.tombstone"), match("state_key", "")],
            PushActions(notify: true, highlight: true)),
        override(".m.rule.reaction", [match("type", "m.reaction")], PushActions()),
        override(
            ".m.rule.room.server_acl",
            [match("type", "m.room.server_acl"), match("state_key", "")], PushActions()),
        override(
            ".m.rule.suppress_edits",
            [
                .eventPropertyIs(
                    PropertyPath(#"content.m\.relates_to.rel_type"#), .string("m.replace"))
            ],
            PushActions()),
    ]

    static let underrides: [PushRule] = [
        underride(
            ".m.rule.call", [match("type", "m.call.invite")],
            PushActions(notify: true, sound: "ring")),
        underride(
            ".m.rule.encrypted_room_one_to_one", [isForTwo, match("type", "m.room.encrypted")],
            PushActions(notify: true, sound: "default")),
        underride(
            ".m.rule.room_one_to_one", [isForTwo, match("type", "m.room.message")],
            PushActions(notify: true, sound: "default")),
        underride(
            ".m.rule.message", [match("type", "m.room.message")], PushActions(notify: true)),
        underride(
            ".m.rule.encrypted", [match("type", "m.room.encrypted")], PushActions(notify: true)),
    ]

    static func rule(_ kind: PushRuleKind, _ id: String) -> PushRule? {
        switch kind {
        case .override: ([master] + overrides).first { $0.id == id }
        case .underride: underrides.first { $0.id == id }
        case .content, .room, .sender: nil
        }
    }

    private static let isForTwo: PushCondition = {
        guard let two = MemberCount("2") else { preconditionFailure("2 is a number") }
        return .roomMemberCount(two)
    }()

    private static func match(_ key: String, _ pattern: String) -> PushCondition {
        .eventMatch(PropertyPath(key), Glob(pattern))
    }

    private static func override(
        _ id: String, _ conditions: [PushCondition], _ actions: PushActions
    ) -> PushRule {
        PushRule(
            id: id, kind: .override, conditions: conditions, actions: actions, isDefault: true)
    }

    private static func underride(
        _ id: String, _ conditions: [PushCondition], _ actions: PushActions
    ) -> PushRule {
        PushRule(
            id: id, kind: .underride, conditions: conditions, actions: actions, isDefault: true)
    }
}
