import Database
import MatrixTypes

/// The table `dehydrated_devices`: one device of each user that nobody is logged in with.
struct DehydratedDeviceStore {
    let db: Connection

    struct Entry: Sendable {
        let deviceID: DeviceID
        /// A JSON object, which only the user's own devices understand.
        let data: [UInt8]
    }

    func device(of user: UserID) throws -> Entry? {
        try db.one(
            "SELECT device_id, device_data FROM dehydrated_devices WHERE user_id = \(user)"
        ) { Entry(deviceID: try $0[0], data: try $0[1]) }
    }

    /// The devices of many users.
    func all(of users: [UserID]) throws -> [UserDevice] {
        try users.chunks(of: 500).flatMap { slice in
            try db.all(
                """
                SELECT user_id, device_id FROM dehydrated_devices
                WHERE user_id IN \(list: slice)
                """
            ) { UserDevice(try $0[0], try $0[1]) }
        }
    }

    func set(_ device: UserDevice, name: String?, data: [UInt8]) throws {
        try db.run(
            """
            INSERT INTO dehydrated_devices (user_id, device_id, display_name, device_data)
            VALUES (\(device.userID), \(device.deviceID), \(name), \(data))
            ON CONFLICT (user_id) DO UPDATE SET
                device_id = excluded.device_id, display_name = excluded.display_name,
                device_data = excluded.device_data
            """)
    }

    func delete(of user: UserID, _ removed: RemovedDevices) throws {
        try db.run("DELETE FROM dehydrated_devices WHERE user_id = \(user)\(removed.condition)")
    }
}
