import Database
import MatrixTypes

/// A thumbnail that was made, or that could not be made.
enum Thumbnail: Sendable, Equatable {
    case made(FileHash, contentType: MediaType)
    case failed(at: Timestamp)
}

/// The table `media_thumbnails`.
struct ThumbnailStore {
    let db: Connection

    init(db: Connection) { self.db = db }

    func thumbnail(_ kind: ThumbnailKind, of source: FileHash) throws -> Thumbnail? {
        try db.one(
            """
            SELECT sha256, content_type, created_ts FROM media_thumbnails
            WHERE source_sha256 = \(source) AND method = \(kind.method.rawValue)
              AND width = \(kind.width) AND height = \(kind.height)
              AND animated = \(kind.isAnimated)
            """
        ) { row in
            guard let hash: FileHash = try row.optional(0) else {
                return .failed(at: Timestamp(rawValue: try row[2]))
            }
            return .made(hash, contentType: MediaType(try row[1]))
        }
    }

    /// How many there are of a file.
    func count(of source: FileHash) throws -> Int {
        try db.one(
            "SELECT count(*) FROM media_thumbnails WHERE source_sha256 = \(source)") ?? 0
    }

    /// Takes the place of what was known of this kind.
    ///
    /// - Parameter contentType: Nothing where there is no thumbnail.
    func set(
        _ kind: ThumbnailKind, of source: FileHash, to hash: FileHash?, _ contentType: MediaType?,
        at now: Timestamp
    ) throws {
        try db.post(
            """
            INSERT INTO media_thumbnails
                (source_sha256, method, width, height, animated, sha256, content_type, created_ts)
            VALUES (\(source), \(kind.method.rawValue), \(kind.width), \(kind.height),
                    \(kind.isAnimated), \(hash), \(contentType?.text ?? ""), \(now))
            ON CONFLICT (source_sha256, method, width, height, animated) DO UPDATE
            SET sha256 = excluded.sha256, content_type = excluded.content_type,
                created_ts = excluded.created_ts
            """)
    }
}
