import Database
import Hummingbird
import MatrixTypes

/// Hands out one-time keys, each one once, in the order in which they were uploaded; where a device has
/// none left, its fallback key.
///
/// `POST /_matrix/client/v3/keys/claim`
///
/// - Errors: `M_MISSING_PARAM`, `M_BAD_JSON`; `M_TOO_LARGE` for more devices than below.
/// - Spec: [POST /keys/claim](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysclaim)
struct ClaimKeys: Sendable {
    /// All are claimed in one block, for which all others wait.
    static let mostKeys = 2_000

    let database: Database
    let engine: RoomEngine
    let counts: KeyCountsInSync

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject()
        let wanted = try wanted(in: body)
        let claimed = try await database.write { [counts] db in
            let claimed = try OneTimeKeyStore(db: db).claim(wanted)
            for device in Set(claimed.keys.map(\.device)) {
                try counts.claimed(from: device, in: db)
            }
            return claimed
        }
        let users = Dictionary(grouping: claimed, by: \.key.device.userID)
        return .json { answer in
            answer.object("failures") { _ in }
            answer.object("one_time_keys") { object in
                for (user, keys) in users {
                    object.object(user.rawValue) { devices in
                        for (device, keys) in Dictionary(grouping: keys, by: \.key.device) {
                            devices.object(device.deviceID.rawValue) { object in
                                for (_, key) in keys { object.raw(key.name, key.bytes) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Users of other servers are passed over.
    private func wanted(in body: JSONObject) throws -> Set<OneTimeKeyStore.Wanted> {
        var wanted: Set<OneTimeKeyStore.Wanted> = []
        for (name, devices) in try readingBody({ try body.requiredObject("one_time_keys") }) {
            guard let user = UserID(name), let devices = devices.object else {
                throw MatrixError.badJSON("`one_time_keys` maps user IDs to devices.")
            }
            for (name, algorithm) in devices {
                guard let device = DeviceID(name), let algorithm = algorithm.string else {
                    throw MatrixError.badJSON("Each device is mapped to an algorithm.")
                }
                guard engine.isLocal(user) else { continue }
                wanted.insert(
                    OneTimeKeyStore.Wanted(
                        device: UserDevice(user, device), algorithm: algorithm))
            }
        }
        guard wanted.count <= Self.mostKeys else {
            throw MatrixError.tooLarge("These are too many devices at once.")
        }
        return wanted
    }
}
