import Database
import Hummingbird
import MatrixTypes

/// Lists the member events of a room: of now, of a place in its history, or of when the reader
/// left.
///
/// `GET /_matrix/client/v3/rooms/{roomId}/members`
///
/// Written from the stored bytes, since a room may have thousands of them.
///
/// - Errors: `M_FORBIDDEN` where the reader never was in the room, or may not see the place they
///   ask for; `M_INVALID_PARAM` for a token or a membership that is none.
/// - Spec: [GET /members](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3roomsroomidmembers)
struct ListMembers: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let question = try Question(context.query)
        let user = context.userID
        let now = clock.now
        let bytes = try await database.read { [engine] db in
            let timeline = engine.timeline(in: db)
            let readable = try timeline.readableState(of: roomID, for: user)
            let events = StateEventWriter(timeline: timeline, room: readable.room, now: now)
            let group = try question.group(readable, user, timeline)
            return try jsonBytes { answer in
                try answer.array("chunk") { chunk in
                    guard let group else {
                        // The current ones are in a table by membership.
                        let positions = try timeline.memberships.positions(
                            in: readable.room.number, where: question.includes)
                        return try events.write(positions, to: &chunk)
                    }
                    var positions: [StreamPosition] = []
                    try timeline.state.forEach(in: group, .members) {
                        positions.append($0.position)
                    }
                    try events.write(positions.sorted(), to: &chunk, where: question.includes)
                }
            }
        }
        return .json(bytes: bytes)
    }

    struct Question: Sendable {
        let at: HistoryToken?
        let membership: Membership?
        let notMembership: Membership?

        init(_ query: QueryParameters) throws {
            membership = try Self.membership("membership", query)
            notMembership = try Self.membership("not_membership", query)
            guard let text = query["at"], !text.isEmpty else {
                at = nil
                return
            }
            guard let token = HistoryToken(text) else { throw MatrixError.invalidParameter("at") }
            at = token
        }

        private static func membership(_ name: String, _ query: QueryParameters) throws
            -> Membership?
        {
            guard let text = query[name] else { return nil }
            guard let membership = Membership(rawValue: text) else {
                throw MatrixError.invalidParameter(name)
            }
            return membership
        }

        /// Where both are asked for, either is enough.
        func includes(_ membership: Membership) -> Bool {
            if self.membership == nil, notMembership == nil { return true }
            if self.membership == membership { return true }
            return notMembership.map { $0 != membership } ?? false
        }

        func includes(_ event: StoredEvent) throws -> Bool {
            if membership == nil, notMembership == nil { return true }
            let text = try event.content()["membership"]?.string
            return text.flatMap { Membership(rawValue: $0) }.map { includes($0) } ?? false
        }

        /// The state that is asked for. Nil: the current one.
        func group(_ readable: ReadableState, _ user: UserID, _ timeline: Timeline) throws
            -> StateGroup?
        {
            guard let at else { return readable.leftAt.map { _ in readable.group } }
            if let leftAt = readable.leftAt, at.order >= leftAt.rawValue { return readable.group }
            let oldest = Int64.min / 2
            let last = try timeline.events.newest(
                in: readable.room.number, oldest...max(at.order, oldest), limit: 1
            ).first
            var reader = HistoryReader(timeline: timeline, user: user, room: readable.room)
            guard let last, try reader.maySee(last) else {
                throw MatrixError.forbidden("You may not see the room as it was then.")
            }
            return last.stateAfter
        }
    }
}
