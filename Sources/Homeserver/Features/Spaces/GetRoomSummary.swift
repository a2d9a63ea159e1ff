import Database
import Hummingbird
import MatrixTypes

/// Tells what a room is called, how one gets in and how many are in it.
///
/// `GET /_matrix/client/v1/room_summary/{roomIdOrAlias}`
/// `GET /_matrix/client/unstable/im.nheko.summary/summary/{roomIdOrAlias}`
///
/// - Errors: `M_NOT_FOUND` for a room that this server does not know, and for one that the user may
///   not know of.
/// - Spec: [GET /room_summary](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1room_summaryroomidoralias)
struct GetRoomSummary: Sendable {
    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        try await answer(context) { _, _ in }
    }

    /// The same, with the names that the proposal had as well.
    @Sendable
    func respondAsBefore(to request: Request, context: ClientContext) async throws -> Response {
        try await answer(context) { found, answer in
            answer["im.nheko.summary.room_version"] = found.room.version.rawValue
            answer["im.nheko.summary.version"] = found.room.version.rawValue
            answer["im.nheko.summary.encryption"] = found.summary.encryption
        }
    }

    private struct Found: Sendable {
        let room: RoomHead
        let summary: RoomSummary
        let membership: Membership?
    }

    private func answer(
        _ context: ClientContext, _ addMembers: (Found, inout JSONObjectWriter) -> Void
    ) async throws -> Response {
        let reference = try context.roomReference()
        let user = context.userID
        let found = try await database.read { [engine] db -> Found? in
            let timeline = engine.timeline(in: db)
            guard let room = try timeline.room(reference) else { return nil }
            let summary = try timeline.summaries.summary(of: room.number)
            var access = RoomAccess(timeline: timeline, user: user)
            guard try access.maySee(room, summary) else { return nil }
            return Found(
                room: room, summary: summary, membership: try access.membership(in: room.number))
        }
        guard let found else { throw MatrixError.notFound("There is no such room.") }
        return .json { answer in
            found.summary.write(found.room.roomID, to: &answer)
            found.summary.writeDetails(of: found.room, to: &answer)
            answer["membership"] = found.membership
            addMembers(found, &answer)
        }
    }
}
