import Database
import HTTPTypes
import MatrixTypes

/// Making accounts.
///
/// - Spec: [Account registration](https://spec.matrix.org/v1.19/client-server-api/#account-registration)
struct Registration: Feature {
    let database: Database
    let sessions: Sessions
    let hasher: PasswordHasher
    let auth: InteractiveAuth
    let serverName: ServerName
    let isOpen: Bool
    /// The secret by which an administrator's tool makes accounts. Nil: there is none.
    let sharedSecret: String?
    let observers: [any ProfileObserver]
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let register = Register(registration: self)
        routes.client.open(.post, "/v3/register", limit: .registration, use: register.respond)
        routes.client.open(
            .get, "/v3/register/available", limit: .registration, use: register.available)
        guard let sharedSecret else { return }
        let shared = SharedSecretRegistration(registration: self, secret: sharedSecret)
        routes.root.open(.get, "/_synapse/admin/v1/register", use: shared.nonce)
        routes.root.open(.post, "/_synapse/admin/v1/register", use: shared.respond)
    }

    /// The ID that a name makes, lower-cased.
    ///
    /// - Throws: `M_INVALID_USERNAME` where it does not fit the grammar of new user IDs.
    func userID(named name: String) throws -> UserID {
        let localpart = name.lowercased()
        guard NewUserName.isValid(localpart), let user = UserID("@\(localpart):\(serverName)")
        else {
            throw MatrixError(
                .badRequest, .invalidUsername,
                "A name has the letters a to z, digits, and the characters - . = _ / + only.")
        }
        return user
    }

    /// Makes an account, in one block with its first session.
    func create(
        _ user: UserID, passwordHash: String?, isAdmin: Bool, displayName: String?,
        session: NewSession?
    ) async throws {
        let now = clock.now
        try await database.write { [sessions, observers] db in
            let accounts = AccountStore(db: db)
            guard try !accounts.exists(user) else {
                throw MatrixError(.badRequest, .userInUse, "This name is taken.")
            }
            try accounts.insert(
                user, passwordHash: passwordHash, displayName: displayName, isAdmin: isAdmin,
                at: now)
            for observer in observers {
                try observer.profileChanged(of: user, name: displayName, in: db)
            }
            try session?.open(with: sessions, in: db, at: now)
        }
    }
}

/// The grammar of the names that are given anew; older ones may have more.
///
/// - Spec: [User identifiers](https://spec.matrix.org/v1.19/appendices/#user-identifiers)
enum NewUserName {
    static func isValid(_ localpart: String) -> Bool {
        !localpart.isEmpty && !localpart.hasPrefix("_")
            && localpart.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "-.=_/+".utf8.contains(byte)
                }
            }
    }
}
