import HTTPTypes
import Hummingbird
import MatrixTypes

/// A failure that the client is meant to see, in the shape the spec gives to every error.
///
/// Throw one from a handler, or from a rule the handler calls. Anything else that reaches the
/// router is a fault of ours: it is logged whole, and the client sees only `M_UNKNOWN`.
///
/// - Spec: [Standard error response](https://spec.matrix.org/v1.19/client-server-api/#standard-error-response)
struct MatrixError: Error, Sendable, Equatable {
    let status: HTTPResponse.Status
    let code: Code
    /// For the person reading the client's log. English, a whole sentence, no secrets.
    let message: String
    /// How long the client should wait, where the error is a limit.
    var retryAfter: Duration?
    /// More members of the error object, already JSON: `soft_logout`, `room_version`, …
    var members: [String: [UInt8]] = [:]

    /// An `errcode`. An open set: policies may add their own under a reversed domain name.
    struct Code: RawRepresentable, Hashable, Sendable {
        let rawValue: String
        init(rawValue: String) { self.rawValue = rawValue }
    }

    init(_ status: HTTPResponse.Status, _ code: Code, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    func with(_ member: String, _ json: String) -> MatrixError {
        var error = self
        error.members[member] = Array(json.utf8)
        return error
    }
}

extension MatrixError.Code {
    static let forbidden = Self(rawValue: "M_FORBIDDEN")
    static let unknownToken = Self(rawValue: "M_UNKNOWN_TOKEN")
    static let missingToken = Self(rawValue: "M_MISSING_TOKEN")
    static let badJSON = Self(rawValue: "M_BAD_JSON")
    static let notJSON = Self(rawValue: "M_NOT_JSON")
    static let notFound = Self(rawValue: "M_NOT_FOUND")
    static let limitExceeded = Self(rawValue: "M_LIMIT_EXCEEDED")
    static let unrecognized = Self(rawValue: "M_UNRECOGNIZED")
    static let unknown = Self(rawValue: "M_UNKNOWN")
    static let invalidParameter = Self(rawValue: "M_INVALID_PARAM")
    static let missingParameter = Self(rawValue: "M_MISSING_PARAM")
    static let tooLarge = Self(rawValue: "M_TOO_LARGE")
    static let userInUse = Self(rawValue: "M_USER_IN_USE")
    static let invalidUsername = Self(rawValue: "M_INVALID_USERNAME")
    static let exclusive = Self(rawValue: "M_EXCLUSIVE")
    static let guestAccessForbidden = Self(rawValue: "M_GUEST_ACCESS_FORBIDDEN")
    static let userDeactivated = Self(rawValue: "M_USER_DEACTIVATED")
    static let userLocked = Self(rawValue: "M_USER_LOCKED")
    static let userSuspended = Self(rawValue: "M_USER_SUSPENDED")
    static let unsupportedRoomVersion = Self(rawValue: "M_UNSUPPORTED_ROOM_VERSION")
    static let invalidRoomState = Self(rawValue: "M_INVALID_ROOM_STATE")
    static let badState = Self(rawValue: "M_BAD_STATE")
    static let roomInUse = Self(rawValue: "M_ROOM_IN_USE")
    static let badAlias = Self(rawValue: "M_BAD_ALIAS")
    static let weakPassword = Self(rawValue: "M_WEAK_PASSWORD")
    static let unableToAuthoriseJoin = Self(rawValue: "M_UNABLE_TO_AUTHORISE_JOIN")
}

extension MatrixError {
    static func forbidden(_ message: String) -> MatrixError {
        MatrixError(.forbidden, .forbidden, message)
    }

    static func notFound(_ message: String) -> MatrixError {
        MatrixError(.notFound, .notFound, message)
    }

    static func invalidParameter(_ name: String, _ why: String? = nil) -> MatrixError {
        MatrixError(.badRequest, .invalidParameter, why ?? "Invalid `\(name)`.")
    }

    static func missingParameter(_ name: String) -> MatrixError {
        MatrixError(.badRequest, .missingParameter, "`\(name)` is needed.")
    }

    static func badJSON(_ message: String) -> MatrixError {
        MatrixError(.badRequest, .badJSON, message)
    }

    static func tooLarge(_ message: String) -> MatrixError {
        MatrixError(.contentTooLarge, .tooLarge, message)
    }

    static func limitExceeded(retryAfter: Duration) -> MatrixError {
        var error = MatrixError(
            .tooManyRequests, .limitExceeded, "Too many requests. Try again a little later.")
        error.retryAfter = retryAfter
        return error
    }

    static let missingToken = MatrixError(
        .unauthorized, .missingToken, "An access token is needed.")
    static let unknownToken = MatrixError(
        .unauthorized, .unknownToken, "The access token is not known.")
    static let unrecognized = MatrixError(
        .notFound, .unrecognized, "There is no such endpoint here.")
    static let wrongMethod = MatrixError(
        .methodNotAllowed, .unrecognized, "This endpoint does not take this method.")
    static let internalError = MatrixError(
        .internalServerError, .unknown, "Something went wrong on our side.")
}

extension MatrixError {
    var response: Response {
        var response = Response.json(status) { answer in
            answer["errcode"] = code.rawValue
            answer["error"] = message
            if let retryAfter {
                answer["retry_after_ms"] = Int(retryAfter.milliseconds)
            }
            for (name, bytes) in members.sorted(by: { $0.key < $1.key }) {
                answer.raw(name, bytes)
            }
        }
        if let retryAfter {
            let seconds = max(1, (retryAfter.milliseconds + 999) / 1000)
            response.headers[.retryAfter] = String(seconds)
        }
        return response
    }
}
