import Database

extension Migration {
    /// Finds what has expired without reading what has not.
    static let m0052Expiry = Migration("0052 expiry") {
        "CREATE INDEX login_tokens_by_expiry ON login_tokens (expires_ts)"
        "CREATE INDEX openid_tokens_by_expiry ON openid_tokens (expires_ts)"
        """
        CREATE INDEX access_tokens_by_expiry ON access_tokens (expires_ts)
        WHERE expires_ts IS NOT NULL
        """
        """
        CREATE INDEX refresh_tokens_spent ON refresh_tokens (spent_ts)
        WHERE spent_ts IS NOT NULL
        """
    }
}
