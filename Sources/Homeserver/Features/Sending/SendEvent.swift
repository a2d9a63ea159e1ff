import Database
import Hummingbird
import MatrixTypes

/// Sends a message event to a room.
///
/// `PUT /_matrix/client/v3/rooms/{roomId}/send/{eventType}/{txnId}`
///
/// Idempotent: the same device repeating the same path gets the first event ID again, and
/// nothing is appended.
///
/// - Errors: `M_FORBIDDEN` if the authorization rules reject the event;
///   `M_TOO_LARGE` if the signed event is over 65,536 bytes.
/// - Spec: [Sending events to a room](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid)
struct SendEvent: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let now = clock.now
        let roomID = try context.roomID()
        let txnID = try context.parameter("txnId")
        let type = EventType(rawValue: try context.parameter("eventType"))
        let content = try await request.bytes(atMost: PDULimits.eventBytes)
        let draft = try EventDraft(
            sender: context.userID, type: type, content: content,
            redacts: try redacted(type, content), at: now,
            transaction: context.requester.deviceID.map {
                ClientTransactionID(deviceID: $0, txnID: txnID)
            })
        let transaction = ClientTransaction(
            requester: context.requester, path: "send/\(roomID)/\(type)/\(txnID)", at: now)

        let isAlone = engine.beingWritten.enter(roomID)
        defer { engine.beingWritten.leave(roomID) }
        let prepared = isAlone ? try PreparedEvent(draft, to: roomID, by: engine) : nil
        let eventID = try await database.write { [engine] db in
            let transactions = TransactionStore(db: db)
            if let sent = try transactions.eventID(of: transaction) { return sent }
            let sent = try engine.timeline(in: db).append(draft, prepared: prepared, to: roomID)
                .eventID
            try transactions.insert(transaction, eventID: sent)
            return sent
        }
        return .json { $0["event_id"] = eventID }
    }

    /// Since v1.18 a redaction may be sent like any event, with `redacts` in its content.
    private func redacted(_ type: EventType, _ content: [UInt8]) throws -> EventID? {
        guard type == .redaction else { return nil }
        let text = try parseObject(content, mode: .plain)["redacts"]?.string
        guard let redacts = text.flatMap({ EventID($0) }) else {
            throw MatrixError.missingParameter("redacts")
        }
        return redacts
    }
}
