import Database
import MatrixTypes

/// A file as a person uploaded it. Never changes.
struct Media: Sendable, Equatable {
    let mediaID: String
    /// As the client said.
    let contentType: MediaType
    let filename: String?
    let hash: FileHash
    let sizeBytes: Int64
}

/// What stands behind a media ID.
enum MediaEntry: Sendable, Equatable {
    case uploaded(Media)
    /// Made by `/create`, to be uploaded by its maker until then.
    case reserved(by: UserID, until: Timestamp)
}

/// The tables `media`, `media_files` and `media_usage`.
struct MediaStore {
    let db: Connection

    init(db: Connection) { self.db = db }

    func entry(_ mediaID: String) throws -> MediaEntry? {
        try db.one(
            """
            SELECT m.user_id, m.content_type, m.filename, m.sha256, f.size_bytes, m.expires_ts
            FROM media m LEFT JOIN media_files f ON f.sha256 = m.sha256
            WHERE m.media_id = \(mediaID)
            """
        ) { row in
            guard let hash: FileHash = try row.optional(3) else {
                return .reserved(by: try row[0], until: Timestamp(rawValue: try row[5]))
            }
            return .uploaded(
                Media(
                    mediaID: mediaID, contentType: MediaType(try row[1]),
                    filename: try row.optional(2), hash: hash, sizeBytes: try row[4]))
        }
    }

    func insert(_ media: Media, by user: UserID, at now: Timestamp) throws {
        try insertFile(media.hash, media.sizeBytes, at: now)
        try db.post(
            """
            INSERT INTO media (media_id, user_id, content_type, filename, sha256, created_ts)
            VALUES (\(media.mediaID), \(user), \(media.contentType.text), \(media.filename),
                    \(media.hash), \(now))
            """)
        try count(media.sizeBytes, of: user)
    }

    /// Puts a file behind a media ID that was reserved for it.
    ///
    /// - Returns: False where it is not reserved any more.
    func fill(_ media: Media, by user: UserID, at now: Timestamp) throws -> Bool {
        try insertFile(media.hash, media.sizeBytes, at: now)
        let filled = try db.run(
            """
            UPDATE media SET content_type = \(media.contentType.text),
                             filename = \(media.filename), sha256 = \(media.hash)
            WHERE media_id = \(media.mediaID) AND user_id = \(user) AND sha256 IS NULL
            """)
        guard filled == 1 else { return false }
        try count(media.sizeBytes, of: user)
        return true
    }

    /// Notes a kept file, be it the upload or a thumbnail. The same file again changes nothing.
    func insertFile(_ hash: FileHash, _ sizeBytes: Int64, at now: Timestamp) throws {
        try db.post(
            """
            INSERT INTO media_files (sha256, size_bytes, created_ts)
            VALUES (\(hash), \(sizeBytes), \(now)) ON CONFLICT DO NOTHING
            """)
    }

    private func count(_ sizeBytes: Int64, of user: UserID) throws {
        try db.post(
            """
            INSERT INTO media_usage (user_id, size_bytes, files) VALUES (\(user), \(sizeBytes), 1)
            ON CONFLICT (user_id) DO UPDATE
            SET size_bytes = media_usage.size_bytes + excluded.size_bytes,
                files = media_usage.files + 1
            """)
    }

    /// How many bytes the user has uploaded.
    func usage(of user: UserID) throws -> Int64 {
        try db.one("SELECT size_bytes FROM media_usage WHERE user_id = \(user)") ?? 0
    }

    func reserve(
        _ mediaID: String, for user: UserID, until expiry: Timestamp, at now: Timestamp
    ) throws {
        try db.post(
            """
            INSERT INTO media (media_id, user_id, content_type, expires_ts, created_ts)
            VALUES (\(mediaID), \(user), '', \(expiry), \(now))
            """)
    }

    /// How many media IDs the user may still upload to.
    func reserved(for user: UserID, at now: Timestamp) throws -> Int {
        try db.one(
            """
            SELECT count(*) FROM media
            WHERE user_id = \(user) AND sha256 IS NULL AND expires_ts > \(now)
            """) ?? 0
    }

    /// Forgets the media IDs that nobody uploaded to in time.
    func deleteReserved(expiredBefore time: Timestamp) throws {
        try db.run("DELETE FROM media WHERE sha256 IS NULL AND expires_ts < \(time)")
    }

    /// Those of some hashes that a file was noted for.
    func known(_ hashes: [FileHash]) throws -> Set<FileHash> {
        Set(try db.all("SELECT sha256 FROM media_files WHERE sha256 IN \(list: hashes)"))
    }
}
