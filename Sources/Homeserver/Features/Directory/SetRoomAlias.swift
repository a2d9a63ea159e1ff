import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Gives a room one more alias on this server.
///
/// `PUT /_matrix/client/v3/directory/room/{roomAlias}`
///
/// - Errors: `M_INVALID_PARAM` for an alias that is none, or is of another server; `M_FORBIDDEN`
///   where the user is not in the room; `M_UNKNOWN` with 409 where the alias is taken, also by the
///   same room; `M_RESOURCE_LIMIT_EXCEEDED` where the room has very many.
/// - Spec: [PUT /directory/room/{roomAlias}](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3directoryroomroomalias)
struct SetRoomAlias: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let alias = try context.open.roomAlias()
        guard alias.isFitForNew, alias.server == engine.serverName else {
            throw MatrixError.invalidParameter(
                "roomAlias", "An alias here is #something:\(engine.serverName), without spaces.")
        }
        let body = try await request.jsonObject()
        let roomID = try readingBody { try body.requiredIdentifier("room_id", as: RoomID.self) }
        let user = context.userID
        let now = clock.now
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.joinedRoom(roomID, for: user)
            guard !room.isBlocked else { throw MatrixError.forbidden("This room is closed.") }
            guard try timeline.aliases.count(of: room.number) < AliasStore.mostPerRoom else {
                throw MatrixError(
                    .forbidden, MatrixError.Code(rawValue: "M_RESOURCE_LIMIT_EXCEEDED"),
                    "A room has at most \(AliasStore.mostPerRoom) aliases.")
            }
            guard try timeline.aliases.insert(alias, for: room.number, by: user, at: now) else {
                throw MatrixError(.conflict, .unknown, "The alias \(alias) is taken.")
            }
        }
        return .empty
    }
}
