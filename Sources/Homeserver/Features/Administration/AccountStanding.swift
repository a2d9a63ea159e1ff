import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Administrators lock and suspend accounts, and see where somebody is logged in.
///
/// `GET /_matrix/client/v1/admin/lock/{userId}`
/// `PUT /_matrix/client/v1/admin/lock/{userId}`
/// `GET /_matrix/client/v1/admin/suspend/{userId}`
/// `PUT /_matrix/client/v1/admin/suspend/{userId}`
/// `GET /_matrix/client/v3/admin/whois/{userId}`
///
/// - Errors: `M_FORBIDDEN` for whoever is no administrator, and against an administrator or
///   oneself; `M_NOT_FOUND` for an account that is not here; `M_INVALID_PARAM` for one of another
///   server.
/// - Spec: [Server administration](https://spec.matrix.org/v1.19/client-server-api/#server-administration)
struct AccountStanding: Feature {
    let database: Database
    let sessions: Sessions
    let serverName: ServerName
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        routes.client.get("/v1/admin/lock/{userId}") { [self] in try await readLock($0, $1) }
        routes.client.put("/v1/admin/lock/{userId}") { [self] in try await setLock($0, $1) }
        routes.client.get("/v1/admin/suspend/{userId}") { [self] in try await readSuspension($0, $1)
        }
        routes.client.put("/v1/admin/suspend/{userId}") { [self] in try await setSuspension($0, $1)
        }
        routes.client.get("/v3/admin/whois/{userId}") { [self] in try await whois($0, $1) }
    }

    private func readLock(_ request: Request, _ context: ClientContext) async throws -> Response {
        let account = try await target(context)
        return .json { $0["locked"] = account.isLocked }
    }

    private func setLock(_ request: Request, _ context: ClientContext) async throws -> Response {
        let locks = try await flag("locked", request)
        let user = try await changeable(context).userID
        let now = clock.now
        try await database.write { [sessions] db in
            try AccountStore(db: db).setLocked(user, since: locks ? now : nil)
            sessions.forget(try SessionStore(db: db).tokenHashes(of: user, .all), in: db)
        }
        return .json { $0["locked"] = locks }
    }

    private func readSuspension(_ request: Request, _ context: ClientContext) async throws
        -> Response
    {
        let account = try await target(context)
        return .json { $0["suspended"] = account.isSuspended }
    }

    private func setSuspension(_ request: Request, _ context: ClientContext) async throws
        -> Response
    {
        let suspends = try await flag("suspended", request)
        let user = try await changeable(context).userID
        let now = clock.now
        try await database.write { [sessions] db in
            try AccountStore(db: db).setSuspended(user, since: suspends ? now : nil)
            sessions.forget(try SessionStore(db: db).tokenHashes(of: user, .all), in: db)
        }
        return .json { $0["suspended"] = suspends }
    }

    private func flag(_ name: String, _ request: Request) async throws -> Bool {
        guard let flag = try await request.jsonObject()[name]?.bool else {
            throw MatrixError.missingParameter(name)
        }
        return flag
    }

    private func whois(_ request: Request, _ context: ClientContext) async throws -> Response {
        let user = try context.user()
        if user != context.userID { try await requireAdministrator(context) }
        let devices = try await database.read { try DeviceStore(db: $0).devices(of: user) }
        return .json { answer in
            answer.object("devices") { object in
                for device in devices {
                    object.object(device.deviceID.rawValue) { write(device, to: &$0) }
                }
            }
            answer["user_id"] = user
        }
    }

    private func write(_ device: DeviceStore.Device, to object: inout JSONObjectWriter) {
        object.array("sessions") { sessions in
            sessions.object { session in
                session.array("connections") { connections in
                    guard let seen = device.lastSeen else { return }
                    connections.object { connection in
                        connection["ip"] = device.lastSeenIP
                        connection["last_seen"] = seen
                        connection["user_agent"] = device.lastSeenUserAgent
                    }
                }
            }
        }
    }

    private func requireAdministrator(_ context: ClientContext) async throws {
        let user = context.userID
        let account = try await database.read { try AccountStore(db: $0).account(user) }
        guard account?.isAdmin == true else {
            throw MatrixError.forbidden("This is for administrators.")
        }
    }

    private func target(_ context: ClientContext) async throws -> AccountStore.Account {
        try await requireAdministrator(context)
        let user = try context.user()
        guard user.server == serverName else {
            throw MatrixError.invalidParameter("userId", "This account is on another server.")
        }
        let account = try await database.read { try AccountStore(db: $0).account(user) }
        guard let account, !account.isDeactivated else {
            throw MatrixError.notFound("There is no such account.")
        }
        return account
    }

    private func changeable(_ context: ClientContext) async throws -> AccountStore.Account {
        let account = try await target(context)
        guard account.userID != context.userID, !account.isAdmin else {
            throw MatrixError.forbidden("Administrators are not locked or suspended in this way.")
        }
        return account
    }
}
