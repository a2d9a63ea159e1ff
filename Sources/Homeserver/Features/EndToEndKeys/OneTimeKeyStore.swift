import Database
import HTTPTypes
import MatrixTypes

/// The tables `one_time_keys` and `fallback_keys`.
struct OneTimeKeyStore {
    /// A device's keys that were given out are remembered, the newest ones, so that a repeated upload
    /// does not bring one back.
    static let mostClaimed = 1_000

    let db: Connection

    /// Adds one-time keys. Those that are there already, or were given out, are left as they are.
    ///
    /// - Throws: `M_INVALID_PARAM` for another key under the same name; `M_TOO_LARGE` past the most that a
    ///   device may have.
    func insert(_ upload: OneTimeKeys, of device: UserDevice) throws {
        guard !upload.keys.isEmpty else { return }
        let known = try known(of: device)
        var count = known.values.count { !$0.isClaimed }
        for key in upload.keys {
            if let old = known[key.name] {
                guard old.bytes == key.bytes else {
                    throw MatrixError.invalidParameter(
                        "one_time_keys", "There is another key called `\(key.name)` already.")
                }
                continue
            }
            count += 1
            guard count <= OneTimeKeys.mostOfDevice else {
                throw MatrixError.tooLarge("The device has too many one-time keys already.")
            }
            try db.post(
                """
                INSERT INTO one_time_keys (position, user_id, device_id, algorithm, key_id, key)
                VALUES (\(db.nextPosition()), \(device.userID), \(device.deviceID),
                        \(key.algorithm), \(key.keyID), \(key.bytes))
                """)
        }
        try forgetOldClaims(of: device)
    }

    private func known(of device: UserDevice) throws
        -> [String: (bytes: [UInt8], isClaimed: Bool)]
    {
        var known: [String: ([UInt8], Bool)] = [:]
        try db.forEach(
            """
            SELECT algorithm, key_id, key, claimed FROM one_time_keys
            WHERE user_id = \(device.userID) AND device_id = \(device.deviceID)
            """
        ) { row in
            known["\(try row.text(0)):\(try row.text(1))"] = (try row[2], try row[3])
        }
        return known
    }

    private func forgetOldClaims(of device: UserDevice) throws {
        try db.run(
            """
            DELETE FROM one_time_keys WHERE position IN (
                SELECT position FROM one_time_keys
                WHERE user_id = \(device.userID) AND device_id = \(device.deviceID)
                  AND claimed = 1
                ORDER BY position DESC LIMIT 10000 OFFSET \(Self.mostClaimed))
            """)
    }

    /// Puts fallback keys in the place of those of the same algorithms. The same key again keeps its mark.
    func replaceFallback(_ upload: OneTimeKeys, of device: UserDevice) throws {
        for key in upload.keys {
            try db.run(
                """
                INSERT INTO fallback_keys (user_id, device_id, algorithm, key_id, key)
                VALUES (\(device.userID), \(device.deviceID), \(key.algorithm), \(key.keyID),
                        \(key.bytes))
                ON CONFLICT (user_id, device_id, algorithm) DO UPDATE SET
                    used = CASE WHEN fallback_keys.key = excluded.key
                                 AND fallback_keys.key_id = excluded.key_id
                           THEN fallback_keys.used ELSE 0 END,
                    key_id = excluded.key_id, key = excluded.key
                """)
        }
    }

    func counts(of device: UserDevice) throws -> KeyCounts {
        var counts = KeyCounts()
        try db.forEach(
            """
            SELECT algorithm, count(*) FROM one_time_keys
            WHERE user_id = \(device.userID) AND device_id = \(device.deviceID) AND claimed = 0
            GROUP BY algorithm
            """
        ) { counts.oneTime[try $0.text(0)] = try $0[1] }
        counts.unusedFallback = try db.all(
            """
            SELECT algorithm FROM fallback_keys
            WHERE user_id = \(device.userID) AND device_id = \(device.deviceID) AND used = 0
            ORDER BY algorithm
            """)
        return counts
    }

