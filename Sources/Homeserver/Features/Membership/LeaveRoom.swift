import Database
import Hummingbird
import MatrixTypes

/// Leaves a room, declines an invitation, or takes back a knock.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/leave`
///
/// Leaving once more appends nothing.
///
/// - Errors: `M_FORBIDDEN` for a room that never concerned the user, or that they are banned from.
/// - Spec: [Leaving rooms](https://spec.matrix.org/v1.19/client-server-api/#leaving-rooms)
struct LeaveRoom: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let body = try await request.optionalJSONObject()
        let leave = MembershipRequest(
            sender: context.userID, target: context.userID, membership: .leave,
            reason: try readingBody { try body.string("reason") },
            now: clock.now)
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.rooms.head(of: roomID)
            guard let room, let now = try timeline.membership(of: leave.target, in: room) else {
                throw MatrixError.forbidden("You are not in this room.")
            }
            if now != .leave { try timeline.change(leave, in: room) }
        }
        return .empty
    }
}
