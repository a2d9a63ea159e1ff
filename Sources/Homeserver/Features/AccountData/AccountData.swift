import Database
import HTTPTypes
import MatrixTypes

/// What clients keep for their user: settings, tags of rooms, lists of people to ignore.
///
/// - Spec: [Client config](https://spec.matrix.org/v1.19/client-server-api/#client-config)
struct AccountData: Feature {
    let database: Database
    let engine: RoomEngine

    var syncSections: [any SyncSection] { [AccountDataInSync()] }

    func addRoutes(to routes: Routes) {
        let global = GlobalAccountData(database: database)
        let path = "/v3/user/{userId}/account_data/{type}"
        routes.client.get(path, use: global.read)
        routes.client.put(path, .evenSuspended, use: global.set)
        routes.client.delete("/v3/user/{userId}/account_data/{type}", use: global.delete)
        let room = RoomAccountData(database: database, engine: engine)
        let roomPath = "/v3/user/{userId}/rooms/{roomId}/account_data/{type}"
        routes.client.get(roomPath, use: room.read)
        routes.client.put(roomPath, .evenSuspended, use: room.set)
        routes.client.delete(roomPath, use: room.delete)
        let tags = Tags(database: database, engine: engine)
        routes.client.get("/v3/user/{userId}/rooms/{roomId}/tags", use: tags.list)
        routes.client.put(
            "/v3/user/{userId}/rooms/{roomId}/tags/{tag}", .evenSuspended, use: tags.set)
        routes.client.delete(
            "/v3/user/{userId}/rooms/{roomId}/tags/{tag}", .evenSuspended, use: tags.delete)
    }
}
