import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Forgets a room that one has left: it vanishes, its history too.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/forget`
///
/// Forgetting once more, or what never concerned one, changes nothing. An invitation or a join
/// brings the room back.
///
/// - Errors: `M_UNKNOWN` where the user is in the room, invited or knocking.
/// - Spec: [POST /forget](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidforget)
struct ForgetRoom: Sendable {
    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let user = context.userID
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            guard let room = try timeline.rooms.number(of: roomID),
                let entry = try timeline.memberships.entry(of: user, in: room)
            else { return }
            guard entry.membership == .leave || entry.membership == .ban else {
                throw MatrixError(.badRequest, .unknown, "Leave the room before forgetting it.")
            }
            if !entry.isForgotten { try timeline.memberships.forget(room, by: user) }
        }
        return .empty
    }
}
