import Database
import HTTPTypes
import MatrixTypes

/// What people say of themselves: their name, their picture, and fields of their own.
///
/// - Spec: [Profiles](https://spec.matrix.org/v1.19/client-server-api/#profiles)
struct Profiles: Feature {
    let database: Database
    let engine: RoomEngine
    let observers: [any ProfileObserver]
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let read = ReadProfile(database: database)
        routes.client.open(.get, "/v3/profile/{userId}", use: read.respond)
        routes.client.open(.get, "/v3/profile/{userId}/{keyName}", use: read.respondField)
        let set = SetProfileField(
            database: database, engine: engine, observers: observers, clock: clock)
        let demands = Demands.writing.limited(by: .profile)
        routes.client.put("/v3/profile/{userId}/{keyName}", demands, use: set.respond)
        routes.client.delete("/v3/profile/{userId}/{keyName}", demands, use: set.respondDelete)
    }
}
