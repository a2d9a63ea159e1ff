import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Opens a session by a password or by a login token.
///
/// `POST /_matrix/client/v3/login`
/// `GET /_matrix/client/v3/login`
///
/// - Errors: `M_FORBIDDEN` for a wrong name or password alike; `M_USER_DEACTIVATED` once the
///   password was right; `M_UNKNOWN` for a way that is not offered.
/// - Spec: [Login](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3login)
struct LogIn: Sendable {
    let database: Database
    let sessions: Sessions
    let passwords: PasswordCheck
    let clock: any WallClock

    @Sendable
    func flows(to request: Request, context: OpenContext) async throws -> Response {
        .json { answer in
            answer.array("flows") { flows in
                flows.object { $0["type"] = "m.login.password" }
                flows.object { flow in
                    flow["type"] = "m.login.token"
                    flow["get_login_token"] = true
                }
            }
        }
    }

    @Sendable
    func respond(to request: Request, context: OpenContext) async throws -> Response {
        let body = try await request.jsonObject()
        let user =
            switch body["type"]?.string {
            case "m.login.password": try await userByPassword(body)
            case "m.login.token": try await userByToken(body)
            case nil: throw MatrixError.missingParameter("type")
            default:
                throw MatrixError(
                    .badRequest, .unknown, "This way of logging in is not offered here.")
            }
        let session = try NewSession(of: user, from: body)
        let now = clock.now
        try await database.write { [sessions] db in
            guard let account = try AccountStore(db: db).account(user), !account.isDeactivated
            else { throw MatrixError(.forbidden, .userDeactivated, "This account is closed.") }
            try session.open(with: sessions, in: db, at: now)
        }
        return .json { session.write(to: &$0) }
    }

    private func userByPassword(_ body: JSONObject) async throws -> UserID {
        guard let password = body["password"]?.string else {
            throw MatrixError.missingParameter("password")
        }
        guard body["identifier"] != nil || body["user"] != nil else {
            throw MatrixError.missingParameter("identifier")
        }
        let refusal = MatrixError.forbidden("The name or the password is not right.")
        guard let user = passwords.user(in: body),
            let account = try await passwords.account(user, password)
        else { throw refusal }
        guard !account.isDeactivated else {
            throw MatrixError(.forbidden, .userDeactivated, "This account is closed.")
        }
        return user
    }

    private func userByToken(_ body: JSONObject) async throws -> UserID {
        guard let token = body["token"]?.string else { throw MatrixError.missingParameter("token") }
        let hash = SecretToken.hash(of: token[...])
        let now = clock.now
        let user = try await database.write { try LoginTokenStore(db: $0).take(hash, at: now) }
        guard let user else {
            throw MatrixError.forbidden("This token is not, or no longer, good.")
        }
        return user
    }
}
