import Database

extension Migration {
    /// Room keys that people keep here, encrypted with a key that only they have.
    static let m0072KeyBackup = Migration("0072 key_backup") {
        """
        CREATE TABLE key_backups (
            user_id        TEXT     NOT NULL,
            version        BIGINT   NOT NULL, -- 1, 2, … for each user
            algorithm      TEXT     NOT NULL,
            auth_data      BLOB     NOT NULL, -- JSON
            etag           BIGINT   NOT NULL, -- grows with each change of its keys
            count          BIGINT   NOT NULL, -- of its keys
            deleted        SMALLINT NOT NULL DEFAULT 0,
            PRIMARY KEY (user_id, version)
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE key_backup_sessions (
            user_id        TEXT     NOT NULL,
            version        BIGINT   NOT NULL,
            room_id        TEXT     NOT NULL,
            session_id     TEXT     NOT NULL,
            first_message_index BIGINT NOT NULL,
            forwarded_count BIGINT  NOT NULL,
            is_verified    SMALLINT NOT NULL,
            session_data   BLOB     NOT NULL, -- JSON
            PRIMARY KEY (user_id, version, room_id, session_id)
        )
        """
    }
}
