import Database

extension Migration {
    /// What sessions are kept alive and begun with besides access tokens.
    ///
    /// A refresh token is replaced at each use; the spent ones are kept with their session, so that
    /// a stolen one that is used again ends the whole session.
    static let m0010Sessions = Migration("0010 sessions") {
        """
        CREATE TABLE refresh_tokens (
            token_hash     BLOB     NOT NULL PRIMARY KEY, -- SHA-256 of the token
            session_id     BIGINT   NOT NULL REFERENCES sessions (session_id),
            spent_ts       BIGINT,
            next_hash      BLOB,              -- of the refresh token that took its place
            created_ts     BIGINT   NOT NULL
        ) WITHOUT ROWID
        """
        "ALTER TABLE access_tokens ADD COLUMN used_ts BIGINT"
        "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id)"
        """
        CREATE TABLE login_tokens (
            token_hash     BLOB     NOT NULL PRIMARY KEY,
            user_id        TEXT     NOT NULL,
            expires_ts     BIGINT   NOT NULL
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE openid_tokens (
            token_hash     BLOB     NOT NULL PRIMARY KEY,
            user_id        TEXT     NOT NULL,
            expires_ts     BIGINT   NOT NULL
        ) WITHOUT ROWID
        """
    }

    /// What people keep about themselves and for themselves.
    static let m0011Profiles = Migration("0011 profiles and account data") {
        """
        CREATE TABLE profile_fields (
            user_id        TEXT     NOT NULL,
            field          TEXT     NOT NULL,
            value          BLOB     NOT NULL, -- JSON, as it came
            PRIMARY KEY (user_id, field)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE account_data (
            user_id        TEXT     NOT NULL,
            type           TEXT     NOT NULL,
            content        BLOB     NOT NULL,
            position       BIGINT   NOT NULL,
            PRIMARY KEY (user_id, type)
        ) WITHOUT ROWID
        """
        "CREATE INDEX account_data_by_position ON account_data (user_id, position)"
        """
        CREATE TABLE IF NOT EXISTS room_account_data (
            user_id        TEXT     NOT NULL,
            room_number    BIGINT   NOT NULL,
            type           TEXT     NOT NULL,
            content        BLOB     NOT NULL,
            position       BIGINT   NOT NULL,
            PRIMARY KEY (user_id, room_number, type)
        ) WITHOUT ROWID
        """
        """
        CREATE INDEX IF NOT EXISTS room_account_data_by_position
        ON room_account_data (user_id, position)
        """
        """
        CREATE TABLE filters (
            user_id        TEXT     NOT NULL,
            filter_id      TEXT     NOT NULL,
            definition     BLOB     NOT NULL,
            PRIMARY KEY (user_id, filter_id)
        ) WITHOUT ROWID
        """
    }
}
