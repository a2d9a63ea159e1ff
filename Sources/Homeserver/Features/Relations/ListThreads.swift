import Database
import Hummingbird
import MatrixTypes

/// Lists a room's threads, the one with the newest answer first.
///
/// `GET /_matrix/client/v1/rooms/{roomId}/threads`
///
/// - Spec: [Threading](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidthreads)
struct ListThreads: Sendable {
    static let mostThreads = 100

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let limit = try context.query.limit(default: 20, most: Self.mostThreads)
        let include = context.query["include"] ?? "all"
        guard ["all", "participated"].contains(include) else {
            throw MatrixError.invalidParameter("include")
        }
        var from: Int64?
        if let text = context.query["from"] {
            guard let token = HistoryToken(text) else { throw MatrixError.invalidParameter("from") }
            from = token.order
        }
        let requester = context.requester
        let now = clock.now
        let start = from
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.joinedRoom(roomID, for: requester.userID)
            let threads = try timeline.events.threads(
                in: room.number, from: start,
                by: include == "participated" ? requester.userID : nil, limit: limit + 1)
            return try answer(threads, limit, room, requester, now, timeline)
        }
        return .json(bytes: bytes)
    }

    private func answer(
        _ threads: [EventStore.Thread], _ limit: Int, _ room: RoomHead, _ requester: Requester,
        _ now: Timestamp, _ timeline: Timeline
    ) throws -> [UInt8] {
        var reader = HistoryReader(timeline: timeline, user: requester.userID, room: room)
        let page = threads.prefix(limit)
        let roots = try page.compactMap { try timeline.events.event($0.root) }
            .filter { try $0.room == room.number && reader.maySee($0) }
        let bundled = try BundledRelations(timeline: timeline, requester: requester)
            .bytes(for: roots, in: room, now: now)
        var writer = ClientEvents(timeline, for: requester, in: room, now: now, withRoomID: true)
        return try jsonBytes { answer in
            try answer.array("chunk") { array in
                for event in roots {
                    try writer.write(event, bundled: bundled[event.eventID], to: &array)
                }
            }
            if threads.count > limit, let last = page.last {
                answer["next_batch"] = HistoryToken(order: last.latest - 1).description
            }
        }
    }
}
