import Database
import MatrixTypes

/// Coming into rooms and leaving them.
///
/// - Spec: [Room membership](https://spec.matrix.org/v1.19/client-server-api/#room-membership)
struct RoomMembership: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    init(database: Database, engine: RoomEngine, clock: any WallClock) {
        self.database = database
        self.engine = engine
        self.clock = clock
    }

    func addRoutes(to routes: Routes) {
        let demands = Demands.writing.limited(by: .membership)
        let join = JoinRoom(database: database, engine: engine, clock: clock)
        routes.client.post("/v3/rooms/{roomId}/join", demands, use: join.respondToID)
        routes.client.post("/v3/join/{roomIdOrAlias}", demands, use: join.respondToIDOrAlias)
        let knock = KnockOnRoom(database: database, engine: engine, clock: clock)
        routes.client.post("/v3/knock/{roomIdOrAlias}", demands, use: knock.respond)
        let invite = InviteUser(database: database, engine: engine, clock: clock)
        routes.client.post("/v3/rooms/{roomId}/invite", demands, use: invite.respond)

        let leave = LeaveRoom(database: database, engine: engine, clock: clock)
        let tidying = Demands.evenSuspended.limited(by: .membership)
        routes.client.post("/v3/rooms/{roomId}/leave", tidying, use: leave.respond)
        let forget = ForgetRoom(database: database, engine: engine)
        routes.client.post("/v3/rooms/{roomId}/forget", tidying, use: forget.respond)

        let remove = RemoveUser(database: database, engine: engine, clock: clock)
        routes.client.post("/v3/rooms/{roomId}/kick", demands, use: remove.kick)
        routes.client.post("/v3/rooms/{roomId}/ban", demands, use: remove.ban)
        routes.client.post("/v3/rooms/{roomId}/unban", demands, use: remove.unban)

        let joined = ListJoinedRooms(database: database)
        routes.client.get("/v3/joined_rooms", use: joined.respond)
    }
}
