import Database
import Hummingbird
import MatrixTypes

/// Reads a page of a room's history.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/messages`
///
/// - Errors: `M_FORBIDDEN` where the reader may see nothing of the room; `M_INVALID_PARAM` for a
///   token that is none, or a direction other than `b` and `f`.
/// - Spec: [Room messages](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmessages)
struct ReadMessages: Sendable {
    static let mostEvents = 1000

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let question = try Question(context.query)
        let now = clock.now
        let requester = context.requester
        let bytes = try await database.read { [engine] db in
            try question.answer(
                in: roomID, for: requester, now: now, timeline: engine.timeline(in: db))
        }
        return .json(bytes: bytes)
    }

    struct Question: Sendable {
        let isBackwards: Bool
        let from: HistoryToken?
        let to: HistoryToken?
        let limit: Int
        let filter: EventFilter

        init(_ query: QueryParameters) throws {
            switch query["dir"] {
            case "b": isBackwards = true
            case "f": isBackwards = false
            default: throw MatrixError.invalidParameter("dir")
            }
            from = try Self.token("from", query)
            to = try Self.token("to", query)
            limit = try query.limit(default: 10, most: ReadMessages.mostEvents)
            let text = query["filter"] ?? "{}"
            filter = try EventFilter(from: try parseObject(Array(text.utf8), mode: .plain))
        }

        private static func token(_ name: String, _ query: QueryParameters) throws -> HistoryToken?
        {
            guard let text = query[name], !text.isEmpty else { return nil }
            guard let token = HistoryToken(text) else { throw MatrixError.invalidParameter(name) }
            return token
        }

        func answer(
            in roomID: RoomID, for requester: Requester, now: Timestamp, timeline: Timeline
        ) throws -> [UInt8] {
            let room = try timeline.readableRoom(roomID, for: requester.userID)
            var pager = HistoryPager(
                timeline: timeline, room: room, user: requester.userID, filter: filter)
            let end = try timeline.endOfReading(room, for: requester.userID)
            let start =
                from ?? HistoryToken(order: isBackwards ? end : Int64.min / 2)
            let page = try pager.page(
                from: start.order, backwards: isBackwards, limit: limit, until: to?.order)
            let events = page.events
            var writer = ClientEvents(
                timeline, for: requester, in: room, now: now, withRoomID: true)
            let bundled = try BundledRelations(timeline: timeline, requester: requester)
                .bytes(for: events, in: room, now: now)
            return try jsonBytes { answer in
                try answer.array("chunk") { array in
                    for event in events {
                        try writer.write(event, bundled: bundled[event.eventID], to: &array)
                    }
                }
                answer["start"] = start.description
                if !page.isAtEnd || events.count == limit {
                    answer["end"] = HistoryToken(order: page.place).description
                }
                let members = try members(of: events, room, timeline)
                if !members.isEmpty {
                    try answer.array("state") { array in
                        for event in members { try writer.write(event, to: &array) }
                    }
                }
            }
        }

        /// Lazily loaded members: those who speak in the page.
        private func members(
            of events: [StoredEvent], _ room: RoomHead, _ timeline: Timeline
        ) throws -> [StoredEvent] {
            guard filter.loadsMembersLazily,
                let newest = events.max(by: { $0.position < $1.position })
            else { return [] }
            let positions = try Set(events.map(\.sender)).compactMap {
                try timeline.state.position(of: .member($0), in: newest.stateAfter)
            }
            return try timeline.events.events(at: positions.sorted())
        }
    }
}
