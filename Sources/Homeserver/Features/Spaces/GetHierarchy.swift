import Database
import Hummingbird
import MatrixTypes

/// Lists the rooms in a space and in the spaces inside it, as far as the user may know of them.
///
/// `GET /_matrix/client/v1/rooms/{roomId}/hierarchy`
///
/// - Errors: `M_FORBIDDEN` where the user may not know of the space, also for one that does not
///   exist; `M_INVALID_PARAM` for a token that is none, or was given for another question.
/// - Spec: [GET /hierarchy](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy)
struct GetHierarchy: Sendable {
    static let usualRooms = 50
    static let mostRooms = 100
    static let usualDepth = 20
    static let mostDepth = 50

    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let question = try Question(context.query)
        let user = context.userID
        let page = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            var walk = HierarchyWalk(
                timeline: timeline, user: user, suggestedOnly: question.suggestedOnly,
                maxDepth: question.maxDepth)
            return try walk.page(of: roomID, after: question.seen, limit: question.limit)
        }
        return .json { answer in
            answer.array("rooms") { rooms in
                for entry in page.entries { rooms.object { entry.write(to: &$0) } }
            }
            if page.goesOn {
                answer["next_batch"] = question.token(after: page.entries.count)
            }
        }
    }

    struct Question: Sendable {
        let suggestedOnly: Bool
        let maxDepth: Int
        let limit: Int
        /// How many rooms earlier pages had.
        let seen: Int

        init(_ query: QueryParameters) throws {
            suggestedOnly = try query.bool("suggested_only") ?? false
            maxDepth = min(
                try query.int("max_depth") ?? GetHierarchy.usualDepth, GetHierarchy.mostDepth)
            guard try query.int("limit") != 0 else { throw MatrixError.invalidParameter("limit") }
            limit = try query.limit(
                default: GetHierarchy.usualRooms, most: GetHierarchy.mostRooms)
            guard let text = query["from"], !text.isEmpty else {
                seen = 0
                return
            }
            let parts = text.split(separator: "_", omittingEmptySubsequences: false)
            guard parts.count == 4, parts[0] == "t", let seen = Int(parts[1]), seen >= 0,
                parts[2] == (suggestedOnly ? "1" : "0"), parts[3] == "\(maxDepth)"
            else {
                throw MatrixError.invalidParameter(
                    "from", "This token is not of ours, or was given for another question.")
            }
            self.seen = seen
        }

        /// The question is in the token, since a page only makes sense after one to the same
        /// question.
        func token(after count: Int) -> String {
            "t_\(seen + count)_\(suggestedOnly ? "1" : "0")_\(maxDepth)"
        }
    }
}
