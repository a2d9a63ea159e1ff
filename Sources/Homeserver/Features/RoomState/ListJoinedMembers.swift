import Database
import Hummingbird
import MatrixTypes

/// Lists those who are in a room, by what they are called there.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/joined_members`
///
/// - Errors: `M_FORBIDDEN` where the reader is not in the room.
/// - Spec: [GET /joined_members](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidjoined_members)
struct ListJoinedMembers: Sendable {
    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let user = context.userID
        let members = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.joinedRoom(roomID, for: user)
            return try timeline.memberships.members(of: room.number, .join)
        }
        return .json { answer in
            answer.object("joined") { joined in
                for member in members {
                    joined.object(member.userID.rawValue) { object in
                        object["avatar_url"] = member.avatarURL
                        object["display_name"] = member.displayName
                    }
                }
            }
        }
    }
}
