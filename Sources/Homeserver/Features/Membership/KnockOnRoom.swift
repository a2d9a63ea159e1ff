import Database
import Hummingbird
import MatrixTypes

/// Asks to be let into a room.
///
/// `POST /_matrix/client/v3/knock/{roomIdOrAlias}`
///
/// Knocking again with the same words appends nothing.
///
/// - Errors: `M_NOT_FOUND` for a room that this server does not know; `M_FORBIDDEN` where the room
///   does not take knocks, or the user is in it, invited or banned.
/// - Spec: [Knocking on rooms](https://spec.matrix.org/v1.19/client-server-api/#knocking-on-rooms)
struct KnockOnRoom: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let reference = try context.roomReference()
        let body = try await request.optionalJSONObject()
        let knock = MembershipRequest(
            sender: context.userID, target: context.userID, membership: .knock,
            reason: try readingBody { try body.string("reason") },
            now: clock.now)
        let roomID = try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.roomToEnter(reference)
            try timeline.change(knock, in: room)
            return room.roomID
        }
        return .json { $0["room_id"] = roomID }
    }
}
