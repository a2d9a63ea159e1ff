import Database

extension Migration {
    /// By which words people are found, and what was reported.
    static let m0041DirectoryAndReports = Migration("0041 user directory and reports") {
        """
        CREATE TABLE directory_words (
            word           TEXT     NOT NULL, -- folded: no accents, lower case
            user_id        TEXT     NOT NULL,
            PRIMARY KEY (word, user_id)
        ) WITHOUT ROWID
        """
        "CREATE INDEX directory_words_by_user ON directory_words (user_id)"
        """
        CREATE TABLE reports (
            report_id      BIGINT   NOT NULL PRIMARY KEY,
            user_id        TEXT     NOT NULL, -- who reports
            room_id        TEXT,
            event_id       TEXT,
            about_user_id  TEXT,
            reason         TEXT,
            score          BIGINT,
            created_ts     BIGINT   NOT NULL
        )
        """
    }
}
