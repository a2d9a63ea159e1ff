import Hummingbird
import MatrixTypes

/// The endpoints that hand out media without an access token.
///
/// `GET /_matrix/media/v3/download/{serverName}/{mediaId}`
/// `GET /_matrix/media/v3/download/{serverName}/{mediaId}/{fileName}`
/// `GET /_matrix/media/v3/thumbnail/{serverName}/{mediaId}`
///
/// Frozen: they know of nothing, since all media here came after the freeze. A site with clients
/// that are older than that can have them thaw (`servesWithoutToken`).
///
/// - Errors: `M_NOT_FOUND`.
/// - Spec: [Client behaviour](https://spec.matrix.org/v1.19/client-server-api/#content-repo-client-behaviour)
struct LegacyMedia: Sendable {
    let download: DownloadMedia
    let thumbnail: ReadThumbnail
    let isFrozen: Bool

    func addRoutes(to media: RouteGroup) {
        media.open(.get, "/v3/download/{serverName}/{mediaId}") { request, context in
            try checkFreeze()
            return try await download.answer(request, context, filename: nil)
        }
        media.open(.get, "/v3/download/{serverName}/{mediaId}/{fileName}") { request, context in
            try checkFreeze()
            let filename = try context.parameter("fileName")
            return try await download.answer(request, context, filename: filename)
        }
        media.open(.get, "/v3/thumbnail/{serverName}/{mediaId}") { request, context in
            try checkFreeze()
            return try await thumbnail.answer(request, context)
        }
    }

    private func checkFreeze() throws {
        if isFrozen { throw MatrixError.noSuchMedia }
    }
}
