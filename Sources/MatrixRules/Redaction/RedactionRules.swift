package import MatrixTypes

/// What a redaction leaves of an event, in one room version.
package struct RedactionRules: Sendable {
    /// The keys of the event itself that stay, by code point.
    package private(set) var keys: [String]

    /// What stays of the content, for those types of which anything does.
    package private(set) var content: [EventType: ContentKept]

    /// The keys are by code point.
    package enum ContentKept: Sendable {
        case everything
        case keys([String])
        /// Of `m.room.member`: some keys, and of `third_party_invite` what is signed.
        case keysAndSignedInvite([String])
    }
}

extension RedactionRules {
    /// - Spec: [Redactions](https://spec.matrix.org/v1.19/rooms/v1/#redactions)
    package static let v1 = RedactionRules(
        keys: [
            "auth_events", "content", "depth", "event_id", "hashes", "membership", "origin",
            "origin_server_ts", "prev_events", "prev_state", "room_id", "sender", "signatures",
            "state_key", "type",
        ],
        content: [
            .roomMember: .keys(["membership"]),
            .roomCreate: .keys(["creator"]),
            .joinRules: .keys(["join_rule"]),
            .powerLevels: .keys([
                "ban", "events", "events_default", "kick", "redact", "state_default", "users",
                "users_default",
            ]),
            .roomAliases: .keys(["aliases"]),
            .historyVisibility: .keys(["history_visibility"]),
        ])

    /// Aliases mean nothing any more.
    ///
    /// - Spec: [Redactions](https://spec.matrix.org/v1.19/rooms/v6/#redactions)
    package static let v6 = v1.but { $0.content[.roomAliases] = nil }

    /// - Spec: [Redactions](https://spec.matrix.org/v1.19/rooms/v8/#redactions)
    package static let v8 = v6.but { $0.content[.joinRules] = .keys(["allow", "join_rule"]) }

    /// - Spec: [Redactions](https://spec.matrix.org/v1.19/rooms/v9/#redactions)
    package static let v9 = v8.but {
        $0.content[.roomMember] = .keys(["join_authorised_via_users_server", "membership"])
    }

    /// - Spec: [Redactions](https://spec.matrix.org/v1.19/rooms/v11/#redactions)
    package static let v11 = v9.but {
        $0.keys.removeAll { ["prev_state", "origin", "membership"].contains($0) }
        $0.content[.roomMember] = .keysAndSignedInvite([
            "join_authorised_via_users_server", "membership",
        ])
        $0.content[.roomCreate] = .everything
        $0.content[.powerLevels] = .keys([
            "ban", "events", "events_default", "invite", "kick", "redact", "state_default",
            "users", "users_default",
        ])
        $0.content[.redaction] = .keys(["redacts"])
    }

    private func but(_ change: (inout RedactionRules) -> Void) -> RedactionRules {
        var rules = self
        change(&rules)
        return rules
    }
}
