import Database
import Hummingbird
import MatrixTypes

/// Lists the aliases that a room has on this server.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/aliases`
///
/// - Errors: `M_FORBIDDEN` where the reader is not in the room, and not everybody may read it.
/// - Spec: [GET /aliases](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidaliases)
struct ListRoomAliases: Sendable {
    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let user = context.userID
        let aliases = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let refusal = MatrixError.forbidden("You are not in this room.")
            guard let room = try timeline.rooms.head(of: roomID) else { throw refusal }
            if try timeline.membership(of: user, in: room) != .join {
                guard try timeline.visibility(of: room) == .worldReadable else { throw refusal }
            }
            return try timeline.aliases.aliases(of: room.number)
        }
        return .json { $0["aliases"] = aliases }
    }
}
