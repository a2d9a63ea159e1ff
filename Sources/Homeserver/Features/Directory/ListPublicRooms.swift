import Database
import Hummingbird
import MatrixTypes

/// Lists the directory of public rooms, the largest first, or searches it.
///
/// `GET /_matrix/client/v3/publicRooms`
/// `POST /_matrix/client/v3/publicRooms`
///
/// A page begins after the last room of the page before, wherever that room is by now, so that no
/// page costs more than the first.
///
/// - Errors: `M_INVALID_PARAM` for a token that is none; `M_NOT_FOUND` for the directory of another
///   server.
/// - Spec: [GET /publicRooms](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3publicrooms)
struct ListPublicRooms: Sendable {
    static let usualRooms = 100
    static let mostRooms = 500
    static let mostTypes = 20

    let database: Database
    let engine: RoomEngine

    // NOTSPEC: A session is asked for here too, where the specification has none: what a ministry
    // talks about is told to those who have an account.
    @Sendable
    func respondToQuery(to request: Request, context: ClientContext) async throws -> Response {
        let query = context.query
        return try await answer(
            Question(
                place: try DirectoryToken.parse(query["since"]), filter: .init(),
                limit: try query.limit(default: Self.usualRooms, most: Self.mostRooms)),
            context)
    }

    @Sendable
    func respondToBody(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.optionalJSONObject()
        let (since, limit, filter, network) = try readingBody {
            (
                try body.string("since"), try body.int("limit"),
                try body.object("filter") ?? .empty,
                try body.string("third_party_instance_id")
            )
        }
        guard limit ?? 0 >= 0 else { throw MatrixError.invalidParameter("limit") }
        guard network == nil else {
            // There is no other network behind this server.
            return .json { answer in
                answer.array("chunk") { _ in }
                answer["total_room_count_estimate"] = 0
            }
        }
        return try await answer(
            Question(
                place: try DirectoryToken.parse(since), filter: try directoryFilter(filter),
                limit: max(1, min(limit ?? Self.usualRooms, Self.mostRooms))),
            context)
    }

    private func directoryFilter(_ object: JSONObject) throws -> SummaryStore.DirectoryFilter {
        var filter = SummaryStore.DirectoryFilter()
        let (term, types) = try readingBody {
            (try object.string("generic_search_term"), try object.array("room_types"))
        }
        filter.words = SearchText.words(of: term ?? "")
        filter.types = try types.map { types in
            guard types.count <= Self.mostTypes else {
                throw MatrixError.invalidParameter("room_types")
            }
            return try types.map { type -> String? in
                if type.isNull { return nil }
                guard let text = type.string, !text.utf8.contains(0) else {
                    throw MatrixError.invalidParameter("room_types")
                }
                return text
            }
        }
        return filter
    }

    private struct Question: Sendable {
        let place: DirectoryToken?
        let filter: SummaryStore.DirectoryFilter
        let limit: Int
    }

    private func answer(_ question: Question, _ context: ClientContext) async throws -> Response {
        if let server = context.query["server"], server != engine.serverName.rawValue {
            throw MatrixError.notFound("The directory of another server cannot be read from here.")
        }
        let isBackwards = question.place?.isBackwards ?? false
        let (rooms, total) = try await database.read { [engine] db in
            let summaries = engine.timeline(in: db).summaries
            let rooms = try summaries.directory(
                question.filter, from: question.place?.place, isBackwards: isBackwards,
                limit: question.limit + 1)
            return (rooms, try summaries.countOfDirectory(question.filter))
        }
        // One more than asked for tells whether the directory goes on.
        let goesOn = rooms.count > question.limit
        let page = isBackwards ? rooms.suffix(question.limit) : rooms.prefix(question.limit)
        let hasNext = isBackwards || goesOn
        let hasPrevious = isBackwards ? goesOn : question.place != nil
        return .json { answer in
            answer.array("chunk") { chunk in
                for room in page { chunk.object { room.summary.write(room.roomID, to: &$0) } }
            }
            if hasNext, let last = page.last {
                answer["next_batch"] = DirectoryToken(after: last.summary).description
            }
            if hasPrevious, let first = page.first {
                answer["prev_batch"] = DirectoryToken(before: first.summary).description
            }
            answer["total_room_count_estimate"] = total
        }
    }
}

/// A place in the directory of public rooms and the direction in which to read on from it.
struct DirectoryToken: Sendable, Equatable, CustomStringConvertible {
    let place: SummaryStore.DirectoryPlace
    let isBackwards: Bool

    init(after summary: RoomSummary) {
        place = .init(joinedMembers: summary.joinedMembers, room: summary.room)
        isBackwards = false
    }

    init(before summary: RoomSummary) {
        place = .init(joinedMembers: summary.joinedMembers, room: summary.room)
        isBackwards = true
    }

    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "n" || parts[0] == "p", let members = Int(parts[1]),
            let room = Int64(parts[2])
        else { return nil }
        place = .init(joinedMembers: members, room: RoomNumber(rawValue: room))
        isBackwards = parts[0] == "p"
    }

    static func parse(_ text: String?) throws -> DirectoryToken? {
        guard let text, !text.isEmpty else { return nil }
        guard let token = DirectoryToken(text) else { throw MatrixError.invalidParameter("since") }
        return token
    }

    var description: String {
        "\(isBackwards ? "p" : "n")_\(place.joinedMembers)_\(place.room.rawValue)"
    }
}
