package import MatrixTypes

/// Changes that a user makes. None is made when it throws.
extension PushRuleSet {
    package static let maxRules = 10_000
    package static let maxIDBytes = 300
    /// Of a rule's conditions, pattern and actions, as the client sends them.
    package static let maxRuleBytes = 1024

    /// Adds a rule, or changes one that is there; a new one is enabled.
    ///
    /// - Parameters:
    ///   - before: The rule of the user's own to come right before. It counts if `after` is there too.
    ///   - after: The rule of the user's own to come right after. Without either, a new rule comes
    ///     first, and one that is there stays where it is.
    package mutating func put(
        _ kind: PushRuleKind, _ id: String, _ body: JSONObject, before: String? = nil,
        after: String? = nil
    ) throws(PushRuleError) {
        try Self.check(id)
        guard body.bytes.count <= Self.maxRuleBytes else {
            throw .tooLarge(limit: Self.maxRuleBytes)
        }
        var rule = try PushRule(id: id, kind: kind, body: body)
        var rules = own[kind] ?? []
        let place = rules.firstIndex { $0.id == id }
        if let place {
            rule.isEnabled = rules[place].isEnabled
        } else if own.values.reduce(0, { $0 + $1.count }) >= Self.maxRules {
            throw .tooMany(limit: Self.maxRules)
        }

        if let neighbor = before ?? after {
            rules.removeAll { $0.id == id }
            guard let neighborPlace = rules.firstIndex(where: { $0.id == neighbor }) else {
                throw .neighborNotFound(neighbor)
            }
            rules.insert(rule, at: before == nil ? neighborPlace + 1 : neighborPlace)
        } else if let place {
            rules[place] = rule
        } else {
            rules.insert(rule, at: 0)
        }
        own[kind] = rules
    }

    /// Removes a rule of the user's own.
    package mutating func remove(_ kind: PushRuleKind, _ id: String) throws(PushRuleError) {
        guard let place = own[kind]?.firstIndex(where: { $0.id == id }) else { throw .notFound }
        own[kind]?.remove(at: place)
        // Equal rules are to be equal sets.
        if own[kind]?.isEmpty == true { own[kind] = nil }
    }

    package mutating func setEnabled(
        _ kind: PushRuleKind, _ id: String, _ isEnabled: Bool
    ) throws(PushRuleError) {
        try change(kind, id) { $0.isEnabled = isEnabled }
    }

    package mutating func setActions(
        _ kind: PushRuleKind, _ id: String, _ actions: JSONArray
    ) throws(PushRuleError) {
        guard actions.json.bytes.count <= Self.maxRuleBytes else {
            throw .tooLarge(limit: Self.maxRuleBytes)
        }
        let actions = try PushActions(actions)
        try change(kind, id) { $0.actions = actions }
    }

    /// Changes a rule of the user's own, or how the user has a default one.
    private mutating func change(
        _ kind: PushRuleKind, _ id: String, _ change: (inout PushRule) -> Void
    ) throws(PushRuleError) {
        if let rule = DefaultPushRules.rule(kind, id) {
            var changed = self.changed[kind]?[id] ?? rule
            change(&changed)
            setDefault(rule, to: changed)
        } else {
            guard let place = own[kind]?.firstIndex(where: { $0.id == id }) else {
                throw .notFound
            }
            own[kind]?[place].apply(change)
        }
    }

    /// A rule that is changed back is not changed.
    mutating func setDefault(_ rule: PushRule, to changed: PushRule) {
        self.changed[rule.kind, default: [:]][rule.id] = changed == rule ? nil : changed
        if self.changed[rule.kind]?.isEmpty == true { self.changed[rule.kind] = nil }
    }

    private static func check(_ id: String) throws(PushRuleError) {
        guard id.utf8.count <= maxIDBytes else { throw .idTooLong(limit: maxIDBytes) }
        guard id.utf8.first != UInt8(ascii: ".") else { throw .reservedID }
        let isValid = !id.isEmpty && !id.utf8.contains { "/\\".utf8.contains($0) }
        guard isValid else { throw .invalidID }
    }
}

extension PushRule {
    fileprivate mutating func apply(_ change: (inout PushRule) -> Void) { change(&self) }
}
