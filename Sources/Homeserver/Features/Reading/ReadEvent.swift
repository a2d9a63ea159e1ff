import Database
import Hummingbird
import MatrixTypes

/// Reads one event.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/event/{eventId}`
///
/// - Errors: `M_NOT_FOUND` for an event that is not there, or that the reader may not see: the two
///   are not told apart.
/// - Spec: [Getting events for a room](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomideventeventid)
struct ReadEvent: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let eventID = try context.eventID()
        let requester = context.requester
        let now = clock.now
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let (room, event) = try timeline.visibleEvent(
                eventID, in: roomID, to: requester.userID)
            let bundled = try BundledRelations(timeline: timeline, requester: requester)
                .bytes(for: [event], in: room, now: now)
            var writer = ClientEvents(
                timeline, for: requester, in: room, now: now, withRoomID: true)
            return try writer.bytes(of: event, bundled: bundled[eventID])
        }
        return .json(bytes: bytes)
    }
}

extension Timeline {
    /// An event of a room, if the user may see it.
    ///
    /// - Throws: `M_NOT_FOUND` otherwise.
    func visibleEvent(_ eventID: EventID, in roomID: RoomID, to user: UserID) throws
        -> (room: RoomHead, event: StoredEvent)
    {
        let unknown = MatrixError.notFound("There is no such event, or you may not see it.")
        guard let room = try rooms.head(of: roomID), let event = try events.event(eventID),
            event.room == room.number, event.standing == .accepted
        else { throw unknown }
        if try memberships.entry(of: user, in: room.number)?.isForgotten == true { throw unknown }
        var reader = HistoryReader(timeline: self, user: user, room: room)
        guard try reader.maySee(event) else { throw unknown }
        return (room, event)
    }
}
