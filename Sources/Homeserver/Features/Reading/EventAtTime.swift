import Database
import Hummingbird
import MatrixTypes

/// Finds the event closest to a time.
///
/// `GET /_matrix/client/v1/rooms/{roomId}/timestamp_to_event`
///
/// - Errors: `M_NOT_FOUND` where there is none in this direction.
/// - Spec: [Getting events for a room](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidtimestamp_to_event)
struct EventAtTime: Sendable {
    /// Events that the reader may not see are passed over this often.
    static let mostLookups = 100

    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        guard let text = context.query["ts"] else { throw MatrixError.missingParameter("ts") }
        guard let time = Int64(text), time >= 0 else { throw MatrixError.invalidParameter("ts") }
        let direction = context.query["dir"] ?? "f"
        guard ["f", "b"].contains(direction) else { throw MatrixError.invalidParameter("dir") }
        let user = context.userID
        let event = try await database.read { [engine] db -> StoredEvent? in
            let timeline = engine.timeline(in: db)
            let room = try timeline.readableRoom(roomID, for: user)
            var reader = HistoryReader(timeline: timeline, user: user, room: room)
            let found = try timeline.events.near(
                Timestamp(rawValue: time), in: room.number, backwards: direction == "b",
                limit: Self.mostLookups)
            return try found.first { try reader.maySee($0) }
        }
        guard let event else { throw MatrixError.notFound("There is no event on this side.") }
        return .json { answer in
            answer["event_id"] = event.eventID
            answer["origin_server_ts"] = event.originServerTS
        }
    }
}
