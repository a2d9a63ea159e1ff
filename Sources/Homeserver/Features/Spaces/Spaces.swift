import Database
import MatrixTypes

/// Looking at rooms before one is in them: summaries, and the tree of a space.
///
/// - Spec: [Spaces](https://spec.matrix.org/v1.19/client-server-api/#spaces),
///   [Room Summaries](https://spec.matrix.org/v1.19/client-server-api/#room-summaries)
struct Spaces: Feature {
    let database: Database
    let engine: RoomEngine

    init(database: Database, engine: RoomEngine) {
        self.database = database
        self.engine = engine
    }

    func addRoutes(to routes: Routes) {
        let summary = GetRoomSummary(database: database, engine: engine)
        routes.client.get("/v1/room_summary/{roomIdOrAlias}", use: summary.respond)
        // Where clients looked for it before it was in the specification.
        let unstable = "/unstable/im.nheko.summary"
        routes.client.get(
            "\(unstable)/summary/{roomIdOrAlias}", use: summary.respondAsBefore)
        routes.client.get(
            "\(unstable)/rooms/{roomIdOrAlias}/summary", use: summary.respondAsBefore)

        let hierarchy = GetHierarchy(database: database, engine: engine)
        let demands = Demands.reading.limited(by: .searching)
        routes.client.get("/v1/rooms/{roomId}/hierarchy", demands, use: hierarchy.respond)
    }
}
