import Database
import HTTPTypes
import MatrixTypes

/// Who has read what: receipts that others see or do not, and the marker of what is wholly read.
///
/// - Spec: [Receipts](https://spec.matrix.org/v1.19/client-server-api/#receipts),
///   [Read and unread markers](https://spec.matrix.org/v1.19/client-server-api/#read-and-unread-markers)
struct Receipts: Feature {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    private let recent = SharedCache<RoomNumber, RecentReceipts>(capacity: 1_000)

    init(database: Database, engine: RoomEngine, clock: any WallClock) {
        self.database = database
        self.engine = engine
        self.clock = clock
    }

    var syncSections: [any SyncSection] { [ReceiptsInSync(recent: recent)] }

    func addRoutes(to routes: Routes) {
        let send = SendReceipt(database: database, engine: engine, clock: clock, recent: recent)
        routes.client.post(
            "/v3/rooms/{roomId}/receipt/{receiptType}/{eventId}", .evenSuspended,
            use: send.respond)
        let markers = SetReadMarkers(
            database: database, engine: engine, clock: clock, recent: recent)
        routes.client.post(
            "/v3/rooms/{roomId}/read_markers", .evenSuspended, use: markers.respond)
    }
}

/// What a receipt says, by its name on the wire.
enum ReceiptType: String, Sendable, CaseIterable {
    case read = "m.read"
    /// Only for the devices of who sent it.
    case readPrivate = "m.read.private"
    /// No receipt, but sent as one: the marker of what is wholly read.
    case fullyRead = "m.fully_read"
}
