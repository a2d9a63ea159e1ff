import Hummingbird
import MatrixTypes

/// Hands out a smaller picture of a picture.
///
/// `GET /_matrix/client/v1/media/thumbnail/{serverName}/{mediaId}`
///
/// Never larger than the picture was, and at least as large as asked for where the picture is;
/// sizes are few, so that most are made once.
///
/// - Errors: `M_MISSING_PARAM`, `M_INVALID_PARAM` for the size and `method`; `M_UNKNOWN` for what no
///   thumbnail can be made of; `M_TOO_LARGE` for a picture of too many pixels; `M_NOT_FOUND`;
///   `M_NOT_YET_UPLOADED`; `M_LIMIT_EXCEEDED`.
/// - Spec: [Thumbnails](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1mediathumbnailservernamemediaid)
struct ReadThumbnail: Sendable {
    let thumbnails: Thumbnails

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        try await answer(request, context.open)
    }

    func answer(_ request: Request, _ context: OpenContext) async throws -> Response {
        let wanted = try ThumbnailRequest(context.query)
        let media = try await thumbnails.library.media(for: context)
        let found = try await thumbnails.answer(wanted, of: media)
        let subtype = found.contentType.essence.split(separator: "/").last ?? "png"
        let answer = FileAnswer(
            file: found.file, hash: found.hash, contentType: found.contentType,
            disposition: ContentDisposition(isInline: true, filename: "thumbnail.\(subtype)"))
        return try await answer.respond(to: request, on: context.connection)
    }
}

extension ThumbnailRequest {
    fileprivate init(_ query: QueryParameters) throws {
        width = try Self.edge("width", query)
        height = try Self.edge("height", query)
        guard let method = Method(rawValue: query["method"] ?? "scale") else {
            throw MatrixError.invalidParameter("method")
        }
        self.method = method
        animated = try query.bool("animated") ?? false
    }

    private static func edge(_ name: String, _ query: QueryParameters) throws -> Int {
        guard let value = try query.int(name) else { throw MatrixError.missingParameter(name) }
        guard (1...100_000).contains(value) else { throw MatrixError.invalidParameter(name) }
        return value
    }
}
