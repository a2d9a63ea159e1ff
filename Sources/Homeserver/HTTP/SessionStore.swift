import Database
import MatrixTypes

/// The tables `sessions`, `access_tokens` and `refresh_tokens`.
struct SessionStore {
    let db: Connection

    func session(withTokenHash hash: [UInt8]) throws -> Session? {
        try db.one(
            """
            SELECT s.user_id, s.device_id, s.session_id, t.expires_ts,
                   u.locked_ts IS NOT NULL, u.suspended_ts IS NOT NULL, u.is_admin,
                   t.used_ts IS NOT NULL
            FROM access_tokens t
            JOIN sessions s ON s.session_id = t.session_id
            JOIN users u ON u.user_id = s.user_id
            WHERE t.token_hash = \(hash) AND u.deactivated_ts IS NULL
            """
        ) { row in
            Session(
                requester: Requester(
                    userID: try row[0], deviceID: try row.optional(1), sessionID: try row[2]),
                isLocked: try row[4], isSuspended: try row[5], isAdmin: try row[6],
                expires: try row.optional(3), wasUsed: try row[7])
        }
    }

    /// Opens a session.
    func insert(_ user: UserID, device: DeviceID?, at now: Timestamp) throws -> Int64 {
        let sessionID = db.nextPosition()
        try db.run(
            """
            INSERT INTO sessions (session_id, user_id, device_id, created_ts)
            VALUES (\(sessionID), \(user), \(device), \(now))
            """)
        return sessionID
    }

    func insertAccessToken(
        _ hash: [UInt8], of sessionID: Int64, expires: Timestamp?, at now: Timestamp
    ) throws {
        try db.run(
            """
            INSERT INTO access_tokens (token_hash, session_id, expires_ts, created_ts)
            VALUES (\(hash), \(sessionID), \(expires), \(now))
            """)
    }

    func insertRefreshToken(_ hash: [UInt8], of sessionID: Int64, at now: Timestamp) throws {
        try db.run(
            """
            INSERT INTO refresh_tokens (token_hash, session_id, created_ts)
            VALUES (\(hash), \(sessionID), \(now))
            """)
    }

    /// What is known of a refresh token that somebody presents.
    struct Refresh {
        let sessionID: Int64
        let userID: UserID
        let deviceID: DeviceID?
        let isSpent: Bool
        let isLocked: Bool
        /// Whether the tokens that took its place have been used already.
        let isSuccessorUsed: Bool
    }

    func refresh(withTokenHash hash: [UInt8]) throws -> Refresh? {
        try db.one(
            """
            SELECT r.session_id, s.user_id, s.device_id, r.spent_ts IS NOT NULL,
                   u.locked_ts IS NOT NULL,
                   EXISTS (SELECT 1 FROM refresh_tokens n
                           WHERE n.token_hash = r.next_hash AND n.spent_ts IS NOT NULL),
                   EXISTS (SELECT 1 FROM access_tokens t
                           WHERE t.session_id = r.session_id AND t.used_ts IS NOT NULL)
            FROM refresh_tokens r
            JOIN sessions s ON s.session_id = r.session_id
            JOIN users u ON u.user_id = s.user_id
            WHERE r.token_hash = \(hash) AND u.deactivated_ts IS NULL
            """
        ) { row in
            Refresh(
                sessionID: try row[0], userID: try row[1], deviceID: try row.optional(2),
                isSpent: try row[3], isLocked: try row[4], isSuccessorUsed: try row[5] || row[6])
        }
    }

    func setUsed(_ hash: [UInt8], at now: Timestamp) throws {
        try db.run("UPDATE access_tokens SET used_ts = \(now) WHERE token_hash = \(hash)")
    }

    func spendRefreshToken(_ hash: [UInt8], next: [UInt8], at now: Timestamp) throws {
        try db.run(
            """
            UPDATE refresh_tokens SET spent_ts = \(now), next_hash = \(next)
            WHERE token_hash = \(hash)
            """)
    }

    func deleteRefreshToken(_ hash: [UInt8]) throws {
        try db.run("DELETE FROM refresh_tokens WHERE token_hash = \(hash)")
    }

    /// Which of a user's sessions are meant.
    enum Scope {
        case all
        case device(DeviceID)
        case session(Int64)
        case allBut(session: Int64)

        var condition: SQL {
            switch self {
            case .all: ""
            case .device(let device): " AND s.device_id = \(device)"
            case .session(let id): " AND s.session_id = \(id)"
            case .allBut(let id): " AND s.session_id <> \(id)"
            }
        }
    }

    /// The access tokens of some of a user's sessions, so that the cached ones can be forgotten.
    func tokenHashes(of user: UserID, _ scope: Scope) throws -> [[UInt8]] {
        try db.all(
            """
            SELECT t.token_hash FROM access_tokens t
            JOIN sessions s ON s.session_id = t.session_id
            WHERE s.user_id = \(user)\(scope.condition)
            """)
    }

    /// Takes away the access tokens of a session, and leaves it open for its refresh token.
    func deleteAccessTokens(of sessionID: Int64) throws {
        try db.run("DELETE FROM access_tokens WHERE session_id = \(sessionID)")
    }

    /// - Returns: How many there were.
    func deleteAccessTokens(expiredBefore time: Timestamp, limit: Int) throws -> Int {
        try db.run(
            """
            DELETE FROM access_tokens WHERE token_hash IN (
                SELECT token_hash FROM access_tokens WHERE expires_ts < \(time)
                ORDER BY expires_ts LIMIT \(limit))
            """)
    }

    /// - Returns: How many there were.
    func deleteRefreshTokens(spentBefore time: Timestamp, limit: Int) throws -> Int {
        try db.run(
            """
            DELETE FROM refresh_tokens WHERE token_hash IN (
                SELECT token_hash FROM refresh_tokens WHERE spent_ts < \(time)
                ORDER BY spent_ts LIMIT \(limit))
            """)
    }

    /// Ends sessions with all their tokens.
    func delete(of user: UserID, _ scope: Scope) throws {
        let chosen: SQL =
            "SELECT s.session_id FROM sessions s WHERE s.user_id = \(user)\(scope.condition)"
        let ids: [Int64] = try db.all(chosen)
        guard !ids.isEmpty else { return }
        try db.run("DELETE FROM access_tokens WHERE session_id IN \(list: ids)")
        try db.run("DELETE FROM refresh_tokens WHERE session_id IN \(list: ids)")
        try db.run("DELETE FROM sessions WHERE session_id IN \(list: ids)")
    }
}
