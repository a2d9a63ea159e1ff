import Database
import Hummingbird
import MatrixTypes

/// Publishes the keys of the requester's device.
///
/// `POST /_matrix/client/v3/keys/upload`
///
/// Idempotent: the same keys uploaded again change nothing, even those that were given out since.
///
/// - Errors: `M_BAD_JSON`, `M_INVALID_PARAM`, `M_INVALID_SIGNATURE` and `M_TOO_LARGE` as `DeviceKeys` and
///   `OneTimeKeys` have them; `M_INVALID_PARAM` for another key under the name of one that is there;
///   `M_FORBIDDEN` where the device is called like one of the user's cross-signing keys.
/// - Spec: [POST /keys/upload](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysupload)
struct UploadKeys: Sendable {
    let database: Database
    let counts: KeyCountsInSync

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(mode: .strict)
        guard let deviceID = context.requester.deviceID else {
            throw MatrixError.invalidParameter("device_id", "Only devices have keys.")
        }
        let device = UserDevice(context.userID, deviceID)
        let upload = try KeyUpload(body, of: device)
        let counts = try await database.write { [counts] db in
            try upload.store(in: db, counts)
        }
        return .json { answer in
            answer["one_time_key_counts"] = counts.written
        }
    }
}

/// All that a device uploads at once.
struct KeyUpload: Sendable {
    let device: UserDevice
    let deviceKeys: DeviceKeys?
    let oneTimeKeys: OneTimeKeys
    let fallbackKeys: OneTimeKeys

    init(_ body: JSONObject, of device: UserDevice) throws {
        self.device = device
        deviceKeys = try readingBody { try body.object("device_keys") }.map {
            try DeviceKeys($0, of: device)
        }
        oneTimeKeys = try OneTimeKeys(readingBody { try body.object("one_time_keys") })
        let fallback = try readingBody {
            try body.object("fallback_keys")
                ?? body.object("org.matrix.msc2732.fallback_keys")
        }
        fallbackKeys = try OneTimeKeys(fallback)
        guard Set(fallbackKeys.keys.map(\.algorithm)).count == fallbackKeys.keys.count else {
            throw MatrixError.invalidParameter(
                "fallback_keys", "There is one fallback key for each algorithm.")
        }
    }

    /// - Returns: How many keys the device has now.
    func store(in db: Connection, _ counts: KeyCountsInSync) throws -> KeyCounts {
        if let deviceKeys { try store(deviceKeys, in: db) }
        let store = OneTimeKeyStore(db: db)
        try store.insert(oneTimeKeys, of: device)
        try store.replaceFallback(fallbackKeys, of: device)
        return try counts.refresh(device, in: db)
    }

    private func store(_ keys: DeviceKeys, in db: Connection) throws {
        let names = try CrossSigningStore(db: db).keys(of: device.userID).all.map(\.publicKey)
        guard !names.contains(device.deviceID.rawValue) else {
            throw MatrixError.forbidden("The device is called like a cross-signing key.")
        }
        let store = DeviceKeyStore(db: db)
        let old = try store.keys(of: device)
        guard old?.bytes != keys.bytes else { return }
        if let old, try old.object.unsigned() != keys.identity {
            // Another device under the same name: nothing of the first one holds for it.
            try OneTimeKeyStore(db: db).deleteAll(of: device.userID, .these([device.deviceID]))
            try KeySignatureStore(db: db).delete(
                of: device.userID, keys: [device.deviceID.rawValue])
        }
        try store.set(keys)
        try DeviceListStore(db: db).changed(device.userID)
    }
}
