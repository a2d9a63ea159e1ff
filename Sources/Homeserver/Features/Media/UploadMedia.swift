import Database
import Hummingbird
import MatrixTypes

/// Uploads a file.
///
/// `POST /_matrix/media/v3/upload`
///
/// Answered once the file and its row would outlive a power failure. The same bytes again take no
/// room on the disk, and get a media ID of their own.
///
/// - Errors: `M_TOO_LARGE` past `m.upload.size`; `M_FORBIDDEN` where the user has used up the
///   space that they may upload to; `M_LIMIT_EXCEEDED`.
/// - Spec: [Uploading](https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav3upload)
struct UploadMedia: Sendable {
    let library: MediaLibrary

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let description = try UploadDescription(request, context.query)
        let kept = try await library.receive(request, from: context)
        let media = description.media(RandomName.letters(24), kept)
        let user = context.userID
        let now = library.clock.now
        try await library.database.write { [library] db in
            let store = MediaStore(db: db)
            try library.checkQuota(try store.usage(of: user), adding: kept.sizeBytes)
            try store.insert(media, by: user, at: now)
            library.remember(media, in: db)
        }
        return .json {
            $0["content_uri"] = "mxc://\(library.serverName)/\(media.mediaID)"
        }
    }
}

/// What a client says of the file that it uploads.
struct UploadDescription: Sendable {
    /// No system has longer names for files; enough for four times that.
    private static let mostFilenameBytes = 1024

    let contentType: MediaType
    let filename: String?

    /// - Errors: `M_INVALID_PARAM` for a `filename` that is too long or has a zero byte.
    init(_ request: Request, _ query: QueryParameters) throws {
        contentType = MediaType(header: request.headers[.contentType])
        let filename = query["filename"] ?? ""
        guard filename.utf8.count <= Self.mostFilenameBytes, !filename.utf8.contains(0) else {
            throw MatrixError.invalidParameter("filename")
        }
        self.filename = filename.isEmpty ? nil : filename
    }

    func media(_ mediaID: String, _ kept: KeptFile) -> Media {
        Media(
            mediaID: mediaID, contentType: contentType, filename: filename, hash: kept.hash,
            sizeBytes: kept.sizeBytes)
    }
}
