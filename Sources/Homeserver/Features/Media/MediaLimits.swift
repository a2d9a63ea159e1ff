import Hummingbird
import MatrixTypes

/// Tells clients how large an upload may be.
///
/// `GET /_matrix/client/v1/media/config`
/// `GET /_matrix/media/v3/config`, for older clients
///
/// - Spec: [Limits](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediaconfig)
struct MediaLimits: Sendable {
    let settings: MediaSettings

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        .json { $0["m.upload.size"] = settings.mostUploadBytes }
    }
}

/// Knows nothing of any page: this server fetches no addresses for its users, so that none learns
/// from it what is said in a room.
///
/// `GET /_matrix/client/v1/media/preview_url`
/// `GET /_matrix/media/v3/preview_url`, for older clients
///
/// - Errors: `M_MISSING_PARAM` without `url`.
/// - Spec: [Previews](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediapreview_url)
struct PreviewURL: Sendable {
    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        guard context.query["url"] != nil else { throw MatrixError.missingParameter("url") }
        return .empty
    }
}
