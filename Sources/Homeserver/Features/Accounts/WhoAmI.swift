import HTTPTypes
import Hummingbird
import MatrixTypes

/// Whose the access token is.
///
/// `GET /_matrix/client/v3/account/whoami`
///
/// - Spec: [Current account information](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3accountwhoami)
struct WhoAmI: Sendable {
    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        .json { answer in
            answer["device_id"] = context.requester.deviceID
            answer["is_guest"] = false
            answer["user_id"] = context.userID
        }
    }
}

/// Addresses of e-mail and telephone: none are kept here until accounts are made by e-mail.
///
/// `GET /_matrix/client/v3/account/3pid`
///
/// - Errors: `M_THREEPID_DENIED` for what would add one.
/// - Spec: [Adding account administrative contact information](https://spec.matrix.org/v1.19/client-server-api/#adding-account-administrative-contact-information)
struct ThirdPartyIDs: Sendable {
    private static let denied = MatrixError(
        .forbidden, MatrixError.Code(rawValue: "M_THREEPID_DENIED"),
        "Addresses cannot be added to accounts here.")

    @Sendable
    func list(to request: Request, context: ClientContext) async throws -> Response {
        .json { $0["threepids"] = [String]() }
    }

    @Sendable
    func refuse(to request: Request, context: ClientContext) async throws -> Response {
        throw Self.denied
    }

    @Sendable
    func refuseToken(to request: Request, context: OpenContext) async throws -> Response {
        throw Self.denied
    }
}
