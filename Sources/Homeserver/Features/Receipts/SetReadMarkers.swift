import Database
import Hummingbird
import MatrixTypes

/// Sets the marker of what is wholly read, and receipts with it.
///
/// `POST /_matrix/client/v3/rooms/{roomId}/read_markers`
///
/// - Errors: Those of `SendReceipt`; `M_BAD_JSON` for a member that is no event ID.
/// - Spec: [Fully read markers](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3roomsroomidread_markers)
struct SetReadMarkers: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock
    let recent: SharedCache<RoomNumber, RecentReceipts>

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let roomID = try context.roomID()
        let body = try await request.optionalJSONObject(atMost: SendReceipt.maxBodyBytes)
        var markers: [(ReceiptType, EventID)] = []
        for type in ReceiptType.allCases {
            guard let value = body[type.rawValue] else { continue }
            guard let eventID = value.string.flatMap({ EventID($0) }) else {
                throw MatrixError.badJSON("`\(type.rawValue)` is no event ID.")
            }
            markers.append((type, eventID))
        }
        let (user, now, wanted) = (context.userID, clock.now, markers)
        try await database.write { [engine, recent] db in
            let setting = ReceiptSetting(
                timeline: engine.timeline(in: db), recent: recent, user: user, now: now)
            _ = try setting.timeline.joinedRoom(roomID, for: user)
            for (type, eventID) in wanted {
                try setting.set(type, to: eventID, in: roomID, thread: ThreadScope.everything)
            }
        }
        return .empty
    }
}
