import Database
import Hummingbird
import MatrixTypes

/// A device that receives messages for somebody who is logged in nowhere, until their next device takes
/// what it received.
///
/// `GET /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device`
/// `PUT /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device`
/// `DELETE /_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device`
///
/// Each user has one; another one takes its place, and what waited for it is gone.
///
/// - Errors: `M_NOT_FOUND` where there is none; for `PUT` those of `UploadKeys`, and `M_INVALID_PARAM` for the
///   name of an ordinary device.
/// - Spec: MSC3814, which is in no version of the specification yet.
struct DehydratedDevices: Sendable {
    static let maxDataBytes = 65_536

    let database: Database
    let sessions: Sessions
    let counts: KeyCountsInSync

    @Sendable
    func get(_ request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let device = try await database.read { try DehydratedDeviceStore(db: $0).device(of: user) }
        guard let device else { throw Self.none }
        return .json { answer in
            answer.raw("device_data", device.data)
            answer["device_id"] = device.deviceID
        }
    }

    @Sendable
    func put(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(mode: .strict)
        let (id, data, name) = try readingBody {
            _ = try body.requiredObject("device_keys")
            let data = try body.requiredObject("device_data")
            _ = try data.requiredString("algorithm")
            return (
                try body.requiredIdentifier("device_id", as: DeviceID.self), data,
                try body.string("initial_device_display_name")
            )
        }
        guard data.bytes.count <= Self.maxDataBytes else {
            throw MatrixError.tooLarge("`device_data` has \(Self.maxDataBytes) bytes at most.")
        }
        let device = UserDevice(context.userID, id)
        let upload = try KeyUpload(body, of: device)
        try await database.write { [sessions, counts] db in
            guard try DeviceStore(db: db).existing([device]).isEmpty else {
                throw MatrixError.invalidParameter(
                    "device_id", "You are logged in with this device.")
            }
            try remove(of: device.userID, in: db, sessions)
            try DehydratedDeviceStore(db: db).set(
                device, name: name.map { String($0.prefix(100)) }, data: Array(data.bytes))
            _ = try upload.store(in: db, counts)
        }
        return .json { $0["device_id"] = id }
    }

    @Sendable
    func delete(_ request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let removed = try await database.write { [sessions] db in
            try remove(of: user, in: db, sessions)
        }
        guard let removed else { throw Self.none }
        return .json { $0["device_id"] = removed }
    }

    /// Whoever keeps something for the device forgets it, as for any other.
    @discardableResult
    private func remove(of user: UserID, in db: Connection, _ sessions: Sessions) throws
        -> DeviceID?
    {
        guard let old = try DehydratedDeviceStore(db: db).device(of: user) else { return nil }
        for observer in sessions.deviceObservers {
            try observer.devicesRemoved(.these([old.deviceID]), of: user, in: db)
        }
        return old.deviceID
    }

    private static let none = MatrixError.notFound("You have no dehydrated device.")
}
