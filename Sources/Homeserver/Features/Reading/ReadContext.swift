import Database
import Hummingbird
import MatrixTypes

/// Reads what was said around an event.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/context/{eventId}`
///
/// - Errors: `M_NOT_FOUND` for an event that is not there, or that the reader may not see.
/// - Spec: [Event context](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidcontexteventid)
struct ReadContext: Sendable {
    static let mostEvents = 100

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let eventID = try context.eventID()
        let limit = min(try context.query.int("limit") ?? 10, Self.mostEvents)
        let text = context.query["filter"] ?? "{}"
        let filter = try EventFilter(from: try parseObject(Array(text.utf8), mode: .plain))
        let requester = context.requester
        let now = clock.now
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let (room, event) = try timeline.visibleEvent(
                eventID, in: roomID, to: requester.userID)
            return try answer(
                around: event, in: room, limit, filter, requester, now, timeline)
        }
        return .json(bytes: bytes)
    }

    private func answer(
        around event: StoredEvent, in room: RoomHead, _ limit: Int, _ filter: EventFilter,
        _ requester: Requester, _ now: Timestamp, _ timeline: Timeline
    ) throws -> [UInt8] {
        let place = event.history ?? 0
        var pager = HistoryPager(
            timeline: timeline, room: room, user: requester.userID, filter: filter)
        let before = try pager.page(from: place - 1, backwards: true, limit: limit / 2)
        let after = try pager.page(from: place, backwards: false, limit: limit - limit / 2)
        let all = before.events + [event] + after.events
        let bundled = try BundledRelations(timeline: timeline, requester: requester)
            .bytes(for: all, in: room, now: now)
        let state = try self.state(all, in: room, filter, timeline)
        var writer = ClientEvents(timeline, for: requester, in: room, now: now, withRoomID: true)
        return try jsonBytes { answer in
            answer["end"] = HistoryToken(order: after.place).description
            answer.raw("event", try writer.bytes(of: event, bundled: bundled[event.eventID]))
            try answer.array("events_after") { array in
                for event in after.events {
                    try writer.write(event, bundled: bundled[event.eventID], to: &array)
                }
            }
            try answer.array("events_before") { array in
                for event in before.events {
                    try writer.write(event, bundled: bundled[event.eventID], to: &array)
                }
            }
            answer["start"] = HistoryToken(order: before.place).description
            try answer.array("state") { array in
                for event in state { try writer.write(event, to: &array) }
            }
        }
    }

    /// The state at the last of the events; of members, with lazy loading, those who speak.
    private func state(
        _ events: [StoredEvent], in room: RoomHead, _ filter: EventFilter, _ timeline: Timeline
    ) throws -> [StoredEvent] {
        guard let last = events.max(by: { $0.position < $1.position }) else { return [] }
        var positions: Set<StreamPosition> = []
        try timeline.state.forEach(
            in: last.stateAfter, filter.loadsMembersLazily ? .others : .all
        ) { positions.insert($0.position) }
        if filter.loadsMembersLazily {
            for sender in Set(events.map(\.sender)) {
                let member = try timeline.state.position(of: .member(sender), in: last.stateAfter)
                if let member { positions.insert(member) }
            }
        }
        return try timeline.events.events(at: positions.sorted())
    }
}
