import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Reads and sets what a client keeps for the whole account.
///
/// `GET /_matrix/client/v3/user/{userId}/account_data/{type}`
/// `PUT /_matrix/client/v3/user/{userId}/account_data/{type}`
///
/// Taking an entry away leaves it empty, so that the other devices are told (MSC3391).
///
/// - Errors: `M_FORBIDDEN` for somebody else's; `M_NOT_FOUND`; 405 `M_BAD_JSON` for what the server
///   keeps itself.
/// - Spec: [Client config](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridaccount_datatype)
struct GlobalAccountData: Sendable {
    /// What only the server's own endpoints change.
    static let serverTypes: Set<String> = ["m.fully_read", "m.push_rules"]

    let database: Database

    @Sendable
    func read(_ request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let type = try context.parameter("type")
        let content = try await database.read {
            try AccountDataStore(db: $0).content(type, of: user)
        }
        guard let content, content != Self.nothing else {
            throw MatrixError.notFound("Nothing is kept under this type.")
        }
        return .json(bytes: content)
    }

    @Sendable
    func set(_ request: Request, context: ClientContext) async throws -> Response {
        let content = try await request.jsonObject(atMost: AccountDataStore.maxContentBytes)
        return try await set(Array(content.bytes), context)
    }

    @Sendable
    func delete(_ request: Request, context: ClientContext) async throws -> Response {
        try await set(Self.nothing, context)
    }

    static let nothing: [UInt8] = Array("{}".utf8)

    private func set(_ content: [UInt8], _ context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let type = try checkedType(context)
        try await database.write { try AccountDataStore(db: $0).set(type, to: content, of: user) }
        return .empty
    }
}

/// The path's `{type}`, if clients may set it.
func checkedType(_ context: ClientContext) throws -> String {
    let type = try context.parameter("type")
    guard type.utf8.count <= 255, !type.utf8.contains(0) else {
        throw MatrixError.invalidParameter("type")
    }
    guard !GlobalAccountData.serverTypes.contains(type) else {
        throw MatrixError(
            .methodNotAllowed, .badJSON, "The server keeps `\(type)` itself.")
    }
    return type
}
