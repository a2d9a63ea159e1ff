import Database
import Hummingbird
import MatrixRules
import MatrixTypes

/// Reads the requester's push rules.
///
/// `GET /_matrix/client/v3/pushrules/`
/// `GET /_matrix/client/v3/pushrules/global/`
/// `GET /_matrix/client/v3/pushrules/global/{kind}/{ruleId}`
/// `GET /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions`
/// `GET /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled`
///
/// - Errors: `M_NOT_FOUND` for a rule that is not there; `M_INVALID_PARAM` for a kind that is none.
/// - Spec: [Push Rules: API](https://spec.matrix.org/v1.19/client-server-api/#push-rules-api)
struct ReadPushRules: Sendable {
    let database: Database
    let rules: SharedCache<UserID, PushRuleSet>

    @Sendable
    func all(_ request: Request, context: ClientContext) async throws -> Response {
        .json(bytes: try await rules(of: context.userID).content(for: context.userID))
    }

    @Sendable
    func global(_ request: Request, context: ClientContext) async throws -> Response {
        let rules = try await rules(of: context.userID)
        return .json { rules.write(to: &$0, for: context.userID) }
    }

    @Sendable
    func rule(_ request: Request, context: ClientContext) async throws -> Response {
        let rule = try await rule(context)
        return .json { rule.write(to: &$0, for: context.userID) }
    }

    @Sendable
    func enabled(_ request: Request, context: ClientContext) async throws -> Response {
        let rule = try await rule(context)
        return .json { $0["enabled"] = rule.isEnabled }
    }

    @Sendable
    func actions(_ request: Request, context: ClientContext) async throws -> Response {
        let rule = try await rule(context)
        return .json { $0["actions"] = rule.actions }
    }

    private func rule(_ context: ClientContext) async throws -> PushRule {
        let (kind, id) = try context.pushRule()
        guard let rule = try await rules(of: context.userID).rule(kind, id) else {
            throw MatrixError.notFound("There is no such push rule.")
        }
        return rule
    }

    private func rules(of user: UserID) async throws -> PushRuleSet {
        if let known = rules.value(user) { return known }
        return try await database.read { [rules] db in
            try PushRuleStore(db: db, cache: rules).rules(of: user)
        }
    }
}

extension ClientContext {
    /// The rule that a path names.
    func pushRule() throws -> (kind: PushRuleKind, id: String) {
        guard let kind = PushRuleKind(rawValue: try parameter("kind")) else {
            throw MatrixError.invalidParameter("kind")
        }
        return (kind, try parameter("ruleId"))
    }
}

/// The requester's push rules, where they changed.
///
/// - Spec: [m.push_rules](https://spec.matrix.org/v1.19/client-server-api/#mpush_rules)
struct PushRulesInSync: SyncSection {
    let rules: SharedCache<UserID, PushRuleSet>

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        guard scope.filter.accountData.admits(type: "m.push_rules") else { return }
        let store = PushRuleStore(db: timeline.db, cache: rules)
        let user = scope.requester.userID
        if let start = scope.start {
            guard let changed = try store.position(of: user), changed > start else { return }
        }
        let content = try store.rules(of: user).content(for: user)
        answer.accountData.append(
            jsonBytes { event in
                event.raw("content", content)
                event["type"] = "m.push_rules"
            })
    }
}
