import Database
import Hummingbird
import MatrixTypes

/// Lists all state events of a room: of now, or of when the reader left.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/state`
///
/// - Errors: `M_FORBIDDEN` where the reader never was in the room, and not everybody may read it.
/// - Spec: [GET /state](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidstate)
struct ListState: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let user = context.userID
        let now = clock.now
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let readable = try timeline.readableState(of: roomID, for: user)
            var positions: [StreamPosition] = []
            try timeline.state.forEach(in: readable.group) { positions.append($0.position) }
            let events = StateEventWriter(timeline: timeline, room: readable.room, now: now)
            var writer = JSONWriter()
            try writer.array { try events.write(positions.sorted(), to: &$0) }
            return writer.bytes
        }
        return .json(bytes: bytes)
    }
}
