import Database
import MatrixTypes

/// Making rooms, and replacing them by others of another version.
///
/// - Spec: [Creation](https://spec.matrix.org/v1.19/client-server-api/#creation),
///   [Room Upgrades](https://spec.matrix.org/v1.19/client-server-api/#room-upgrades)
struct RoomCreation: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    init(database: Database, engine: RoomEngine, clock: any WallClock) {
        self.database = database
        self.engine = engine
        self.clock = clock
    }

    func addRoutes(to routes: Routes) {
        let demands = Demands.writing.limited(by: .roomCreation)
        let create = CreateRoom(database: database, engine: engine, clock: clock)
        routes.client.post("/v3/createRoom", demands, use: create.respond)
        let upgrade = UpgradeRoom(database: database, engine: engine, clock: clock)
        routes.client.post("/v3/rooms/{roomId}/upgrade", demands, use: upgrade.respond)
    }
}
