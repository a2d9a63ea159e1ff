import Crypto
import Hummingbird
import MatrixTypes
import Synchronization

/// Makes accounts for a tool that knows a secret, as Synapse does it.
///
/// `GET /_synapse/admin/v1/register`
/// `POST /_synapse/admin/v1/register`
///
/// - Errors: `M_UNKNOWN` for a nonce that is not, or no longer, good; `M_FORBIDDEN` for a wrong
///   `mac`; those of `Register`.
struct SharedSecretRegistration: Sendable {
    private static let mostNonces = 1000

    private final class Nonces: Sendable {
        let open = Mutex<[String: ContinuousClock.Instant]>([:])
    }

    let registration: Registration
    private let key: SymmetricKey
    private let nonces = Nonces()

    init(registration: Registration, secret: String) {
        self.registration = registration
        key = SymmetricKey(data: Array(secret.utf8))
    }

    @Sendable
    func nonce(to request: Request, context: OpenContext) async throws -> Response {
        let nonce = RandomName.letters(40)
        nonces.open.withLock { open in
            open = open.filter { ContinuousClock.now - $0.value < .seconds(60) }
            if open.count >= Self.mostNonces { open = [:] }
            open[nonce] = .now
        }
        return .json { $0["nonce"] = nonce }
    }

    @Sendable
    func respond(to request: Request, context: OpenContext) async throws -> Response {
        let body = try await request.jsonObject()
        guard let nonce = body["nonce"]?.string, let name = body["username"]?.string,
            let password = body["password"]?.string, let mac = body["mac"]?.string
        else {
            throw MatrixError.badJSON("`nonce`, `username`, `password` and `mac` are needed.")
        }
        guard password.utf8.count <= PasswordHasher.maxBytes else {
            throw MatrixError.invalidParameter("password")
        }
        guard nonces.open.withLock({ $0.removeValue(forKey: nonce) }) != nil else {
            throw MatrixError(.badRequest, .unknown, "The nonce is not, or no longer, good.")
        }
        let isAdmin = body["admin"]?.bool ?? false
        let userType = body["user_type"]?.string
        let parts =
            [nonce, name, password, isAdmin ? "admin" : "notadmin"] + (userType.map { [$0] } ?? [])
        guard isRight(mac, for: parts.joined(separator: "\0")) else {
            throw MatrixError.forbidden("The `mac` is not right.")
        }
        let user = try registration.userID(named: name)
        let session = try NewSession(of: user, from: body)
        try await registration.create(
            user, passwordHash: try await registration.hasher.hash(password), isAdmin: isAdmin,
            displayName: body["displayname"]?.string ?? user.localpart, session: session)
        return .json { session.write(to: &$0) }
    }

    private func isRight(_ mac: String, for text: String) -> Bool {
        let digits = Array(mac.utf8)
        guard digits.count == 40 else { return false }
        var bytes: [UInt8] = []
        for at in stride(from: 0, to: 40, by: 2) {
            guard let byte = UInt8(String(decoding: digits[at..<at + 2], as: UTF8.self), radix: 16)
            else { return false }
            bytes.append(byte)
        }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            bytes, authenticating: Array(text.utf8), using: key)
    }
}
