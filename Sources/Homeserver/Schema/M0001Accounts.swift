import Database

extension Migration {
    /// Who there is, and what they are logged in with.
    ///
    /// Sessions are rows of their own, since a device may change its tokens and keep its session,
    /// and since not every session has a device.
    static let m0001Accounts = Migration("0001 accounts") {
        """
        CREATE TABLE users (
            user_id        TEXT     NOT NULL PRIMARY KEY,
            password_hash  TEXT,              -- argon2id, in its own text form; NULL: no password
            display_name   TEXT,
            avatar_url     TEXT,
            is_admin       SMALLINT NOT NULL DEFAULT 0,
            created_ts     BIGINT   NOT NULL,
            deactivated_ts BIGINT,
            erased_ts      BIGINT,
            locked_ts      BIGINT,
            suspended_ts   BIGINT
        )
        """
        """
        CREATE TABLE devices (
            user_id        TEXT   NOT NULL,
            device_id      TEXT   NOT NULL,
            display_name   TEXT,
            created_ts     BIGINT NOT NULL,
            last_seen_ts   BIGINT,
            last_seen_ip   TEXT,
            last_seen_user_agent TEXT,
            PRIMARY KEY (user_id, device_id)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE sessions (
            session_id     BIGINT NOT NULL PRIMARY KEY, -- a place in the stream
            user_id        TEXT   NOT NULL,
            device_id      TEXT,
            created_ts     BIGINT NOT NULL
        )
        """
        "CREATE INDEX sessions_by_user ON sessions (user_id, device_id)"
        """
        CREATE TABLE access_tokens (
            token_hash     BLOB   NOT NULL PRIMARY KEY, -- SHA-256 of the token
            session_id     BIGINT NOT NULL REFERENCES sessions (session_id),
            expires_ts     BIGINT,
            created_ts     BIGINT NOT NULL
        ) WITHOUT ROWID
        """
        "CREATE INDEX access_tokens_by_session ON access_tokens (session_id)"
    }
}
