import Database
import MatrixTypes

/// The table `devices`.
///
/// Whoever renames or removes devices makes it by `Sessions.devices`, so that observers are told.
struct DeviceStore {
    let db: Connection
    let observers: [any DeviceObserver]

    init(db: Connection, observers: [any DeviceObserver] = []) {
        self.db = db
        self.observers = observers
    }

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
        let count = try db.run(
            """
            UPDATE devices SET display_name = \(name)
            WHERE user_id = \(user) AND device_id = \(device)
            """)
        guard count > 0 else { return false }
        for observer in observers { try observer.deviceRenamed(device, of: user, in: db) }
        return true
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
        try delete(.these(devices), of: user)
    }

    func deleteAll(of user: UserID, but kept: DeviceID? = nil) throws {
        try delete(.allBut(kept), of: user)
    }

    private func delete(_ removed: RemovedDevices, of user: UserID) throws {
        try db.run("DELETE FROM devices WHERE user_id = \(user)\(removed.condition)")
        for observer in observers { try observer.devicesRemoved(removed, of: user, in: db) }
    }
}

extension DeviceStore {
    /// The devices of many users.
    ///
    /// - Parameter limit: No more than these are read.
    func all(of users: [UserID], limit: Int) throws -> [UserDevice] {
        var found: [UserDevice] = []
        for slice in users.chunks(of: 500) where found.count < limit {
            found += try db.all(
                """
                SELECT user_id, device_id FROM devices WHERE user_id IN \(list: slice)
                ORDER BY user_id, device_id LIMIT \(limit - found.count)
                """
            ) { UserDevice(try $0[0], try $0[1]) }
        }
        return found
    }

    /// Those of some devices that there are.
    func existing(_ devices: [UserDevice]) throws -> Set<UserDevice> {
        var found: Set<UserDevice> = []
        for slice in devices.chunks(of: 200) {
            let wanted = Set(slice)
            try db.forEach(
                """
                SELECT user_id, device_id FROM devices
                WHERE user_id IN \(list: Set(slice.map(\.userID)).sorted())
                  AND device_id IN \(list: Set(slice.map(\.deviceID)).sorted())
                """
            ) { row in
                let device = UserDevice(try row[0], try row[1])
                if wanted.contains(device) { found.insert(device) }
            }
        }
        return found
    }
}

extension Sessions {
    /// The devices, with those who have to be told of what becomes of them.
    func devices(in db: Connection) -> DeviceStore {
        DeviceStore(db: db, observers: deviceObservers)
    }
}
