import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Makes an account for whoever asks, where the site lets them.
///
/// `POST /_matrix/client/v3/register`
/// `GET /_matrix/client/v3/register/available`
///
/// - Errors: `M_USER_IN_USE`, `M_INVALID_USERNAME`; `M_FORBIDDEN` where registration is closed;
///   `M_GUEST_ACCESS_FORBIDDEN` for `kind=guest`.
/// - Spec: [Account registration](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3register)
struct Register: Sendable {
    let registration: Registration

    @Sendable
    func available(to request: Request, context: OpenContext) async throws -> Response {
        guard let name = context.query["username"] else {
            throw MatrixError.missingParameter("username")
        }
        let user = try registration.userID(named: name)
        let isTaken = try await registration.database.read {
            try AccountStore(db: $0).exists(user)
        }
        guard !isTaken else {
            throw MatrixError(.badRequest, .userInUse, "This name is taken.")
        }
        return .json { $0["available"] = true }
    }

    @Sendable
    func respond(to request: Request, context: OpenContext) async throws -> Response {
        switch context.query["kind"] {
        case nil, "user": break
        case "guest":
            throw MatrixError(
                .forbidden, .guestAccessForbidden, "This server has no guest accounts.")
        default: throw MatrixError.invalidParameter("kind")
        }
        guard registration.isOpen else {
            throw MatrixError.forbidden("Accounts are not made in this way here.")
        }
        let body = try await request.optionalJSONObject()
        let user = try body["username"].map { name -> UserID in
            guard let name = name.string else { throw MatrixError.invalidParameter("username") }
            return try registration.userID(named: name)
        }
        if let user { try await refuseTaken(user) }
        if let password = body["password"] {
            guard let text = password.string, text.utf8.count <= PasswordHasher.maxBytes else {
                throw MatrixError.invalidParameter("password")
            }
        }
        let outcome = try await registration.auth.check(
            body, flows: [InteractiveAuth.dummy], purpose: "register", user: nil)
        if case .goOn(let response) = outcome { return response }

        guard let password = body["password"]?.string else {
            throw MatrixError.missingParameter("password")
        }
        let name = RandomName.letters(12).lowercased()
        let account = try user ?? registration.userID(named: name)
        let opens = body["inhibit_login"]?.bool != true
        let session = opens ? try NewSession(of: account, from: body) : nil
        try await registration.create(
            account, passwordHash: try await registration.hasher.hash(password), isAdmin: false,
            displayName: account.localpart, session: session)
        return .json { answer in
            if let session {
                session.write(to: &answer)
            } else {
                answer["home_server"] = registration.serverName
                answer["user_id"] = account
            }
        }
    }

    private func refuseTaken(_ user: UserID) async throws {
        let isTaken = try await registration.database.read {
            try AccountStore(db: $0).exists(user)
        }
        guard !isTaken else {
            throw MatrixError(.badRequest, .userInUse, "This name is taken.")
        }
    }
}
