import Database
import MatrixTypes

/// The table `device_keys`.
struct DeviceKeyStore {
    let db: Connection

    /// The keys of a device, as they are handed out.
    struct Entry: Sendable {
        let device: UserDevice
        let bytes: [UInt8]
        /// What its owner calls the device.
        var displayName: String?

        var object: JSONObject {
            get throws { try JSONObject(parsing: bytes) }
        }
    }

    func keys(of device: UserDevice) throws -> Entry? {
        try db.one(
            """
            SELECT keys FROM device_keys
            WHERE user_id = \(device.userID) AND device_id = \(device.deviceID)
            """
        ) { Entry(device: device, bytes: try $0[0]) }
    }

    /// The keys of all devices of some users.
    func keys(of users: [UserID]) throws -> [Entry] {
        try users.chunks(of: 500).flatMap { slice in
            try db.all(
                """
                SELECT k.user_id, k.device_id, k.keys, coalesce(d.display_name, h.display_name)
                FROM device_keys k
                LEFT JOIN devices d ON d.user_id = k.user_id AND d.device_id = k.device_id
                LEFT JOIN dehydrated_devices h
                    ON h.user_id = k.user_id AND h.device_id = k.device_id
                WHERE k.user_id IN \(list: slice) ORDER BY k.user_id, k.device_id
                """
            ) { row in
                Entry(
                    device: UserDevice(try row[0], try row[1]), bytes: try row[2],
                    displayName: try row.optional(3))
            }
        }
    }

    /// Those of some names that a device with keys has.
    func devices(_ names: [String], of user: UserID) throws -> [DeviceID] {
        try db.all(
            """
            SELECT device_id FROM device_keys
            WHERE user_id = \(user) AND device_id IN \(list: names)
            """)
    }

    func set(_ keys: DeviceKeys) throws {
        try db.run(
            """
            INSERT INTO device_keys (user_id, device_id, keys)
            VALUES (\(keys.device.userID), \(keys.device.deviceID), \(keys.bytes))
            ON CONFLICT (user_id, device_id) DO UPDATE SET keys = excluded.keys
            """)
    }

    /// - Returns: Those that had keys.
    func delete(of user: UserID, _ removed: RemovedDevices) throws -> [DeviceID] {
        let devices: [DeviceID] = try db.all(
            "SELECT device_id FROM device_keys WHERE user_id = \(user)\(removed.condition)")
        guard !devices.isEmpty else { return [] }
        try db.run(
            "DELETE FROM device_keys WHERE user_id = \(user) AND device_id IN \(list: devices)")
        return devices
    }
}
