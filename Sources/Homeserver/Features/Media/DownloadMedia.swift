import Hummingbird
import MatrixTypes

/// Hands out a file.
///
/// `GET /_matrix/client/v1/media/download/{serverName}/{mediaId}`
/// `GET /_matrix/client/v1/media/download/{serverName}/{mediaId}/{fileName}`
///
/// Whoever knows the media ID may have the file, as the specification has it: IDs cannot be
/// guessed, and files of private rooms are encrypted.
///
/// - Errors: `M_NOT_FOUND`; `M_NOT_YET_UPLOADED` where nothing has been uploaded to a media ID
///   before `timeout_ms` was over.
/// - Spec: [Downloading](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediadownloadservernamemediaid)
struct DownloadMedia: Sendable {
    let library: MediaLibrary

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        try await answer(request, context.open, filename: nil)
    }

    @Sendable
    func respondNamed(to request: Request, context: ClientContext) async throws -> Response {
        try await answer(request, context.open, filename: try context.parameter("fileName"))
    }

    func answer(
        _ request: Request, _ context: OpenContext, filename: String?
    ) async throws -> Response {
        let media = try await library.media(for: context)
        let answer = FileAnswer(
            file: try await library.open(media), hash: media.hash,
            contentType: media.contentType,
            disposition: ContentDisposition(
                isInline: media.contentType.isSafeInline, filename: filename ?? media.filename))
        return try await answer.respond(to: request, on: context.connection)
    }
}
