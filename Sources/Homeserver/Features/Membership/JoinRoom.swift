import Database
import Hummingbird
import MatrixRules
import MatrixTypes

/// Joins a room.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/join`
/// `POST /_matrix/client/v3/join/{roomIdOrAlias}`
///
/// Joining a room that one is in already appends nothing. Members of the body that the API does not
/// name become members of the event's content.
///
/// - Errors: `M_NOT_FOUND` for a room that this server does not know; `M_FORBIDDEN` where the join
///   rules do not let the user in; `M_UNABLE_TO_AUTHORISE_JOIN` where the room is restricted and
///   nobody here may vouch for the join.
/// - Spec: [Joining rooms](https://spec.matrix.org/v1.19/client-server-api/#joining-rooms)
struct JoinRoom: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respondToID(to request: Request, context: ClientContext) async throws -> Response {
        try await join(.id(try context.roomID()), request, context)
    }

    @Sendable
    func respondToIDOrAlias(to request: Request, context: ClientContext) async throws -> Response {
        try await join(try context.roomReference(), request, context)
    }

    private func join(
        _ reference: RoomReference, _ request: Request, _ context: ClientContext
    ) async throws -> Response {
        let body = try await request.optionalJSONObject()
        let join = MembershipRequest(
            sender: context.userID, target: context.userID, membership: .join, content: body,
            reason: try readingBody { try body.string("reason") },
            now: clock.now)
        let roomID = try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.roomToEnter(reference)
            if try timeline.membership(of: join.target, in: room) != .join {
                try timeline.change(join, in: room)
            }
            return room.roomID
        }
        return .json { $0["room_id"] = roomID }
    }
}
