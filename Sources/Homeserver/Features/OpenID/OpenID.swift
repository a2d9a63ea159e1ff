import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Tokens that show to others who somebody is, and open nothing.
///
/// `POST /_matrix/client/v3/user/{userId}/openid/request_token`
/// `GET /_matrix/federation/v1/openid/userinfo`
///
/// - Errors: `M_FORBIDDEN` for somebody else's; `M_UNKNOWN_TOKEN` from `userinfo`.
/// - Spec: [OpenID](https://spec.matrix.org/v1.19/client-server-api/#openid)
struct OpenID: Feature {
    static let validity = Duration.seconds(3600)

    let database: Database
    let serverName: ServerName
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        routes.client.post("/v3/user/{userId}/openid/request_token", use: requestToken)
        routes.root.open(.get, "/_matrix/federation/v1/openid/userinfo", use: userInfo)
    }

    var jobs: [any Job] {
        [
            ExpiryJob(name: "openid tokens", interval: Self.validity, database: database) {
                db, now, limit in
                try db.run(
                    """
                    DELETE FROM openid_tokens WHERE token_hash IN (
                        SELECT token_hash FROM openid_tokens WHERE expires_ts <= \(now)
                        ORDER BY expires_ts LIMIT \(limit))
                    """)
            }
        ]
    }

    @Sendable
    private func requestToken(_ request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let token = SecretToken.random(prefix: "cho")
        let now = clock.now
        try await database.write { db in
            try db.run(
                """
                INSERT INTO openid_tokens (token_hash, user_id, expires_ts)
                VALUES (\(token.hash), \(user), \(now + Self.validity))
                """)
        }
        return .json { answer in
            answer["access_token"] = token.text
            answer["expires_in"] = Int(Self.validity.milliseconds / 1000)
            answer["matrix_server_name"] = serverName
            answer["token_type"] = "Bearer"
        }
    }

    @Sendable
    private func userInfo(_ request: Request, context: OpenContext) async throws -> Response {
        guard let token = context.query["access_token"] else {
            throw MatrixError.missingToken
        }
        let hash = SecretToken.hash(of: token[...])
        let now = clock.now
        let user: UserID? = try await database.read { db in
            try db.one(
                """
                SELECT user_id FROM openid_tokens
                WHERE token_hash = \(hash) AND expires_ts > \(now)
                """)
        }
        guard let user else { throw MatrixError.unknownToken }
        return .json { $0["sub"] = user }
    }
}
