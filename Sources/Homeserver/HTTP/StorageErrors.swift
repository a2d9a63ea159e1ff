import Database
import HTTPTypes

extension MatrixError {
    /// The words for a failure of the storage, which a client may try again; anything else is
    /// a fault of ours.
    static func from(storage error: any Error) -> MatrixError {
        guard let error = error as? DatabaseError else { return .internalError }
        return switch error {
        case .full: storageFull
        case .overloaded, .busy:
            MatrixError(.serviceUnavailable, .unknown, "Too busy just now. Try again soon.")
        default: .internalError
        }
    }

    static let storageFull = MatrixError(
        HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"), .unknown,
        "There is no room left to store this.")
}
