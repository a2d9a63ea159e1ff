import Database
import Hummingbird
import MatrixTypes

/// Reads the events that relate to one.
///
/// `GET /_matrix/client/v1/rooms/{roomId}/relations/{eventId}`
/// `GET /_matrix/client/v1/rooms/{roomId}/relations/{eventId}/{relType}`
/// `GET /_matrix/client/v1/rooms/{roomId}/relations/{eventId}/{relType}/{eventType}`
///
/// - Errors: `M_NOT_FOUND` for an event that is not there, or that the reader may not see.
/// - Spec: [Relationships API](https://spec.matrix.org/v1.19/client-server-api/#relationships-api)
struct ReadRelations: Sendable {
    static let mostEvents = 1000
    /// How far `recurse` follows relations of relations.
    static let deepest = 3

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let eventID = try context.eventID()
        let question = try RelationQuestion(context)
        let requester = context.requester
        let now = clock.now
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let (room, _) = try timeline.visibleEvent(eventID, in: roomID, to: requester.userID)
            return try answer(question, eventID, room, requester, now, timeline)
        }
        return .json(bytes: bytes)
    }

    private func answer(
        _ question: RelationQuestion, _ eventID: EventID, _ room: RoomHead,
        _ requester: Requester, _ now: Timestamp, _ timeline: Timeline
    ) throws -> [UInt8] {
        var reader = HistoryReader(timeline: timeline, user: requester.userID, room: room)
        var found: [StoredEvent] = []
        var parents = [eventID]
        var depth = 0
        // One more than a page, to know whether there is another.
        while !parents.isEmpty, depth < (question.recurses ? Self.deepest : 1) {
            let level = try timeline.events.relating(
                to: parents, in: room.number, from: question.from, to: question.to,
                backwards: question.isBackwards, limit: question.limit + 1)
            for event in level where try question.admits(event) && reader.maySee(event) {
                found.append(event)
            }
            parents = level.map(\.eventID)
            depth += 1
        }
        found.sort { a, b in
            let (a, b) = (a.history ?? 0, b.history ?? 0)
            return question.isBackwards ? a > b : a < b
        }
        let page = Array(found.prefix(question.limit))
        let bundled = try BundledRelations(timeline: timeline, requester: requester)
            .bytes(for: page, in: room, now: now)
        var writer = ClientEvents(timeline, for: requester, in: room, now: now, withRoomID: true)
        return try jsonBytes { answer in
            try answer.array("chunk") { array in
                for event in page {
                    try writer.write(event, bundled: bundled[event.eventID], to: &array)
                }
            }
            if found.count > page.count, let last = page.last?.history {
                let order = question.isBackwards ? last - 1 : last
                answer["next_batch"] = HistoryToken(order: order).description
            }
            if let from = question.fromText { answer["prev_batch"] = from }
            if question.recurses { answer["recursion_depth"] = depth }
        }
    }
}

/// What one request for relations asks.
struct RelationQuestion: Sendable {
    let relType: String?
    let eventType: EventType?
    let isBackwards: Bool
    let from: Int64?
    let to: Int64?
    let fromText: String?
    let limit: Int
    let recurses: Bool

    init(_ context: ClientContext) throws {
        let query = context.query
        relType = context.open.parameters["relType"]
        eventType = context.open.parameters["eventType"].map { EventType(rawValue: $0) }
        switch query["dir"] {
        case nil, "b": isBackwards = true
        case "f": isBackwards = false
        default: throw MatrixError.invalidParameter("dir")
        }
        fromText = query["from"]
        from = try Self.token("from", query)
        to = try Self.token("to", query)
        limit = try query.limit(default: 50, most: ReadRelations.mostEvents)
        recurses = try query.bool("recurse") ?? false
    }

    private static func token(_ name: String, _ query: QueryParameters) throws -> Int64? {
        guard let text = query[name], !text.isEmpty else { return nil }
        guard let token = HistoryToken(text) else { throw MatrixError.invalidParameter(name) }
        return token.order
    }

    func admits(_ event: StoredEvent) -> Bool {
        (relType == nil || event.relType == relType)
            && (eventType == nil || event.type == eventType)
    }
}
