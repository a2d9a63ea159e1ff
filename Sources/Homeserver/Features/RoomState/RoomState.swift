import Database
import MatrixTypes

/// Reading and setting the state of rooms.
///
/// - Spec: [Getting events for a room](https://spec.matrix.org/v1.19/client-server-api/#getting-events-for-a-room)
struct StateOfRooms: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    init(database: Database, engine: RoomEngine, clock: any WallClock) {
        self.database = database
        self.engine = engine
        self.clock = clock
    }

    func addRoutes(to routes: Routes) {
        let list = ListState(database: database, engine: engine, clock: clock)
        routes.client.get("/v3/rooms/{roomId}/state", use: list.respond)
        let get = GetStateEvent(database: database, engine: engine, clock: clock)
        routes.client.get("/v3/rooms/{roomId}/state/{eventType}", use: get.respondToType)
        routes.client.get("/v3/rooms/{roomId}/state/{eventType}/{stateKey}", use: get.respond)

        let set = SetStateEvent(database: database, engine: engine, clock: clock)
        let demands = Demands.writing.limited(by: .sending)
        routes.client.put("/v3/rooms/{roomId}/state/{eventType}", demands, use: set.respondToType)
        routes.client.put(
            "/v3/rooms/{roomId}/state/{eventType}/{stateKey}", demands, use: set.respond)

        let members = ListMembers(database: database, engine: engine, clock: clock)
        routes.client.get("/v3/rooms/{roomId}/members", use: members.respond)
        let joined = ListJoinedMembers(database: database, engine: engine)
        routes.client.get("/v3/rooms/{roomId}/joined_members", use: joined.respond)
    }
}
