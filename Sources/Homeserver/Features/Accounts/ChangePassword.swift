import Database
import Hummingbird
import MatrixTypes

/// Changes one's password, after the present one was asked.
///
/// `POST /_matrix/client/v3/account/password`
///
/// The other sessions end, unless the client says otherwise; this one stays.
///
/// - Errors: `M_MISSING_PARAM`, `M_INVALID_PARAM`.
/// - Spec: [Account management](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountpassword)
struct ChangePassword: Sendable {
    let database: Database
    let sessions: Sessions
    let hasher: PasswordHasher
    let auth: InteractiveAuth

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject()
        let requester = context.requester
        let user = requester.userID
        let outcome = try await auth.check(
            body, flows: [InteractiveAuth.password], purpose: "password \(user)", user: user)
        if case .goOn(let response) = outcome { return response }
        guard let password = body["new_password"]?.string else {
            throw MatrixError.missingParameter("new_password")
        }
        guard !password.isEmpty, password.utf8.count <= PasswordHasher.maxBytes else {
            throw MatrixError.invalidParameter("new_password")
        }
        let hash = try await hasher.hash(password)
        let endsOthers = body["logout_devices"]?.bool ?? true
        try await database.write { [sessions] db in
            try AccountStore(db: db).setPasswordHash(hash, of: user)
            guard endsOthers else { return }
            try sessions.end(.allBut(session: requester.sessionID), of: user, in: db)
            try sessions.devices(in: db).deleteAll(of: user, but: requester.deviceID)
        }
        return .empty
    }
}
