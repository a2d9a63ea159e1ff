import Database
import MatrixTypes

/// Events that say something about others: threads, edits, reactions, references.
///
/// - Spec: [Forming relationships between events](https://spec.matrix.org/v1.19/client-server-api/#forming-relationships-between-events)
struct Relations: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let read = ReadRelations(database: database, engine: engine, clock: clock)
        let path = "/v1/rooms/{roomId}/relations/{eventId}"
        routes.client.get(path, use: read.respond)
        routes.client.get("\(path)/{relType}", use: read.respond)
        routes.client.get("\(path)/{relType}/{eventType}", use: read.respond)
        let threads = ListThreads(database: database, engine: engine, clock: clock)
        routes.client.get("/v1/rooms/{roomId}/threads", use: threads.respond)
    }
}
