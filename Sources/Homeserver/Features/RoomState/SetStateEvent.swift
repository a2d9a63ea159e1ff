import Database
import Hummingbird
import MatrixTypes

/// Sets one piece of a room's state.
///
/// `PUT /_matrix/client/v3/rooms/{roomId}/state/{eventType}/{stateKey}`
///
/// What the state says already, by the same sender, is not said again: the event that is there is
/// the answer. Member events go the way of the membership endpoints.
///
/// - Errors: `M_FORBIDDEN` if the authorization rules reject the event; `M_INVALID_PARAM` and
///   `M_BAD_ALIAS` for a canonical alias that is none, or stands for another room;
///   `M_INVITE_BLOCKED`; `M_TOO_LARGE` if the signed event is over 65,536 bytes.
/// - Spec: [PUT /state/{eventType}/{stateKey}](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidstateeventtypestatekey)
struct SetStateEvent: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respondToType(to request: Request, context: ClientContext) async throws -> Response {
        try await set("", request, context)
    }

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        try await set(try context.parameter("stateKey"), request, context)
    }

    private func set(
        _ stateKey: String, _ request: Request, _ context: ClientContext
    ) async throws -> Response {
        let roomID = try context.roomID()
        let draft = try EventDraft(
            sender: context.userID, type: EventType(rawValue: try context.parameter("eventType")),
            stateKey: stateKey, content: try await request.bytes(atMost: PDULimits.eventBytes),
            at: clock.now)
        let change = try draft.type == .roomMember ? membershipRequest(draft, stateKey) : nil
        let eventID = try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            guard let room = try timeline.rooms.head(of: roomID) else {
                // NOTSPEC: 403 rather than 404, so as not to reveal which rooms exist.
                throw MatrixError.forbidden("You are not in this room.")
            }
            if let change { return try timeline.change(change, in: room) }
            return try timeline.appendState(draft, to: room)
        }
        return .json { $0["event_id"] = eventID }
    }

    private func membershipRequest(_ draft: EventDraft, _ stateKey: String) throws
        -> MembershipRequest
    {
        guard let target = UserID(stateKey) else {
            throw MatrixError.invalidParameter("stateKey", "This is not a user ID.")
        }
        let text = try readingBody { try draft.content.requiredString("membership") }
        guard let membership = Membership(rawValue: text) else {
            throw MatrixError.badJSON("There is no such membership.")
        }
        return MembershipRequest(
            sender: draft.sender, target: target, membership: membership, content: draft.content,
            now: draft.originServerTS)
    }
}
