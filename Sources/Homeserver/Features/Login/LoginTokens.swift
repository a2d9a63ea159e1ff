import Database
import Hummingbird
import MatrixTypes

/// Gives a logged-in client a token with which another device of the same person logs in.
///
/// `POST /_matrix/client/v1/login/get_token`
///
/// - Spec: [Token-based login](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv1loginget_token)
struct LoginTokens: Sendable {
    static let validity = Duration.seconds(120)

    let database: Database
    let auth: InteractiveAuth
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.optionalJSONObject()
        let user = context.userID
        let outcome = try await auth.check(
            body, flows: [InteractiveAuth.password], purpose: "get_token \(user)", user: user)
        if case .goOn(let response) = outcome { return response }
        let token = SecretToken.random(prefix: "chl")
        let now = clock.now
        try await database.write { db in
            try LoginTokenStore(db: db).insert(token.hash, for: user, until: now + Self.validity)
        }
        return .json { answer in
            answer["expires_in_ms"] = Self.validity.milliseconds
            answer["login_token"] = token.text
        }
    }
}

/// The table `login_tokens`.
struct LoginTokenStore {
    let db: Connection

    func insert(_ hash: [UInt8], for user: UserID, until expires: Timestamp) throws {
        try db.run(
            """
            INSERT INTO login_tokens (token_hash, user_id, expires_ts)
            VALUES (\(hash), \(user), \(expires))
            """)
    }

    /// Uses a token up. Nil for one that is not there, or has expired.
    func take(_ hash: [UInt8], at now: Timestamp) throws -> UserID? {
        let user: UserID? = try db.one(
            """
            SELECT user_id FROM login_tokens
            WHERE token_hash = \(hash) AND expires_ts > \(now)
            """)
        try db.run("DELETE FROM login_tokens WHERE token_hash = \(hash)")
        return user
    }

    /// - Returns: How many there were.
    func deleteExpired(at now: Timestamp, limit: Int) throws -> Int {
        try db.run(
            """
            DELETE FROM login_tokens WHERE token_hash IN (
                SELECT token_hash FROM login_tokens WHERE expires_ts <= \(now)
                ORDER BY expires_ts LIMIT \(limit))
            """)
    }
}
