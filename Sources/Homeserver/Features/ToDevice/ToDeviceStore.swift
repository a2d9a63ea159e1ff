import Database
import MatrixTypes

/// Where the messages lie that wait for a device.
struct WaitingMessages: Sendable, Equatable {
    /// Of the oldest one. Nil: none waits.
    var first: StreamPosition?
    /// Of the newest one.
    var last = StreamPosition.start
    var count = 0
}

/// A message to a device.
struct ToDeviceMessage: Sendable {
    let position: StreamPosition
    let sender: UserID
    let type: EventType
    /// A JSON object.
    let content: [UInt8]

    /// As a client gets it.
    var bytes: [UInt8] {
        jsonBytes { event in
            event.raw("content", content)
            event["sender"] = sender
            event["type"] = type
        }
    }
}

/// The table `to_device_messages`.
struct ToDeviceStore {
    /// What is sent to a device that has not fetched this many is dropped, so that a device that
    /// never comes back, or somebody who floods it, does not fill the disk.
    static let mostWaiting = 100_000

    let db: Connection
    let waiting: SharedCache<UserDevice, WaitingMessages>

    /// What waits for some devices.
    func waiting(for devices: [UserDevice]) throws -> [UserDevice: WaitingMessages] {
        var found: [UserDevice: WaitingMessages] = [:]
        var unknown: Set<UserDevice> = []
        for device in devices {
            if let known = db.cached(waiting, device) {
                found[device] = known
            } else {
                unknown.insert(device)
            }
        }
        for slice in Set(unknown.map(\.userID)).sorted().chunks(of: 200) {
            try db.forEach(
                """
                SELECT user_id, device_id, min(position), max(position), count(*)
                FROM to_device_messages WHERE user_id IN \(list: slice)
                GROUP BY user_id, device_id
                """
            ) { row in
                let device = UserDevice(try row[0], try row[1])
                guard unknown.contains(device) else { return }
                found[device] = WaitingMessages(
                    first: try row[2], last: try row[3], count: try row[4])
            }
        }
        for device in unknown {
            let known = found[device] ?? WaitingMessages()
            found[device] = known
            db.cache(waiting, device, known)
        }
        return found
    }

    func waiting(for device: UserDevice) throws -> WaitingMessages {
        try waiting(for: [device])[device] ?? WaitingMessages()
    }

    /// Keeps messages for their devices, and has each device told.
    func insert(
        _ messages: [(device: UserDevice, content: [UInt8])], from sender: UserID,
        _ type: EventType
    ) throws {
        var waiting = try waiting(for: messages.map(\.device))
        for (device, content) in messages {
            var known = waiting[device] ?? WaitingMessages()
            guard known.count < Self.mostWaiting else { continue }
            let position = StreamPosition(rawValue: db.nextPosition())
            try db.post(
                """
                INSERT INTO to_device_messages
                    (position, user_id, device_id, sender, type, content)
                VALUES (\(position), \(device.userID), \(device.deviceID), \(sender), \(type),
                        \(content))
                """)
            known.first = known.first ?? position
            known.last = position
            known.count += 1
            waiting[device] = known
            db.cache(self.waiting, device, known)
            db.announce(
                Change(position: position, kind: .device(device.userID, device.deviceID)))
        }
    }

    /// The oldest messages for a device in a part of the stream, in order.
    func messages(
        for device: UserDevice, after start: StreamPosition, upTo end: StreamPosition, limit: Int
    ) throws -> [ToDeviceMessage] {
        try db.all(
            """
            SELECT position, sender, type, content FROM to_device_messages
            WHERE user_id = \(device.userID) AND device_id = \(device.deviceID)
              AND position > \(start) AND position <= \(end)
            ORDER BY position LIMIT \(limit)
            """
        ) { row in
            ToDeviceMessage(
                position: try row[0], sender: try row[1], type: try row[2], content: try row[3])
        }
    }

    func delete(for device: UserDevice, upTo position: StreamPosition) throws {
        try db.run(
            """
            DELETE FROM to_device_messages
            WHERE user_id = \(device.userID) AND device_id = \(device.deviceID)
              AND position <= \(position)
            """)
        db.cache(waiting, device, nil)
        _ = try waiting(for: device)
    }

    func deleteAll(of user: UserID, _ removed: RemovedDevices) throws {
        let devices: [DeviceID] = try db.all(
            """
            SELECT DISTINCT device_id FROM to_device_messages
            WHERE user_id = \(user)\(removed.condition)
            """)
        guard !devices.isEmpty else { return }
        try db.run(
            """
            DELETE FROM to_device_messages
            WHERE user_id = \(user) AND device_id IN \(list: devices)
            """)
        for device in devices { db.cache(waiting, UserDevice(user, device), WaitingMessages()) }
    }
}
