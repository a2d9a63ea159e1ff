import Database
import HTTPTypes
import MatrixTypes

/// What people do with their account: change its password, close it, ask whose it is.
///
/// - Spec: [Account management](https://spec.matrix.org/v1.19/client-server-api/#account-management)
struct Accounts: Feature {
    let database: Database
    let engine: RoomEngine
    let sessions: Sessions
    let hasher: PasswordHasher
    let auth: InteractiveAuth
    let observers: [any ProfileObserver]
    let clock: any WallClock

    var deactivation: DeactivateAccount {
        DeactivateAccount(
            database: database, engine: engine, sessions: sessions, auth: auth,
            observers: observers, clock: clock)
    }

    func addRoutes(to routes: Routes) {
        routes.client.get("/v3/account/whoami", use: WhoAmI().respond)
        let change = ChangePassword(
            database: database, sessions: sessions, hasher: hasher, auth: auth)
        routes.client.post("/v3/account/password", use: change.respond)
        routes.client.post("/v3/account/deactivate", .evenSuspended, use: deactivation.respond)
        let addresses = ThirdPartyIDs()
        routes.client.get("/v3/account/3pid", use: addresses.list)
        for path in ["/v3/account/3pid", "/v3/account/3pid/add", "/v3/account/3pid/bind"] {
            routes.client.post(path, use: addresses.refuse)
        }
        for path in ["/v3/account/3pid/delete", "/v3/account/3pid/unbind"] {
            routes.client.post(path, use: addresses.refuse)
        }
        for path in [
            "/v3/account/3pid/email/requestToken", "/v3/account/3pid/msisdn/requestToken",
            "/v3/account/password/email/requestToken", "/v3/account/password/msisdn/requestToken",
            "/v3/register/email/requestToken", "/v3/register/msisdn/requestToken",
        ] {
            routes.client.open(.post, path, limit: .registration, use: addresses.refuseToken)
        }
    }
}
