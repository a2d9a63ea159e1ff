import Database
import Hummingbird
import MatrixTypes

/// Invites somebody to a room.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/invite`
///
/// The same invitation once more appends nothing.
///
/// - Errors: `M_FORBIDDEN` where the sender may not invite, or the target is in the room or banned;
///   `M_INVITE_BLOCKED` where the target takes no invitations; `M_THREEPID_DENIED` for an
///   invitation by e-mail address, which this server does not make.
/// - Spec: [POST /invite](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidinvite)
struct InviteUser: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let body = try await request.jsonObject()
        guard body["address"] == nil, body["medium"] == nil, body["id_server"] == nil else {
            throw MatrixError.invitesByAddressDenied
        }
        let (target, reason) = try readingBody {
            (try body.requiredIdentifier("user_id", as: UserID.self), try body.string("reason"))
        }
        let invite = MembershipRequest(
            sender: context.userID, target: target, membership: .invite, reason: reason,
            now: clock.now)
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.joinedRoom(roomID, for: invite.sender)
            try timeline.change(invite, in: room)
        }
        return .empty
    }
}
