import Database

extension Migration {
    /// On what people want to be told, and where.
    static let m0032Push = Migration("0032 push") {
        """
        CREATE TABLE push_rules (
            user_id        TEXT     NOT NULL PRIMARY KEY, -- those who have changed anything
            rules          BLOB     NOT NULL, -- their own, and what they changed of the default ones
            position       BIGINT   NOT NULL
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE pushers (
            user_id        TEXT     NOT NULL,
            app_id         TEXT     NOT NULL,
            pushkey        TEXT     NOT NULL,
            session_id     BIGINT   NOT NULL, -- that set it; it goes with the session
            kind           TEXT     NOT NULL,
            app_display_name TEXT   NOT NULL,
            device_display_name TEXT NOT NULL,
            profile_tag    TEXT,
            lang           TEXT     NOT NULL,
            data           BLOB     NOT NULL, -- JSON, as it came
            created_ts     BIGINT   NOT NULL,
            PRIMARY KEY (user_id, app_id, pushkey)
        ) WITHOUT ROWID
        """
        "CREATE INDEX pushers_by_key ON pushers (app_id, pushkey)"
        "CREATE INDEX pushers_by_session ON pushers (session_id)"
        """
        CREATE TABLE presence (
            user_id        TEXT     NOT NULL PRIMARY KEY, -- those who have a status message
            status_msg     TEXT     NOT NULL
        ) WITHOUT ROWID
        """
    }
}
