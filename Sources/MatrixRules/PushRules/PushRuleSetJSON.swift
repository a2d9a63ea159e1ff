package import MatrixTypes

/// Rule sets as clients know them, and as we store them.
extension PushRuleSet {
    /// The content of `m.push_rules`, which is also the answer to `GET /pushrules/`.
    ///
    /// - Spec: [m.push_rules](https://spec.matrix.org/v1.19/client-server-api/#mpush_rules)
    package func content(for reader: UserID) -> [UInt8] {
        jsonBytes { content in
            content.object("global") { write(to: &$0, for: reader) }
        }
    }

    /// Writes the kinds of rules, as in the answer to `GET /pushrules/global/`.
    package func write(to ruleset: inout JSONObjectWriter, for reader: UserID) {
        for kind in PushRuleKind.allCases {
            Self.write(rules(kind), as: kind, to: &ruleset, for: reader)
        }
    }

    /// The user's own rules, and what they have changed of the others: what there is to store.
    ///
    /// In the same shape, without the default rules that are as they are; those may be others in a
    /// later version.
    package func stored(for reader: UserID) -> [UInt8] {
        jsonBytes { ruleset in
            for kind in PushRuleKind.allCases {
                let changed = (changed[kind] ?? [:]).values.sorted { $0.id < $1.id }
                Self.write((own[kind] ?? []) + changed, as: kind, to: &ruleset, for: reader)
            }
        }
    }

    private static func write(
        _ rules: [PushRule], as kind: PushRuleKind, to ruleset: inout JSONObjectWriter,
        for reader: UserID
    ) {
        ruleset.array(kind.rawValue) { array in
            for rule in rules { array.object { rule.write(to: &$0, for: reader) } }
        }
    }

    /// Reads what either of the two has written.
    ///
    /// Default rules that we do not have any more are left out.
    package init(reading ruleset: JSONObject) throws(PushRuleError) {
        for kind in PushRuleKind.allCases {
            guard let rules = ruleset[kind.rawValue]?.array else { continue }
            for json in rules {
                guard let body = json.object, let id = body["rule_id"]?.string else {
                    throw .malformed(.missing(key: "rule_id"))
                }
                let isEnabled = body["enabled"]?.bool ?? true
                if id.utf8.first == UInt8(ascii: ".") {
                    guard let rule = DefaultPushRules.rule(kind, id) else { continue }
                    var changed = rule
                    changed.isEnabled = isEnabled
                    if let actions = body["actions"]?.array {
                        changed.actions = try PushActions(actions)
                    }
                    setDefault(rule, to: changed)
                } else {
                    var rule = try PushRule(id: id, kind: kind, body: body)
                    rule.isEnabled = isEnabled
                    own[kind, default: []].append(rule)
                }
            }
        }
    }
}
