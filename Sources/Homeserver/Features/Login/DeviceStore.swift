import Database
import MatrixTypes

/// The table `devices`.
struct DeviceStore {
    let db: Connection

    /// A device, as its owner sees it.
    struct Device: Sendable {
        let deviceID: DeviceID
        let displayName: String?
        let lastSeen: Timestamp?
        let lastSeenIP: String?
        let lastSeenUserAgent: String?
    }

    /// Makes the device known; one that is there keeps its name.
    func insert(_ device: DeviceID, of user: UserID, name: String?, at now: Timestamp) throws {
        try db.run(
            """
            INSERT INTO devices (user_id, device_id, display_name, created_ts)
            VALUES (\(user), \(device), \(name), \(now))
            ON CONFLICT (user_id, device_id) DO NOTHING
            """)
    }

    func devices(of user: UserID, only device: DeviceID? = nil) throws -> [Device] {
        let condition: SQL = if let device { " AND device_id = \(device)" } else { "" }
        return try db.all(
            """
            SELECT device_id, display_name, last_seen_ts, last_seen_ip, last_seen_user_agent
            FROM devices WHERE user_id = \(user)\(condition) ORDER BY device_id
            """
        ) { row in
            Device(
                deviceID: try row[0], displayName: try row.optional(1),
                lastSeen: try row.optional(2), lastSeenIP: try row.optional(3),
                lastSeenUserAgent: try row.optional(4))
        }
    }

    /// - Returns: False where there is no such device.
    func rename(_ device: DeviceID, of user: UserID, to name: String?) throws -> Bool {
        try db.run(
            """
            UPDATE devices SET display_name = \(name)
            WHERE user_id = \(user) AND device_id = \(device)
            """) > 0
    }

    func saw(
        _ device: DeviceID, of user: UserID, at address: String, _ userAgent: String?,
        _ now: Timestamp
    ) throws {
        try db.run(
            """
            UPDATE devices SET last_seen_ts = \(now), last_seen_ip = \(address),
                last_seen_user_agent = \(userAgent)
            WHERE user_id = \(user) AND device_id = \(device)
            """)
    }

    func delete(_ devices: [DeviceID], of user: UserID) throws {
        try db.run(
            "DELETE FROM devices WHERE user_id = \(user) AND device_id IN \(list: devices)")
    }

    func deleteAll(of user: UserID, but kept: DeviceID? = nil) throws {
        let condition: SQL = if let kept { " AND device_id <> \(kept)" } else { "" }
        try db.run("DELETE FROM devices WHERE user_id = \(user)\(condition)")
    }
}
