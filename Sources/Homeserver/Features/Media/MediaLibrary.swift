import Database
import HTTPTypes
import Hummingbird
import Logging
import MatrixTypes
import Synchronization

/// The media of this server: what stands behind each media ID, in the database and in the files.
///
/// What the endpoints share; each of them adds what the specification says of it.
struct MediaLibrary: Sendable {
    let database: Database
    let files: any MediaFiles
    let settings: MediaSettings
    let serverName: ServerName
    let clock: any WallClock
    let uploads = UploadsUnderWay()
    let waits = MediaWaits()
    /// What was asked for lately. Media never change, so that nothing here grows old.
    private let cache = SharedCache<String, Media>(capacity: 20_000)

    init(
        database: Database, files: any MediaFiles, settings: MediaSettings,
        serverName: ServerName, clock: any WallClock
    ) {
        self.database = database
        self.files = files
        self.settings = settings
        self.serverName = serverName
        self.clock = clock
    }

    // MARK: Taking files in

    /// Takes the body of an upload to the disk.
    ///
    /// - Errors: `M_TOO_LARGE` past the limit; `M_FORBIDDEN` where the user has used up what they
    ///   may upload; `M_LIMIT_EXCEEDED` where too many of their uploads are under way; 507 where
    ///   the disk is full.
    func receive(_ request: Request, from context: ClientContext) async throws -> KeptFile {
        let limit = settings.mostUploadBytes
        let declared = try request.declaredBodyBytes()
        if let declared, declared > limit { throw tooLarge(limit) }
        let user = context.userID
        let used = try await database.read { try MediaStore(db: $0).usage(of: user) }
        try checkQuota(used, adding: declared ?? 0)

        guard uploads.begin(user, atMost: settings.mostUploadsAtOnce) else {
            throw MatrixError.limitExceeded(retryAfter: .seconds(1))
        }
        defer { uploads.end(user) }
        if request.headers[.expect]?.lowercased() == "100-continue" {
            context.open.connection?.askForBody()
        }
        do {
            let kept = try await files.keep(request.body, atMost: limit)
            // A connection that broke off may look like the end of the body.
            guard declared == nil || declared == kept.sizeBytes else { throw BodyBrokenOff() }
            return kept
        } catch is BodyBrokenOff {
            throw MatrixError(.badRequest, .unknown, "The body broke off before its end.")
        } catch let error as BodyTooLarge {
            throw tooLarge(error.limit)
        } catch let error as FileError where error.isFull {
            context.logger.warning("no room left for media")
            throw MatrixError.storageFull
        }
    }

    /// - Throws: `M_FORBIDDEN` where a user would have uploaded more than they may.
    func checkQuota(_ used: Int64, adding size: Int64) throws(MatrixError) {
        guard size <= settings.mostBytesPerUser - used else {
            throw .forbidden("You have used up the space that you may upload to.")
        }
    }

    private func tooLarge(_ limit: Int64) -> MatrixError {
        .tooLarge("A file may have \(limit) bytes at most.")
    }

    /// Has the media found by those who ask next. In the block that stores it.
    func remember(_ media: Media, in db: Connection) { db.cache(cache, media.mediaID, media) }

    // MARK: Finding them

    func entry(_ mediaID: String) async throws -> MediaEntry? {
        if let known = cache.value(mediaID) { return .uploaded(known) }
        return try await database.read { [cache] db in
            let entry = try MediaStore(db: db).entry(mediaID)
            if case .uploaded(let media) = entry { db.cache(cache, mediaID, media) }
            return entry
        }
    }

    /// The media behind the path's `{serverName}/{mediaId}`; where its upload has not come yet,
    /// waits for it as long as `timeout_ms` says.
    ///
    /// - Errors: `M_NOT_FOUND`; `M_NOT_YET_UPLOADED`.
    func media(for context: OpenContext) async throws -> Media {
        let uri = try mediaURI(in: context)
        if case .uploaded(let media) = try await entry(uri.mediaID) { return media }
        let asked = try context.query.int("timeout_ms").map { Duration.milliseconds($0) }
        let deadline = ContinuousClock.now + min(asked ?? Self.usualWait, Self.longestWait)
        // Before the next look, so that no upload is missed in between.
        let ticket = waits.ticket(for: uri.mediaID)
        defer { waits.give(back: ticket) }
        while true {
            switch try await entry(uri.mediaID) {
            case .uploaded(let media): return media
            case .reserved(by: _, until: let expiry) where expiry > clock.now:
                guard let ticket, await waits.wait(ticket, until: deadline) else {
                    throw MatrixError(
                        .gatewayTimeout, .notYetUploaded, "This has not been uploaded yet.")
                }
            case .reserved, nil: throw MatrixError.noSuchMedia
            }
        }
    }

    /// Where the client does not say, as the specification has it.
    private static let usualWait = Duration.seconds(20)
    private static let longestWait = Duration.seconds(60)

    /// The path's `{serverName}/{mediaId}`, on this server.
    ///
    /// - Errors: `M_NOT_FOUND` for what cannot be the name of media, or is on another server.
    func mediaURI(in context: OpenContext) throws -> MXCURI {
        guard let server = ServerName(try context.parameter("serverName")),
            let uri = MXCURI(server: server, mediaID: try context.parameter("mediaId")),
            server == serverName
        else { throw MatrixError.noSuchMedia }
        return uri
    }

    /// - Errors: `M_NOT_FOUND` where the file has gone from the disk.
    func open(_ media: Media) async throws -> any MediaFile {
        guard let file = try await files.open(media.hash) else { throw MatrixError.noSuchMedia }
        return file
    }
}

/// How many uploads each account has under way. In memory: they end with the process.
final class UploadsUnderWay: Sendable {
    private let counts = Mutex<[UserID: Int]>([:])

    func begin(_ user: UserID, atMost most: Int) -> Bool {
        counts.withLock { counts in
            guard counts[user, default: 0] < most else { return false }
            counts[user, default: 0] += 1
            return true
        }
    }

    func end(_ user: UserID) {
        counts.withLock { counts in
            let left = counts[user, default: 0] - 1
            counts[user] = left > 0 ? left : nil
        }
    }
}

extension Request {
    /// What the client says the body has, in bytes. Nil where it does not say.
    fileprivate func declaredBodyBytes() throws -> Int64? {
        guard let text = headers[.contentLength] else { return nil }
        guard let size = Int64(text), size >= 0 else {
            throw MatrixError(.badRequest, .unknown, "Content-Length is no number.")
        }
        return size
    }
}

extension MatrixError {
    static let noSuchMedia = MatrixError.notFound("There is no such media here.")
}

extension MatrixError.Code {
    static let notYetUploaded = Self(rawValue: "M_NOT_YET_UPLOADED")
    static let cannotOverwriteMedia = Self(rawValue: "M_CANNOT_OVERWRITE_MEDIA")
}
