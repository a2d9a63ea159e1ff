import Hummingbird
import MatrixTypes
import NIOCore

extension Request {
    /// The most an ordinary JSON body may have; endpoints that need less or more say so.
    static let usualBodyBytes = 1_048_576

    /// Reads the whole body, refusing more than `limit` bytes before it is buffered.
    ///
    /// - Throws: `M_TOO_LARGE` past the limit.
    func bytes(atMost limit: Int) async throws -> [UInt8] {
        if let declared = headers[.contentLength].flatMap({ Int($0) }), declared > limit {
            throw MatrixError.tooLarge("The body may have \(limit) bytes at most.")
        }
        do {
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw MatrixError.tooLarge("The body may have \(limit) bytes at most.")
        }
    }

    /// Reads the body as one JSON object.
    ///
    /// - Errors: `M_NOT_JSON` if it does not parse; `M_BAD_JSON` if it is not an object;
    ///   `M_TOO_LARGE` past the limit.
    func jsonObject(
        atMost limit: Int = Request.usualBodyBytes, mode: JSONMode = .plain
    ) async throws -> JSONObject {
        let bytes = try await bytes(atMost: limit)
        return try parseObject(bytes, mode: mode)
    }

    /// As `jsonObject`, but an absent body stands for `{}`: what many clients send where every
    /// member is optional.
    func optionalJSONObject(
        atMost limit: Int = Request.usualBodyBytes
    ) async throws -> JSONObject {
        let bytes = try await bytes(atMost: limit)
        return bytes.isEmpty ? .empty : try parseObject(bytes, mode: .plain)
    }
}

/// Parses what a client sent, with the errors that the specification names.
func parseObject(_ bytes: [UInt8], mode: JSONMode) throws -> JSONObject {
    let json: JSON
    do {
        json = try JSON(parsing: bytes, mode: mode)
    } catch {
        // What breaks strict rules alone is JSON all the same: `M_BAD_JSON` instead of `M_NOT_JSON`.
        if mode == .strict, (try? JSON(parsing: bytes, mode: .plain)) != nil {
            throw MatrixError.badJSON("The body is not canonical JSON: \(error).")
        }
        throw MatrixError(.badRequest, .notJSON, "The body is not JSON: \(error).")
    }
    guard let object = json.object else {
        throw MatrixError.badJSON("The body is not a JSON object.")
    }
    return object
}
