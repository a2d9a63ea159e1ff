import HTTPTypes
import Hummingbird

/// Answers with a kept file: whole, a part of it, or that the client has it already.
///
/// Files never change, so that their hash is their `ETag` and clients may keep them for good; only
/// for themselves, since an access token was asked for.
struct FileAnswer: Sendable {
    let file: any MediaFile
    let hash: FileHash
    let contentType: MediaType
    let disposition: ContentDisposition

    func respond(
        to request: Request, on connection: ClientConnection?
    ) async throws -> Response {
        if let known = request.headers[.ifNoneMatch], isTag(entityTag, in: known) {
            var response = Response(status: .notModified, headers: headers)
            response.headers[.contentLength] = nil
            return response
        }
        switch ByteRange(asked(by: request), of: file.sizeBytes) {
        case .whole:
            return Response(
                status: .ok, headers: headers, body: try await body(0..<file.sizeBytes, connection))
        case .part(let part):
            var headers = headers
            headers[.contentRange] =
                "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.sizeBytes)"
            return Response(
                status: .partialContent, headers: headers, body: try await body(part, connection))
        case .unsatisfiable:
            var response = MatrixError(
                .rangeNotSatisfiable, .invalidParameter, "The file ends before this range."
            ).response
            response.headers[.contentRange] = "bytes */\(file.sizeBytes)"
            return response
        }
    }

    private var entityTag: String { "\"\(hash)\"" }

    private func body(
        _ range: Range<Int64>, _ connection: ClientConnection?
    ) async throws -> ResponseBody {
        range.isEmpty ? ResponseBody() : try await file.body(range, to: connection)
    }

    /// The range asked for, unless it was asked of another version of the file.
    private func asked(by request: Request) -> String? {
        if let version = request.headers[.ifRange], version != entityTag { return nil }
        return request.headers[.range]
    }

    /// - Parameter header: `*`, or tags with commas between them, each perhaps a weak one.
    private func isTag(_ tag: String, in header: String) -> Bool {
        header.split(separator: ",").contains { part in
            let text = part.trimmingPrefix { $0 == " " }.trimmingPrefix("W/")
            return text == "*" || text.prefix { $0 != " " } == tag
        }
    }

    private var headers: HTTPFields {
        var headers: HTTPFields = [
            .contentType: contentType.text, .eTag: entityTag, .acceptRanges: "bytes",
            .cacheControl: "private, max-age=31536000, immutable",
            .contentDisposition: disposition.text, .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy: Self.policy,
        ]
        headers[.crossOriginResourcePolicy] = "cross-origin"
        headers[Self.referrerPolicy] = "no-referrer"
        return headers
    }

    /// Whatever is in the file, nothing of it runs or is loaded in the name of this server.
    ///
    /// - Spec: [Content repository](https://spec.matrix.org/v1.19/client-server-api/#content-repository)
    private static let policy =
        "sandbox; default-src 'none'; script-src 'none'; plugin-types application/pdf; "
        + "style-src 'unsafe-inline'; object-src 'self';"

    private static let referrerPolicy = fieldName("Referrer-Policy")
}

private func fieldName(_ name: String) -> HTTPField.Name {
    guard let field = HTTPField.Name(name) else {
        preconditionFailure("\(name) is made of the characters of a field name")
    }
    return field
}

/// The part of a file that a `Range` header asks for.
///
/// - Spec: RFC 9110, section 14.2
enum ByteRange: Equatable {
    case whole
    case part(Range<Int64>)
    /// It begins past the end.
    case unsatisfiable

    /// Several parts at once, and what is no range, stand for the whole, as the RFC allows.
    init(_ header: String?, of size: Int64) {
        self = .whole
        guard let header, header.hasPrefix("bytes=") else { return }
        let ends = header.dropFirst(6).split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2 else { return }
        switch (Self.number(ends[0]), Self.number(ends[1])) {
        case (let first?, let last?) where first <= last:
            self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
        case (let first?, nil) where ends[1].isEmpty:
            self = first < size ? .part(first..<size) : .unsatisfiable
        case (nil, let count?) where ends[0].isEmpty:
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
        default: break
        }
    }

    /// Digits alone: no sign, no space.
    private static func number(_ text: Substring) -> Int64? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
    }
}
