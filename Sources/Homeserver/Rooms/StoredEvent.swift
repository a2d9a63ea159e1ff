import MatrixTypes

/// An event as a row: what is asked of it without parsing, and its bytes.
struct StoredEvent: Sendable {
    let position: StreamPosition
    /// Its order in the room. Nil for an outlier, and for what was rejected or soft-failed.
    let history: Int64?
    let room: RoomNumber
    let eventID: EventID
    let type: EventType
    let stateKey: String?
    let sender: UserID
    let originServerTS: Timestamp
    /// The canonical PDU.
    let pdu: [UInt8]
    /// Where `content` is inside `pdu`.
    let contentRange: Range<Int>
    let stateBefore: StateGroup
    let stateAfter: StateGroup
    let standing: Standing
    let redactedBy: StreamPosition?
    let relatesTo: EventID?
    let relType: String?
    let threadRoot: EventID?
    let notifyCount: NotificationCount
    /// The device whose transaction this was, and its ID.
    let transaction: ClientTransactionID?

    enum Standing: Int, Sendable {
        case accepted = 0
        case softFailed = 1
        case rejected = 2
        case outlier = 3
    }

    var contentBytes: ArraySlice<UInt8> { pdu[contentRange] }

    /// Parsed anew at each call.
    func content() throws(JSONError) -> JSONObject {
        try JSONObject(parsing: Array(contentBytes))
    }

    var key: StateKey? { stateKey.map { StateKey(type, $0) } }
    var isRedacted: Bool { redactedBy != nil }

    /// What is left of it once a redaction took effect.
    func redacted(to pruned: PDU, by redaction: StreamPosition) -> StoredEvent {
        StoredEvent(
            position: position, history: history, room: room, eventID: eventID, type: type,
            stateKey: stateKey, sender: sender, originServerTS: originServerTS, pdu: pruned.bytes,
            contentRange: pruned.contentRange, stateBefore: stateBefore, stateAfter: stateAfter,
            standing: standing, redactedBy: redaction, relatesTo: nil, relType: nil,
            threadRoot: threadRoot, notifyCount: notifyCount, transaction: transaction)
    }
}

/// The transaction that made an event, as `unsigned.transaction_id` tells its device.
struct ClientTransactionID: Sendable, Hashable {
    let deviceID: DeviceID
    let txnID: String

    init(deviceID: DeviceID, txnID: String) {
        self.deviceID = deviceID
        self.txnID = txnID
    }
}
