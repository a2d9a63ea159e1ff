import Database
import HTTPTypes
import MatrixTypes

/// Opening sessions, keeping them alive, and ending them.
///
/// - Spec: [Login](https://spec.matrix.org/v1.19/client-server-api/#login)
struct Login: Feature {
    let database: Database
    let sessions: Sessions
    let passwords: PasswordCheck
    let auth: InteractiveAuth
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let logIn = LogIn(
            database: database, sessions: sessions, passwords: passwords, clock: clock)
        routes.client.open(.get, "/v3/login", use: logIn.flows)
        routes.client.open(.post, "/v3/login", limit: .login, use: logIn.respond)
        let tokens = LoginTokens(database: database, auth: auth, clock: clock)
        routes.client.post("/v1/login/get_token", use: tokens.respond)
        let refresh = RefreshSession(database: database, sessions: sessions, clock: clock)
        routes.client.open(.post, "/v3/refresh", limit: .login, use: refresh.respond)
        let logOut = LogOut(database: database, sessions: sessions)
        routes.client.post("/v3/logout", .evenLocked, use: logOut.respond)
        routes.client.post("/v3/logout/all", .evenLocked, use: logOut.respondAll)
    }

    var jobs: [any Job] {
        [
            ExpiryJob(name: "login tokens", interval: .seconds(3600), database: database) {
                try LoginTokenStore(db: $0).deleteExpired(at: $1, limit: $2)
            },
            ExpiryJob(name: "access tokens", interval: .seconds(86_400), database: database) {
                try SessionStore(db: $0).deleteAccessTokens(
                    expiredBefore: $1 - Self.accessTokenMemory, limit: $2)
            },
            ExpiryJob(name: "refresh tokens", interval: .seconds(86_400), database: database) {
                try SessionStore(db: $0).deleteRefreshTokens(
                    spentBefore: $1 - Self.refreshTokenMemory, limit: $2)
            },
        ]
    }

    /// An expired access token is known for a year: as long, its client is told to refresh rather
    /// than that it is logged out, which would have it delete its keys.
    static let accessTokenMemory = Duration.seconds(365 * 86_400)
    /// A spent refresh token that comes again ends its session for as long; later it is not known.
    static let refreshTokenMemory = Duration.seconds(30 * 86_400)
}
