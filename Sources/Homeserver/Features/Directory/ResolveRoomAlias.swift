import Database
import Hummingbird
import MatrixTypes

/// Tells which room an alias stands for.
///
/// `GET /_matrix/client/v3/directory/room/{roomAlias}`
///
/// - Errors: `M_INVALID_PARAM` for what is no alias; `M_NOT_FOUND` where it stands for no room.
/// - Spec: [GET /directory/room/{roomAlias}](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3directoryroomroomalias)
struct ResolveRoomAlias: Sendable {
    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: OpenContext) async throws -> Response {
        let alias = try context.roomAlias()
        let roomID = try await database.read { [engine] db -> RoomID? in
            guard let room = try engine.timeline(in: db).room(.alias(alias)), !room.isBlocked
            else { return nil }
            return room.roomID
        }
        guard let roomID else { throw MatrixError.noSuchAlias }
        return .json { answer in
            answer["room_id"] = roomID
            answer["servers"] = [engine.serverName]
        }
    }
}

extension OpenContext {
    /// The path's `{roomAlias}`.
    func roomAlias(_ name: String = "roomAlias") throws -> RoomAlias {
        guard let alias = RoomAlias(try parameter(name)) else {
            throw MatrixError.invalidParameter(name, "This is not a room alias.")
        }
        return alias
    }
}

extension MatrixError {
    static let noSuchAlias = notFound("There is no room with this alias.")
}
