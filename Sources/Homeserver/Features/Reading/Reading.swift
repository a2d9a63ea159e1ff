import Database
import MatrixTypes

/// Reading what was said.
///
/// - Spec: [Getting events for a room](https://spec.matrix.org/v1.19/client-server-api/#getting-events-for-a-room)
struct Reading: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let messages = ReadMessages(database: database, engine: engine, clock: clock)
        routes.client.get("/v3/rooms/{roomId}/messages", use: messages.respond)
        let event = ReadEvent(database: database, engine: engine, clock: clock)
        routes.client.get("/v3/rooms/{roomId}/event/{eventId}", use: event.respond)
        let context = ReadContext(database: database, engine: engine, clock: clock)
        routes.client.get("/v3/rooms/{roomId}/context/{eventId}", use: context.respond)
        let jump = EventAtTime(database: database, engine: engine)
        routes.client.get("/v1/rooms/{roomId}/timestamp_to_event", use: jump.respond)
    }
}
