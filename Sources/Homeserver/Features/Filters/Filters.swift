import Crypto
import Database
import Hummingbird
import MatrixSigning
import MatrixTypes

/// Filters that clients store once and name afterwards.
///
/// `POST /_matrix/client/v3/user/{userId}/filter`
/// `GET /_matrix/client/v3/user/{userId}/filter/{filterId}`
///
/// The ID is a hash of the definition: storing a filter again stores nothing.
///
/// - Errors: `M_FORBIDDEN` for somebody else's; `M_NOT_FOUND`; `M_BAD_JSON` for what is no filter.
/// - Spec: [Filtering](https://spec.matrix.org/v1.19/client-server-api/#filtering)
struct Filters: Feature {
    static let maxBytes = 65_536
    static let mostFilters = 500

    let database: Database

    func addRoutes(to routes: Routes) {
        routes.client.post("/v3/user/{userId}/filter", .evenSuspended, use: store)
        routes.client.get("/v3/user/{userId}/filter/{filterId}", use: read)
    }

    @Sendable
    private func store(_ request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let body = try await request.jsonObject(atMost: Self.maxBytes)
        _ = try SyncFilter(from: body)
        let definition = Array(body.bytes)
        let id = Base64.encode(Array(SHA256.hash(data: definition).prefix(12)), .urlSafe)
        try await database.write { db in
            let count: Int =
                try db.one("SELECT count(*) FROM filters WHERE user_id = \(user)") ?? 0
            // Who stores that many has lost count: the old ones are given up.
            if count >= Self.mostFilters {
                try db.run("DELETE FROM filters WHERE user_id = \(user)")
            }
            try db.run(
                """
                INSERT INTO filters (user_id, filter_id, definition)
                VALUES (\(user), \(id), \(definition)) ON CONFLICT DO NOTHING
                """)
        }
        return .json { $0["filter_id"] = id }
    }

    @Sendable
    private func read(_ request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let id = try context.parameter("filterId")
        guard let definition = try await definition(id, of: user) else {
            throw MatrixError.notFound("There is no such filter.")
        }
        return .json(bytes: definition)
    }

    private func definition(_ id: String, of user: UserID) async throws -> [UInt8]? {
        try await database.read { db in
            try db.one(
                """
                SELECT definition FROM filters WHERE user_id = \(user) AND filter_id = \(id)
                """)
        }
    }

    /// The filter that a sync names.
    func filter(_ id: String, of user: UserID) async throws -> SyncFilter {
        guard let definition = try await definition(id, of: user) else {
            throw MatrixError.invalidParameter("filter", "There is no such filter.")
        }
        return try SyncFilter(from: try parseObject(definition, mode: .plain))
    }
}