    /// - Returns: Those that had keys, or had given some out.
    @discardableResult
    func deleteAll(of user: UserID, _ removed: RemovedDevices) throws -> [DeviceID] {
        let devices: [DeviceID] = try db.all(
            """
            SELECT device_id FROM one_time_keys WHERE user_id = \(user)\(removed.condition)
            UNION
            SELECT device_id FROM fallback_keys WHERE user_id = \(user)\(removed.condition)
            """)
        try db.run("DELETE FROM one_time_keys WHERE user_id = \(user)\(removed.condition)")
        try db.run("DELETE FROM fallback_keys WHERE user_id = \(user)\(removed.condition)")
        return devices
    }
}

extension OneTimeKeyStore {
    /// A key that somebody wants, and gets.
    struct Wanted: Hashable, Sendable {
        let device: UserDevice
        let algorithm: String
    }
    struct Claimed: Sendable {
        let name: String
        let bytes: [UInt8]
    }

    /// Gives one key for each wish: the oldest one-time key, for the last time; else the fallback key.
    func claim(_ wanted: Set<Wanted>) throws -> [Wanted: Claimed] {
        var claimed: [Wanted: Claimed] = [:]
        for slice in Array(wanted).chunks(of: 200) {
            let wanted = Set(slice)
            let found = try oneTimeKeys(for: wanted)
            claimed.merge(found) { _, new in new }
            let rest = wanted.subtracting(found.keys)
            if !rest.isEmpty { claimed.merge(try fallbackKeys(for: rest)) { _, new in new } }
        }
        return claimed
    }

    private func oneTimeKeys(for wanted: Set<Wanted>) throws -> [Wanted: Claimed] {
        var oldest: [Int64] = []
        try db.forEach(
            """
            SELECT user_id, device_id, algorithm, min(position) FROM one_time_keys
            WHERE user_id IN \(list: Set(wanted.map(\.device.userID)).sorted())
              AND device_id IN \(list: Set(wanted.map(\.device.deviceID)).sorted())
              AND claimed = 0
            GROUP BY user_id, device_id, algorithm
            """
        ) { row in
            let device = UserDevice(try row[0], try row[1])
            guard wanted.contains(Wanted(device: device, algorithm: try row[2])) else { return }
            oldest.append(try row[3])
        }
        var claimed: [Wanted: Claimed] = [:]
        guard !oldest.isEmpty else { return claimed }
        try db.forEach(
            """
            SELECT user_id, device_id, algorithm, key_id, key FROM one_time_keys
            WHERE position IN \(list: oldest)
            """
        ) { row in
            let algorithm = try row.text(2)
            let wish = Wanted(device: UserDevice(try row[0], try row[1]), algorithm: algorithm)
            claimed[wish] = Claimed(name: "\(algorithm):\(try row.text(3))", bytes: try row[4])
        }
        try db.run("UPDATE one_time_keys SET claimed = 1 WHERE position IN \(list: oldest)")
        return claimed
    }

    private func fallbackKeys(for wanted: Set<Wanted>) throws -> [Wanted: Claimed] {
        var claimed: [Wanted: Claimed] = [:]
        var unused: [Wanted] = []
        try db.forEach(
            """
            SELECT user_id, device_id, algorithm, key_id, key, used FROM fallback_keys
            WHERE user_id IN \(list: Set(wanted.map(\.device.userID)).sorted())
              AND device_id IN \(list: Set(wanted.map(\.device.deviceID)).sorted())
            """
        ) { row in
            let algorithm = try row.text(2)
            let wish = Wanted(device: UserDevice(try row[0], try row[1]), algorithm: algorithm)
            guard wanted.contains(wish) else { return }
            claimed[wish] = Claimed(name: "\(algorithm):\(try row.text(3))", bytes: try row[4])
            if try !(row[5] as Bool) { unused.append(wish) }
        }
        for wish in unused {
            try db.post(
                """
                UPDATE fallback_keys SET used = 1
                WHERE user_id = \(wish.device.userID) AND device_id = \(wish.device.deviceID)
                  AND algorithm = \(wish.algorithm)
                """)
        }
        return claimed
    }
}
