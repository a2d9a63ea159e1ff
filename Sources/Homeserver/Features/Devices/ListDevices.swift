import Database
import Hummingbird
import MatrixTypes

/// Lists one's devices, or tells of one.
///
/// `GET /_matrix/client/v3/devices`
/// `GET /_matrix/client/v3/devices/{deviceId}`
///
/// - Errors: `M_NOT_FOUND` for a device one does not have.
/// - Spec: [Device management](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3devices)
struct ListDevices: Sendable {
    let database: Database

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let devices = try await database.read { try DeviceStore(db: $0).devices(of: user) }
        return .json { answer in
            answer.array("devices") { array in
                for device in devices { array.object { write(device, to: &$0) } }
            }
        }
    }

    @Sendable
    func respondOne(to request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let id = DeviceID(try context.parameter("deviceId"))
        let device = try await database.read { db in
            try id.flatMap { try DeviceStore(db: db).devices(of: user, only: $0).first }
        }
        guard let device else { throw MatrixError.notFound("You have no such device.") }
        return .json { write(device, to: &$0) }
    }

    private func write(_ device: DeviceStore.Device, to object: inout JSONObjectWriter) {
        object["device_id"] = device.deviceID
        object["display_name"] = device.displayName
        object["last_seen_ip"] = device.lastSeenIP
        object["last_seen_ts"] = device.lastSeen
        object["last_seen_user_agent"] = device.lastSeenUserAgent
    }
}

/// Names a device.
///
/// `PUT /_matrix/client/v3/devices/{deviceId}`
///
/// - Errors: `M_NOT_FOUND` for a device one does not have.
/// - Spec: [Device management](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3devicesdeviceid)
struct RenameDevice: Sendable {
    static let maxNameBytes = 100

    let database: Database
    let sessions: Sessions

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject()
        let user = context.userID
        guard let device = DeviceID(try context.parameter("deviceId")) else {
            throw MatrixError.notFound("You have no such device.")
        }
        let name = body["display_name"]?.string
        if let name, name.utf8.count > Self.maxNameBytes {
            throw MatrixError.tooLarge("A device's name has \(Self.maxNameBytes) bytes at most.")
        }
        let isThere = try await database.write { [sessions] db in
            let store = sessions.devices(in: db)
            guard let name else { return try !store.devices(of: user, only: device).isEmpty }
            return try store.rename(device, of: user, to: name)
        }
        guard isThere else { throw MatrixError.notFound("You have no such device.") }
        return .empty
    }
}
