import Database
import HTTPTypes
import MatrixRules
import MatrixTypes

/// Finding rooms: aliases, and the directory of public rooms.
///
/// - Spec: [Room aliases](https://spec.matrix.org/v1.19/client-server-api/#room-aliases),
///   [Published room directory](https://spec.matrix.org/v1.19/client-server-api/#published-room-directory)
struct RoomDirectory: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    init(database: Database, engine: RoomEngine, clock: any WallClock) {
        self.database = database
        self.engine = engine
        self.clock = clock
    }

    func addRoutes(to routes: Routes) {
        let resolve = ResolveRoomAlias(database: database, engine: engine)
        routes.client.open(.get, "/v3/directory/room/{roomAlias}", use: resolve.respond)
        let demands = Demands.writing.limited(by: .membership)
        let set = SetRoomAlias(database: database, engine: engine, clock: clock)
        routes.client.put("/v3/directory/room/{roomAlias}", demands, use: set.respond)
        let delete = DeleteRoomAlias(database: database, engine: engine, clock: clock)
        routes.client.delete("/v3/directory/room/{roomAlias}", demands, use: delete.respond)
        let list = ListRoomAliases(database: database, engine: engine)
        routes.client.get("/v3/rooms/{roomId}/aliases", use: list.respond)

        let visibility = DirectoryVisibility(database: database, engine: engine)
        routes.client.open(.get, "/v3/directory/list/room/{roomId}", use: visibility.get)
        routes.client.put("/v3/directory/list/room/{roomId}", demands, use: visibility.set)
        let rooms = ListPublicRooms(database: database, engine: engine)
        let searching = Demands.reading.limited(by: .searching)
        routes.client.get("/v3/publicRooms", searching, use: rooms.respondToQuery)
        routes.client.post("/v3/publicRooms", searching, use: rooms.respondToBody)
    }
}

extension RoomPower {
    /// Whoever may set the canonical alias may change what else is public about a room.
    func mayPublish(_ user: UserID) -> Bool { maySend(user, .canonicalAlias, isState: true) }
}
