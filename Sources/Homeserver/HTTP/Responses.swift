import HTTPTypes
import Hummingbird
import MatrixTypes
import NIOCore

extension Response {
    /// A JSON object as an answer.
    static func json(
        _ status: HTTPResponse.Status = .ok,
        _ body: (inout JSONObjectWriter) throws -> Void
    ) rethrows -> Response {
        .json(status, bytes: try jsonBytes(body))
    }

    /// An answer whose body already is JSON.
    static func json(_ status: HTTPResponse.Status = .ok, bytes: [UInt8]) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// `{}`, the answer of an endpoint that has nothing to say.
    static var empty: Response { .json(bytes: [0x7B, 0x7D]) }
}
