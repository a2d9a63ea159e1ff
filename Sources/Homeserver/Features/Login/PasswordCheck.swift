import Database
import MatrixTypes

/// Whether a password is somebody's.
struct PasswordCheck: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let serverName: ServerName
    /// A hash that no password has, so that an unknown name takes as long as a known one.
    private let decoy: String

    init(database: Database, hasher: PasswordHasher, serverName: ServerName) async throws {
        self.database = database
        self.hasher = hasher
        self.serverName = serverName
        decoy = try await hasher.hash(RandomName.letters(30))
    }

    /// Whom an `identifier` names, or the older `user`: by localpart or whole. Upper case is folded,
    /// since registration folded it.
    func user(in body: JSONObject) -> UserID? {
        let identifier = body["identifier"]
        if let type = identifier?["type"]?.string, type != "m.id.user" { return nil }
        guard let name = identifier?["user"]?.string ?? body["user"]?.string else { return nil }
        let whole = name.hasPrefix("@") ? name : "@\(name):\(serverName)"
        guard let user = UserID(whole), user.server == serverName else { return nil }
        return UserID("@\(user.localpart.lowercased()):\(serverName)") ?? user
    }

    /// Whether the `password` beside an identifier is that of `user`.
    func isRight(in auth: JSONObject, for user: UserID) async throws -> Bool {
        guard let password = auth["password"]?.string else { return false }
        if auth["identifier"] != nil || auth["user"] != nil {
            guard self.user(in: auth) == user else { return false }
        }
        return try await account(user, password) != nil
    }

    /// The account, if the password is right. It takes as long where there is no such account.
    func account(_ user: UserID, _ password: String) async throws -> AccountStore.Account? {
        let account = try await database.read { try AccountStore(db: $0).account(user) }
        let hash = account?.passwordHash ?? decoy
        guard try await hasher.matches(password, hash), let account, account.passwordHash != nil
        else { return nil }
        return account
    }
}
