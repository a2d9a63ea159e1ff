import Database
import Hummingbird
import MatrixRules
import MatrixTypes

/// Changes the requester's push rules. They hold for what comes from then on.
///
/// `PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}`
/// `DELETE /_matrix/client/v3/pushrules/global/{kind}/{ruleId}`
/// `PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/enabled`
/// `PUT /_matrix/client/v3/pushrules/global/{kind}/{ruleId}/actions`
///
/// - Errors: `M_NOT_FOUND` for a rule that is not there; `M_INVALID_PARAM` for an ID that may not be,
///   or a neighbour that is not there; `M_BAD_JSON`; `M_TOO_LARGE` past a limit.
/// - Spec: [Push Rules: API](https://spec.matrix.org/v1.19/client-server-api/#push-rules-api)
struct ChangePushRules: Sendable {
    static let maxBodyBytes = 16_384

    let database: Database
    let engine: RoomEngine
    let counting: CountNotifications

    @Sendable
    func put(_ request: Request, context: ClientContext) async throws -> Response {
        let (kind, id) = try context.pushRule()
        let body = try await request.jsonObject(atMost: Self.maxBodyBytes)
        let (before, after) = (context.query["before"], context.query["after"])
        return try await change(context) { rules throws(PushRuleError) in
            try rules.put(kind, id, body, before: before, after: after)
        }
    }

    @Sendable
    func delete(_ request: Request, context: ClientContext) async throws -> Response {
        let (kind, id) = try context.pushRule()
        return try await change(context) { rules throws(PushRuleError) in
            try rules.remove(kind, id)
        }
    }

    @Sendable
    func setEnabled(_ request: Request, context: ClientContext) async throws -> Response {
        let (kind, id) = try context.pushRule()
        let body = try await request.jsonObject(atMost: Self.maxBodyBytes)
        guard let isEnabled = body["enabled"]?.bool else {
            throw MatrixError.badJSON("`enabled` is true or false.")
        }
        return try await change(context) { rules throws(PushRuleError) in
            try rules.setEnabled(kind, id, isEnabled)
        }
    }

    @Sendable
    func setActions(_ request: Request, context: ClientContext) async throws -> Response {
        let (kind, id) = try context.pushRule()
        let body = try await request.jsonObject(atMost: Self.maxBodyBytes)
        guard let actions = body["actions"]?.array else {
            throw MatrixError.badJSON("`actions` is a list.")
        }
        return try await change(context) { rules throws(PushRuleError) in
            try rules.setActions(kind, id, actions)
        }
    }

    private func change(
        _ context: ClientContext,
        _ change: @Sendable @escaping (inout PushRuleSet) throws(PushRuleError) -> Void
    ) async throws -> Response {
        let user = context.userID
        try await database.write { [engine, counting] db in
            let store = PushRuleStore(db: db, cache: counting.rules)
            let old = try store.rules(of: user)
            var rules = old
            do throws(PushRuleError) {
                try change(&rules)
            } catch {
                throw MatrixError(error)
            }
            guard rules != old else { return }
            try store.set(rules, of: user)
            try counting.rulesChanged(
                from: old, to: rules, of: user, engine.timeline(in: db))
        }
        return .empty
    }
}

extension MatrixError {
    /// Why a change of push rules was refused.
    init(_ error: PushRuleError) {
        self =
            switch error {
            case .notFound: .notFound("There is no such push rule.")
            case .neighborNotFound(let id):
                .invalidParameter("before", "There is no rule of yours called \(id).")
            case .reservedID:
                .invalidParameter("ruleId", "IDs that begin with a dot are the server's.")
            case .invalidID:
                .invalidParameter("ruleId", "An ID is not empty and has no slash or backslash.")
            case .idTooLong(let limit):
                .invalidParameter("ruleId", "An ID has \(limit) bytes at most.")
            case .tooLarge(let limit): .tooLarge("A rule has \(limit) bytes at most.")
            case .tooMany(let limit): .tooLarge("There are \(limit) rules at most.")
            case .malformed(let error): .badJSON("The rule is not well formed: \(error).")
            }
    }
}
