import Database
import Hummingbird
import MatrixRules
import MatrixTypes

/// Tells and changes whether a room is in the directory of public rooms.
///
/// `GET /_matrix/client/v3/directory/list/room/{roomId}`
/// `PUT /_matrix/client/v3/directory/list/room/{roomId}`
///
/// - Errors: `M_NOT_FOUND` for a room that this server does not know; `M_FORBIDDEN` where the user
///   may not set the room's canonical alias; `M_INVALID_PARAM` for a visibility that is none.
/// - Spec: [GET /directory/list/room/{roomId}](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3directorylistroomroomid)
struct DirectoryVisibility: Sendable {
    let database: Database
    let engine: RoomEngine

    @Sendable
    func get(to request: Request, context: OpenContext) async throws -> Response {
        guard let roomID = RoomID(try context.parameter("roomId")) else {
            throw MatrixError.invalidParameter("roomId", "This is not a room ID.")
        }
        let isListed = try await database.read { [engine] db -> Bool? in
            let timeline = engine.timeline(in: db)
            guard let room = try timeline.rooms.head(of: roomID) else { return nil }
            return try timeline.summaries.summary(of: room.number).isListed
        }
        guard let isListed else { throw MatrixError.notFound("There is no such room.") }
        return .json { $0["visibility"] = isListed ? "public" : "private" }
    }

    @Sendable
    func set(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let body = try await request.optionalJSONObject()
        let visibility = try readingBody { try body.string("visibility") } ?? "public"
        guard visibility == "public" || visibility == "private" else {
            throw MatrixError.invalidParameter("visibility")
        }
        let user = context.userID
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            guard let room = try timeline.rooms.head(of: roomID), !room.isBlocked else {
                throw MatrixError.notFound("There is no such room.")
            }
            guard try timeline.membership(of: user, in: room) == .join,
                try timeline.power(in: room).mayPublish(user)
            else {
                throw MatrixError.forbidden("You may not change what is public about this room.")
            }
            try timeline.setListed(visibility == "public", room)
        }
        return .empty
    }
}
