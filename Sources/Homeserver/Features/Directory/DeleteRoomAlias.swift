import Database
import Hummingbird
import MatrixRules
import MatrixTypes

/// Takes an alias away.
///
/// `DELETE /_matrix/client/v3/directory/room/{roomAlias}`
///
/// Whoever made the alias may, and whoever may publish the room. Where the canonical alias event
/// names it and the user may change that, it goes from there too.
///
/// - Errors: `M_NOT_FOUND` where there is no such alias; `M_FORBIDDEN` where it is not theirs to
///   delete.
/// - Spec: [DELETE /directory/room/{roomAlias}](https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3directoryroomroomalias)
struct DeleteRoomAlias: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let alias = try context.open.roomAlias()
        let user = context.userID
        let now = clock.now
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            guard let entry = try timeline.aliases.entry(alias),
                let room = try timeline.room(.alias(alias))
            else { throw MatrixError.noSuchAlias }
            let mayPublish =
                try timeline.membership(of: user, in: room) == .join
                && timeline.power(in: room).mayPublish(user)
            guard entry.creator == user || mayPublish else {
                throw MatrixError.forbidden("This alias is not yours to delete.")
            }
            try timeline.aliases.delete(alias)
            if mayPublish, !room.isBlocked {
                try timeline.removeFromCanonicalAlias([alias], in: room, by: user, at: now)
            }
        }
        return .empty
    }
}
