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
}
