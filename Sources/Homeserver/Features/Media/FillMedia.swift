import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Uploads a file to a media ID that was made for it.
///
/// `PUT /_matrix/media/v3/upload/{serverName}/{mediaId}`
///
/// Only once, in time, and by the one who made the media ID. What is refused is refused before the
/// body is read, and checked again when it has come.
///
/// - Errors: `M_CANNOT_OVERWRITE_MEDIA` where there is a file already; `M_FORBIDDEN` where somebody
///   else made the media ID; `M_NOT_FOUND` where nobody did, or it has expired; and those of an
///   upload.
/// - Spec: [Uploading later](https://spec.matrix.org/v1.19/client-server-api/#put_matrixmediav3uploadservernamemediaid)
struct FillMedia: Sendable {
    let library: MediaLibrary

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let description = try UploadDescription(request, context.query)
        let mediaID = try library.mediaURI(in: context.open).mediaID
        let user = context.userID
        let found = try await library.entry(mediaID)
        try check(found, user, at: library.clock.now)

        let kept = try await library.receive(request, from: context)
        let media = description.media(mediaID, kept)
        let now = library.clock.now
        try await library.database.write { [self] db in
            let store = MediaStore(db: db)
            try library.checkQuota(try store.usage(of: user), adding: kept.sizeBytes)
            guard try store.fill(media, by: user, at: now) else {
                try check(try store.entry(mediaID), user, at: now)
                throw MatrixError.noSuchMedia
            }
            library.remember(media, in: db)
            db.announce(MediaUploaded(mediaID: mediaID))
        }
        return .empty
    }

    private func check(_ entry: MediaEntry?, _ user: UserID, at now: Timestamp) throws {
        switch entry {
        case .reserved(by: user, until: let expiry) where expiry > now: break
        case .reserved(by: let maker, until: _) where maker != user:
            throw MatrixError.forbidden("Somebody else made this media ID.")
        case .reserved, nil: throw MatrixError.noSuchMedia
        case .uploaded:
            throw MatrixError(
                .conflict, .cannotOverwriteMedia, "There is a file behind this media ID already.")
        }
    }
}
