import Database
import Hummingbird
import MatrixTypes

/// The messages that a dehydrated device received. Reading them deletes none, so that another device can
/// begin anew where the first one did not finish.
///
/// `GET /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device/{deviceId}/events`
/// `POST /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device/{deviceId}/events`
///
/// `GET` gives `next_batch` where there are more. `POST` is how clients asked before, with `next_batch` in the
/// body; they go on until no events come, so that it gives one always.
///
/// - Errors: `M_FORBIDDEN` where this is not the dehydrated device; `M_INVALID_PARAM` for a token.
/// - Spec: MSC3814, which is in no version of the specification yet.
struct DehydratedDeviceEvents: Sendable {
    static let mostEvents = 100

    let database: Database
    let inbox: DeviceInbox

    @Sendable
    func get(_ request: Request, context: ClientContext) async throws -> Response {
        try await respond(from: context.query["from"], alwaysGoesOn: false, context)
    }

    @Sendable
    func post(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.optionalJSONObject()
        let from = try readingBody { try body.string("next_batch") }
        return try await respond(from: from, alwaysGoesOn: true, context)
    }

    private func respond(from token: String?, alwaysGoesOn: Bool, _ context: ClientContext)
        async throws -> Response
    {
        let start = try token.map { try position($0) } ?? .start
        let user = context.userID
        let name = try context.parameter("deviceId")
        let messages = try await database.read { [inbox] db in
            let device = try DehydratedDeviceStore(db: db).device(of: user)?.deviceID
            guard let device, device.rawValue == name else {
                throw MatrixError.forbidden("This is not your dehydrated device.")
            }
            return try inbox.store(in: db).messages(
                for: UserDevice(user, device), after: start,
                upTo: StreamPosition(rawValue: try db.seenPosition()),
                limit: Self.mostEvents + 1)
        }
        let told = messages.prefix(Self.mostEvents)
        let end = told.last?.position ?? start
        return .json { answer in
            answer.array("events") { array in for message in told { array.raw(message.bytes) } }
            if alwaysGoesOn || told.count < messages.count {
                answer["next_batch"] = "d\(end.rawValue)"
            }
        }
    }

    private func position(_ token: String) throws -> StreamPosition {
        guard token.hasPrefix("d"), let place = Int64(token.dropFirst()), place >= 0 else {
            throw MatrixError.invalidParameter("from", "This is no token of ours.")
        }
        return StreamPosition(rawValue: place)
    }
}
