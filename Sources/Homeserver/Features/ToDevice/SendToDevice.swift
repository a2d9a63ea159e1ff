import Database
import Hummingbird
import MatrixTypes

/// Sends messages to devices, one to each that is named; `*` stands for all of a user's devices.
///
/// `PUT /_matrix/client/v3/sendToDevice/{eventType}/{txnId}`
///
/// Idempotent: the same device repeating the same path sends nothing more. Devices that do not exist
/// are passed over, and so are users of other servers.
///
/// - Errors: `M_MISSING_PARAM`, `M_BAD_JSON` for messages that are not as they should be;
///   `M_TOO_LARGE` past the limits below.
/// - Spec: [PUT /sendToDevice/{eventType}/{txnId}](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3sendtodeviceeventtypetxnid)
struct SendToDevice: Sendable {
    /// All of them are written in one block, for which all others wait.
    static let mostMessages = 5_000
    /// What an event may have.
    static let maxContentBytes = 65_536
    /// Of all messages of a request together, one for each device.
    static let maxBytes = 8 << 20

    let database: Database
    let clock: any WallClock
    let inbox: DeviceInbox

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let type = EventType(rawValue: try context.parameter("eventType"))
        guard type.rawValue.utf8.count <= PDULimits.identifierBytes, !type.rawValue.utf8.contains(0)
        else { throw MatrixError.invalidParameter("eventType") }
        let txnID = try context.parameter("txnId")
        let body = try await request.jsonObject()
        let messages = try Addressed.all(in: body)
        let sender = context.userID
        let transaction = ClientTransaction(
            requester: context.requester, path: "sendToDevice/\(type)/\(txnID)", at: clock.now)
        try await database.write { [inbox] db in
            let transactions = TransactionStore(db: db)
            guard try !transactions.contains(transaction) else { return }
            let delivered = try deliveries(of: messages, in: db)
            try inbox.store(in: db).insert(delivered, from: sender, type)
            try transactions.insert(transaction)
        }
        return .empty
    }

    /// The messages for each device that there is.
    private func deliveries(of messages: [Addressed], in db: Connection) throws
        -> [(device: UserDevice, content: [UInt8])]
    {
        let store = DeviceStore(db: db)
        let everywhere = messages.filter { $0.device == nil }.map(\.userID)
        let asleep = try DehydratedDeviceStore(db: db)
            .all(of: Set(messages.map(\.userID)).sorted())
        let all =
            try store.all(of: everywhere, limit: Self.mostMessages + 1)
            + asleep.filter { Set(everywhere).contains($0.userID) }
        let wanted = Set(messages.compactMap(\.device))
        let named = try store.existing(Array(wanted)).union(wanted.intersection(asleep))
        guard all.count + named.count <= Self.mostMessages else {
            throw MatrixError.tooLarge("These are too many devices at once.")
        }
        let devices = Dictionary(grouping: all, by: \.userID)
        let deliveries = messages.flatMap {
            message -> [(device: UserDevice, content: [UInt8])] in
            if let device = message.device {
                return named.contains(device) ? [(device, message.content)] : []
            }
            return (devices[message.userID] ?? []).map { ($0, message.content) }
        }
        guard deliveries.reduce(0, { $0 + $1.content.count }) <= Self.maxBytes else {
            throw MatrixError.tooLarge("The messages are too long for so many devices.")
        }
        return deliveries
    }
}

/// A message, and for whom it is.
private struct Addressed: Sendable {
    let userID: UserID
    /// Nil: all devices.
    let device: UserDevice?
    let content: [UInt8]

    /// Reads `messages`.
    static func all(in body: JSONObject) throws -> [Addressed] {
        var all: [Addressed] = []
        for (name, devices) in try readingBody({ try body.requiredObject("messages") }) {
            guard let userID = UserID(name), let devices = devices.object else {
                throw MatrixError.badJSON("`messages` maps user IDs to devices.")
            }
            for (name, content) in devices {
                guard let content = content.object, let device = DeviceID(name) else {
                    throw MatrixError.badJSON("Each message is an object, under a device ID.")
                }
                guard content.bytes.count <= SendToDevice.maxContentBytes else {
                    throw MatrixError.tooLarge("A message is larger than an event may be.")
                }
                all.append(
                    Addressed(
                        userID: userID,
                        device: name == "*" ? nil : UserDevice(userID, device),
                        content: Array(content.bytes)))
            }
        }
        guard all.count <= SendToDevice.mostMessages else {
            throw MatrixError.tooLarge("These are too many messages at once.")
        }
        return all
    }
}
