import Database
import Hummingbird
import MatrixTypes

/// Has somebody else leave a room, for now or for good, and lets them come back.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/kick`
/// `POST /_matrix/client/v3/rooms/{roomId}/ban`
/// `POST /_matrix/client/v3/rooms/{roomId}/unban`
///
/// - Errors: `M_FORBIDDEN` where the sender is not in the room or lacks the power, or where there
///   is nobody to kick or no ban to lift.
/// - Spec: [Kicking users](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidkick),
///   [Banning users in a room](https://spec.matrix.org/v1.19/client-server-api/#banning-users-in-a-room)
struct RemoveUser: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func kick(to request: Request, context: ClientContext) async throws -> Response {
        try await change(to: .leave, request, context) { now in
            // A leave would lift a ban, which asks for more power: there is `unban` for that.
            guard now == .join || now == .invite || now == .knock else {
                throw MatrixError.forbidden("They are not in this room.")
            }
        }
    }

    @Sendable
    func ban(to request: Request, context: ClientContext) async throws -> Response {
        try await change(to: .ban, request, context) { _ in }
    }

    @Sendable
    func unban(to request: Request, context: ClientContext) async throws -> Response {
        try await change(to: .leave, request, context) { now in
            guard now == .ban else { throw MatrixError.forbidden("They are not banned.") }
        }
    }

    private func change(
        to membership: Membership, _ request: Request, _ context: ClientContext,
        _ check: @escaping @Sendable (Membership?) throws -> Void
    ) async throws -> Response {
        let roomID = try context.roomID()
        let body = try await request.jsonObject()
        let (target, reason) = try readingBody {
            (try body.requiredIdentifier("user_id", as: UserID.self), try body.string("reason"))
        }
        let change = MembershipRequest(
            sender: context.userID, target: target, membership: membership, reason: reason,
            now: clock.now)
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.joinedRoom(roomID, for: change.sender)
            try check(try timeline.membership(of: target, in: room))
            try timeline.change(change, in: room)
        }
        return .empty
    }
}
