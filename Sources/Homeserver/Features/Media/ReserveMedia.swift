import Database
import Hummingbird
import MatrixTypes

/// Gives a media ID to which a file is uploaded later, so that it can be talked about before.
///
/// `POST /_matrix/media/v1/create`
///
/// - Errors: `M_LIMIT_EXCEEDED` where the user has too many to which nothing was uploaded yet.
/// - Spec: [Creating a media ID](https://spec.matrix.org/v1.19/client-server-api/#post_matrixmediav1create)
struct ReserveMedia: Sendable {
    let library: MediaLibrary

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        _ = try await request.optionalJSONObject()
        let mediaID = RandomName.letters(24)
        let user = context.userID
        let now = library.clock.now
        let settings = library.settings
        let expiry = now + settings.reservationLifetime
        try await library.database.write { db in
            let store = MediaStore(db: db)
            guard try store.reserved(for: user, at: now) < settings.mostReservedPerUser else {
                throw MatrixError.limitExceeded(retryAfter: .seconds(60))
            }
            try store.reserve(mediaID, for: user, until: expiry, at: now)
        }
        return .json {
            $0["content_uri"] = "mxc://\(library.serverName)/\(mediaID)"
            $0["unused_expires_at"] = expiry
        }
    }
}
