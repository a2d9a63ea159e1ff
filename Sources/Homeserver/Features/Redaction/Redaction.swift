import Database
import Hummingbird
import MatrixTypes

/// Deleting what was said.
///
/// - Spec: [Redactions](https://spec.matrix.org/v1.19/client-server-api/#redactions)
struct Redaction: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    func addRoutes(to routes: Routes) {
        let redact = RedactEvent(database: database, engine: engine, clock: clock)
        routes.client.put(
            "/v3/rooms/{roomId}/redact/{eventId}/{txnId}", .evenSuspended.limited(by: .sending),
            use: redact.respond)
    }
}

/// Has an event redacted.
///
/// `PUT /_matrix/client/v3/rooms/{roomId}/redact/{eventId}/{txnId}`
///
/// Idempotent as sending is.
///
/// - Errors: `M_FORBIDDEN` where the event is somebody else's and the power is lacking;
///   `M_NOT_FOUND` for an event that is not in the room.
/// - Spec: [Redactions](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidredacteventidtxnid)
struct RedactEvent: Sendable {
    static let maxBodyBytes = 65_536

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let target = try context.eventID()
        let txnID = try context.parameter("txnId")
        let body = try await request.optionalJSONObject(atMost: Self.maxBodyBytes)
        let reason = body["reason"]
        guard reason == nil || reason?.kind == .string else {
            throw MatrixError.invalidParameter("reason")
        }
        let now = clock.now
        let draft = try EventDraft(
            sender: context.userID, type: .redaction,
            content: jsonBytes { if let text = reason?.string { $0["reason"] = text } },
            redacts: target, at: now,
            transaction: context.requester.deviceID.map {
                ClientTransactionID(deviceID: $0, txnID: txnID)
            })
        let transaction = ClientTransaction(
            requester: context.requester, path: "redact/\(roomID)/\(target)/\(txnID)", at: now)
        let eventID = try await database.write { [engine] db in
            let transactions = TransactionStore(db: db)
            if let sent = try transactions.eventID(of: transaction) { return sent }
            let timeline = engine.timeline(in: db)
            let room = try timeline.joinedRoom(roomID, for: draft.sender)
            guard let event = try timeline.events.event(target), event.room == room.number else {
                throw MatrixError.notFound("There is no such event in this room.")
            }
            let sent = try timeline.append(draft, to: roomID).eventID
            try transactions.insert(transaction, eventID: sent)
            return sent
        }
        return .json { $0["event_id"] = eventID }
    }
}
