import Database

extension Migration {
    /// Files that people share, what is known of each, and the smaller pictures made of them.
    ///
    /// A file is kept once, under the hash of its bytes, however often it is uploaded; what a person
    /// says of it (its name, its type) is a row for each upload.
    static let m0050Media = Migration("0050 media") {
        """
        CREATE TABLE media_files (
            sha256         BLOB     NOT NULL PRIMARY KEY,
            size_bytes     BIGINT   NOT NULL,
            verdict        TEXT,              -- the scanner's, on these bytes; NULL: not scanned
            created_ts     BIGINT   NOT NULL
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE media (
            media_id       TEXT     NOT NULL PRIMARY KEY,
            user_id        TEXT     NOT NULL,
            content_type   TEXT     NOT NULL, -- as the client said
            filename       TEXT,
            sha256         BLOB     REFERENCES media_files (sha256), -- NULL: not yet uploaded
            expires_ts     BIGINT,            -- until when it may be uploaded, if made by /create
            created_ts     BIGINT   NOT NULL
        ) WITHOUT ROWID
        """
        "CREATE INDEX media_by_file ON media (sha256) WHERE sha256 IS NOT NULL"
        "CREATE INDEX media_reserved ON media (user_id, expires_ts) WHERE sha256 IS NULL"
        """
        CREATE TABLE media_usage (
            user_id        TEXT     NOT NULL PRIMARY KEY,
            size_bytes     BIGINT   NOT NULL, -- of all that the user has uploaded
            files          BIGINT   NOT NULL
        ) WITHOUT ROWID
        """
        """
        CREATE TABLE media_thumbnails (
            source_sha256  BLOB     NOT NULL,
            method         TEXT     NOT NULL,
            width          BIGINT   NOT NULL, -- of the frame it was made for, in pixels
            height         BIGINT   NOT NULL,
            animated       SMALLINT NOT NULL,
            sha256         BLOB,              -- its own; NULL: none could be made
            content_type   TEXT     NOT NULL,
            created_ts     BIGINT   NOT NULL,
            PRIMARY KEY (source_sha256, method, width, height, animated)
        ) WITHOUT ROWID
        """
    }
}
