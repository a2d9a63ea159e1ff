import Database
import Hummingbird
import MatrixTypes

/// Makes a room, whole or not at all: all its first events are appended in one block.
///
/// `POST /_matrix/client/v3/createRoom`
///
/// - Errors: `M_BAD_JSON` and `M_INVALID_PARAM` for a body that is not as it should be;
///   `M_UNSUPPORTED_ROOM_VERSION`; `M_ROOM_IN_USE` where the alias is taken; `M_INVALID_ROOM_STATE`
///   where the rules of the room refuse one of its own first events; `M_INVITE_BLOCKED` where
///   somebody takes no invitations; `M_THREEPID_DENIED` for invitations by e-mail address.
/// - Spec: [POST /createRoom](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom)
struct CreateRoom: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.optionalJSONObject()
        let order = try RoomOrder(from: body, by: context.userID, engine: engine, at: clock.now)
        let roomID = try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try order.begin(on: timeline)
            try order.invite(to: room, on: timeline)
            if order.isListed {
                try timeline.setListed(true, try timeline.head(of: room))
            }
            return room
        }
        return .json { $0["room_id"] = roomID }
    }
}
