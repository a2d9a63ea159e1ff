import Database
import MatrixTypes

/// The table `users`.
struct AccountStore {
    let db: Connection

    init(db: Connection) { self.db = db }

    struct Account: Sendable {
        let userID: UserID
        let passwordHash: String?
        let isAdmin: Bool
        let isDeactivated: Bool
        let isLocked: Bool
        let isSuspended: Bool
    }

    func account(_ user: UserID) throws -> Account? {
        try db.one(
            """
            SELECT password_hash, is_admin, deactivated_ts IS NOT NULL, locked_ts IS NOT NULL,
                   suspended_ts IS NOT NULL
            FROM users WHERE user_id = \(user)
            """
        ) { row in
            Account(
                userID: user, passwordHash: try row.optional(0), isAdmin: try row[1],
                isDeactivated: try row[2], isLocked: try row[3], isSuspended: try row[4])
        }
    }

    func exists(_ user: UserID) throws -> Bool {
        try db.one("SELECT 1 FROM users WHERE user_id = \(user)", as: Int.self) != nil
    }

    func insert(
        _ user: UserID, passwordHash: String?, displayName: String?, isAdmin: Bool,
        at now: Timestamp
    ) throws {
        try db.run(
            """
            INSERT INTO users (user_id, password_hash, display_name, is_admin, created_ts)
            VALUES (\(user), \(passwordHash), \(displayName), \(isAdmin), \(now))
            """)
    }

    func setPasswordHash(_ hash: String?, of user: UserID) throws {
        try db.run("UPDATE users SET password_hash = \(hash) WHERE user_id = \(user)")
    }

    /// Closes an account; its row stays, so that nobody takes the name.
    func deactivate(_ user: UserID, erases: Bool, at now: Timestamp) throws {
        try db.run(
            """
            UPDATE users SET deactivated_ts = \(now), password_hash = NULL, display_name = NULL,
                avatar_url = NULL, erased_ts = \(erases ? now : nil)
            WHERE user_id = \(user)
            """)
    }

    func setLocked(_ user: UserID, since time: Timestamp?) throws {
        try db.run("UPDATE users SET locked_ts = \(time) WHERE user_id = \(user)")
    }

    func setSuspended(_ user: UserID, since time: Timestamp?) throws {
        try db.run("UPDATE users SET suspended_ts = \(time) WHERE user_id = \(user)")
    }
}
