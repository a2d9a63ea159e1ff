import MatrixTypes

/// All push rules of a user: their own, and what they have changed of the default ones.
///
/// Holds nothing that depends on who the user is. Users with equal sets form a group that is asked
/// once: `outcome(of:in:for: nil)` is right for each of them whom the event does not name.
///
/// - Spec: [Push Rules](https://spec.matrix.org/v1.19/client-server-api/#push-rules)
package struct PushRuleSet: Hashable, Sendable {
    /// The user's own rules, the most important first.
    var own: [PushRuleKind: [PushRule]] = [:]

    /// Default rules as the user has them, where that is not as they are.
    var changed: [PushRuleKind: [String: PushRule]] = [:]

    /// The rules of someone who never changed them.
    package static let `default` = PushRuleSet()

    package init() {}

    /// All rules of a kind, the most important first.
    package func rules(_ kind: PushRuleKind) -> [PushRule] {
        let own = own[kind] ?? []
        return switch kind {
        case .override:
            [current(DefaultPushRules.master)] + own + DefaultPushRules.overrides.map(current)
        case .underride: own + DefaultPushRules.underrides.map(current)
        case .content, .room, .sender: own
        }
    }

    package func rule(_ kind: PushRuleKind, _ id: String) -> PushRule? {
        if let rule = DefaultPushRules.rule(kind, id) { return current(rule) }
        return own[kind]?.first { $0.id == id }
    }

    private func current(_ rule: PushRule) -> PushRule {
        changed.isEmpty ? rule : changed[rule.kind]?[rule.id] ?? rule
    }
}

extension PushRuleSet {
    /// What comes of an event.
    ///
    /// - Parameter reader: The user. Nil for all of a group at once whom the event does not name.
    package func outcome(
        of event: PushEvent, in room: PushRoom, for reader: PushReader?
    ) -> PushOutcome {
        // Nobody is told of what they said themselves.
        guard reader?.userID != event.sender else { return .nothing }
        for kind in PushRuleKind.allCases {
            let match = firstMatch(of: kind) { rule in
                rule.isEnabled && rule.matches(event, in: room, for: reader)
            }
            if let match { return match.actions.outcome }
        }
        return .nothing
    }

    /// In the order of `rules`, which it does not lay out.
    private func firstMatch(
        of kind: PushRuleKind, _ matches: (PushRule) -> Bool
    ) -> PushRule? {
        func current(_ rules: [PushRule]) -> PushRule? {
            for rule in rules {
                let rule = self.current(rule)
                if matches(rule) { return rule }
            }
            return nil
        }
        if kind == .override, let master = current([DefaultPushRules.master]) { return master }
        if let match = own[kind]?.first(where: matches) { return match }
        switch kind {
        case .override: return current(DefaultPushRules.overrides)
        case .underride: return current(DefaultPushRules.underrides)
        case .content, .room, .sender: return nil
        }
    }

    /// The user has changed nothing.
    package var isDefault: Bool { self == .default }

    /// A rule asks whether the user's display name is in the text: then `PushEvent.names` tells whom of
    /// the group to ask one by one, beside `PushEvent.namedUsers`.
    package var asksForDisplayName: Bool {
        own.values.joined().contains { rule in
            rule.isEnabled && rule.conditions.contains(.containsDisplayName)
        }
    }
}
