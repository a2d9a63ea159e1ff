import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// What the commands `chappe user …` ask of the server that runs.
///
/// `GET /_chappe/console/accounts`
/// `POST /_chappe/console/accounts`
/// `POST /_chappe/console/accounts/{userId}/password`
/// `POST /_chappe/console/accounts/{userId}/deactivate`
///
/// They ask the server, and do not write into its database beside it, so that its caches and those
/// who wait know at once: see decision 9. There is no session to ask for: whoever can open the socket
/// can read the database.
///
/// - Errors: `M_USER_IN_USE`, `M_INVALID_USERNAME`, `M_NOT_FOUND`, `M_INVALID_PARAM`,
///   `M_MISSING_PARAM`.
struct AccountConsole: Feature {
    /// An account to be made.
    struct NewAccount: Sendable {
        let userID: UserID
        let passwordHash: String?
        let isAdmin: Bool
        let displayName: String
    }

    private static let prefix = "/_chappe/console/accounts"
    private static let accountsInPage = 500
    /// How many people of one name there can be.
    private static let mostNamesakes = 1000

    let database: Database
    let sessions: Sessions
    let hasher: PasswordHasher
    let serverName: ServerName
    let makeAccount: @Sendable (NewAccount) async throws -> Void
    let closeAccount: @Sendable (UserID) async throws -> Void

    func addRoutes(to routes: Routes) {
        routes.console.open(.get, Self.prefix, use: list)
        routes.console.open(.post, Self.prefix, use: add)
        routes.console.open(.post, Self.prefix + "/{userId}/password", use: setPassword)
        routes.console.open(.post, Self.prefix + "/{userId}/deactivate", use: deactivate)
    }

    /// By the order of user IDs, a page at a time; `next` is what to ask `from` for the one after.
    @Sendable
    private func list(_ request: Request, _ context: OpenContext) async throws -> Response {
        let from = context.query["from"] ?? ""
        let accounts = try await database.read { db in
            try AccountStore(db: db).page(after: from, limit: Self.accountsInPage)
        }
        return .json { answer in
            answer.array("accounts") { list in
                for account in accounts { list.object { account.write(to: &$0) } }
            }
            if accounts.count == Self.accountsInPage { answer["next"] = accounts.last?.userID }
        }
    }

    @Sendable
    private func add(_ request: Request, _ context: OpenContext) async throws -> Response {
        let body = try await request.jsonObject()
        guard let name = body["name"]?.string else { throw MatrixError.missingParameter("name") }
        let password = try password(in: body, isNeeded: false)
        let asked = body["display_name"]?.string
        guard asked.map({ !$0.isEmpty && $0.utf8.count <= 255 }) ?? true else {
            throw MatrixError.invalidParameter("display_name")
        }
        let byAddress = EmailAddress(name).map(AccountName.init)
        let localpart = byAddress?.localpart ?? name
        let hash = if let password { try await hasher.hash(password) } else { nil as String? }
        for number in 0..<Self.mostNamesakes {
            let user = try user(localpart + (number == 0 ? "" : String(number)))
            let account = NewAccount(
                userID: user, passwordHash: hash, isAdmin: body["admin"]?.bool ?? false,
                displayName: asked ?? byAddress?.displayName ?? user.localpart)
            do {
                try await makeAccount(account)
            } catch let error as MatrixError
                where error.code == .userInUse && byAddress != nil
            {
                // Somebody of that name is there, perhaps one who has left.
                continue
            }
            return .json { answer in
                answer["user_id"] = account.userID
                answer["display_name"] = account.displayName
            }
        }
        throw MatrixError(.badRequest, .userInUse, "This name is taken.")
    }

    @Sendable
    private func setPassword(_ request: Request, _ context: OpenContext) async throws -> Response {
        let body = try await request.jsonObject()
        let user = try await existing(context)
        guard let password = try password(in: body, isNeeded: true) else {
            throw MatrixError.missingParameter("password")
        }
        let hash = try await hasher.hash(password)
        try await database.write { [sessions] db in
            try AccountStore(db: db).setPasswordHash(hash, of: user)
            try sessions.end(.all, of: user, in: db)
            try DeviceStore(db: db).deleteAll(of: user)
        }
        return .json { $0["user_id"] = user }
    }

    @Sendable
    private func deactivate(_ request: Request, _ context: OpenContext) async throws -> Response {
        let user = try await existing(context)
        try await closeAccount(user)
        return .json { $0["user_id"] = user }
    }

    private func password(in body: JSONObject, isNeeded: Bool) throws -> String? {
        guard let value = body["password"] else {
            guard isNeeded else { return nil }
            throw MatrixError.missingParameter("password")
        }
        guard let password = value.string, !password.isEmpty,
            password.utf8.count <= PasswordHasher.maxBytes
        else {
            throw MatrixError.invalidParameter(
                "password", "A password has 1 to \(PasswordHasher.maxBytes) bytes.")
        }
        return password
    }

    /// The account that the path names, whole or by its localpart.
    private func existing(_ context: OpenContext) async throws -> UserID {
        let name = try context.parameter("userId")
        let user = name.hasPrefix("@") ? UserID(name) : UserID("@\(name):\(serverName)")
        guard let user, user.server == serverName else {
            throw MatrixError.notFound("There is no account \(name.prefix(255)) on this server.")
        }
        let account = try await database.read { try AccountStore(db: $0).account(user) }
        guard let account, !account.isDeactivated else {
            throw MatrixError.notFound(
                account == nil
                    ? "There is no account \(user)." : "The account \(user) is closed already.")
        }
        return user
    }

    private func user(_ name: String) throws -> UserID {
        let text = name.hasPrefix("@") ? name : "@\(name.lowercased()):\(serverName)"
        guard let user = UserID(text), user.server == serverName,
            NewUserName.isValid(user.localpart)
        else {
            throw MatrixError(
                .badRequest, .invalidUsername,
                "A name has the letters a to z, digits, and the characters - . = _ / + only.")
        }
        return user
    }
}

extension AccountStore {
    /// An account as whoever runs the server sees it.
    struct Listed: Sendable {
        let userID: UserID
        let displayName: String?
        let isAdmin: Bool
        let created: Timestamp
        let deactivated: Timestamp?
        let isLocked: Bool
        let isSuspended: Bool
        let lastSeen: Timestamp?

        func write(to object: inout JSONObjectWriter) {
            object["admin"] = isAdmin
            object["created_ts"] = created
            object["deactivated_ts"] = deactivated
            object["display_name"] = displayName
            object["last_seen_ts"] = lastSeen
            object["locked"] = isLocked
            object["suspended"] = isSuspended
            object["user_id"] = userID
        }
    }

    /// - Parameter after: The user ID before the first; empty: from the beginning.
    func page(after: String, limit: Int) throws -> [Listed] {
        try db.all(
            """
            SELECT u.user_id, u.display_name, u.is_admin, u.created_ts, u.deactivated_ts,
                   u.locked_ts IS NOT NULL, u.suspended_ts IS NOT NULL,
                   (SELECT max(d.last_seen_ts) FROM devices d WHERE d.user_id = u.user_id)
            FROM users u WHERE u.user_id > \(after) ORDER BY u.user_id LIMIT \(limit)
            """
        ) { row in
            Listed(
                userID: try row[0], displayName: try row.optional(1), isAdmin: try row[2],
                created: try row[3], deactivated: try row.optional(4), isLocked: try row[5],
                isSuspended: try row[6], lastSeen: try row.optional(7))
        }
    }
}
