import Database
import Hummingbird
import MatrixTypes

/// Reads one state event: of now, or of when the reader left.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}`
///
/// - Errors: `M_NOT_FOUND` where the state has no such event; `M_FORBIDDEN` where the reader never
///   was in the room, and not everybody may read it; `M_INVALID_PARAM` for a `format` that is none.
/// - Spec: [GET /state/{eventType}/{stateKey}](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidstateeventtypestatekey)
struct GetStateEvent: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respondToType(to request: Request, context: ClientContext) async throws -> Response {
        try await answer("", context)
    }

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        try await answer(try context.parameter("stateKey"), context)
    }

    private func answer(_ stateKey: String, _ context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let key = StateKey(EventType(rawValue: try context.parameter("eventType")), stateKey)
        let wantsEvent = try wantsEvent(context.query)
        let requester = context.requester
        let now = clock.now
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let readable = try timeline.readableState(of: roomID, for: requester.userID)
            guard let position = try timeline.state.position(of: key, in: readable.group),
                let event = try timeline.events.event(at: position)
            else { throw MatrixError.notFound("The room has no such state.") }
            guard wantsEvent else { return Array(event.contentBytes) }
            var writer = ClientEvents(
                timeline, for: requester, in: readable.room, now: now, withRoomID: true)
            return try writer.bytes(of: event)
        }
        return .json(bytes: bytes)
    }

    private func wantsEvent(_ query: QueryParameters) throws -> Bool {
        switch query["format"] {
        case nil, "content": false
        case "event": true
        default: throw MatrixError.invalidParameter("format")
        }
    }
}
