import Database
import HTTPTypes
import MatrixTypes

/// Messages from device to device, beside all rooms: keys, verification, calls.
///
/// Each is kept until the device comes back with a token that is newer than it.
///
/// - Spec: [Send-to-Device messaging](https://spec.matrix.org/v1.19/client-server-api/#send-to-device-messaging)
struct ToDevice: Feature {
    let database: Database
    let clock: any WallClock
    let inbox: DeviceInbox

    var syncSections: [any SyncSection] { [ToDeviceInSync(inbox: inbox)] }

    func addRoutes(to routes: Routes) {
        let send = SendToDevice(database: database, clock: clock, inbox: inbox)
        routes.client.put(
            "/v3/sendToDevice/{eventType}/{txnId}", .evenSuspended.limited(by: .toDevice),
            use: send.respond)
    }
}

/// What is known in memory of the messages that wait for each device.
struct DeviceInbox: Sendable {
    let database: Database
    let waiting = SharedCache<UserDevice, WaitingMessages>(capacity: 50_000)

    init(database: Database) { self.database = database }

    func store(in db: Connection) -> ToDeviceStore { ToDeviceStore(db: db, waiting: waiting) }
}

extension DeviceInbox: SyncDeliveries {
    /// Forgets the messages that a device has received. Reads no database where none wait.
    func received(by requester: Requester, upTo position: StreamPosition) async throws {
        guard let deviceID = requester.deviceID else { return }
        let device = UserDevice(requester.userID, deviceID)
        let known =
            if let known = waiting.value(device) {
                known
            } else {
                try await database.read { try store(in: $0).waiting(for: device) }
            }
        guard let first = known.first, first <= position else { return }
        try await database.write { try store(in: $0).delete(for: device, upTo: position) }
    }
}

/// What waits for a device that is gone goes with it.
extension DeviceInbox: DeviceObserver {
    func deviceRenamed(_ device: DeviceID, of user: UserID, in db: Connection) throws {}

    func devicesRemoved(_ removed: RemovedDevices, of user: UserID, in db: Connection) throws {
        try store(in: db).deleteAll(of: user, removed)
    }
}
