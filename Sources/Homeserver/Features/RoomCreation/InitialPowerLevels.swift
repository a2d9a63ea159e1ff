import MatrixRules
import MatrixTypes

/// The content of a new room's first `m.room.power_levels`.
struct InitialPowerLevels {
    let creator: UserID
    let preset: RoomPreset
    let invited: [UserID]
    let rules: RoomRules

    /// - Parameter overrides: Its members take the place of those of the same name, whole.
    func bytes(overridden overrides: JSONObject) -> [UInt8] {
        jsonBytes { levels in
            func add(_ key: String, _ value: some JSONWritable) {
                if overrides[key] == nil { levels.write(key, value) }
            }
            add("ban", 50)
            add("events", events)
            add("events_default", 0)
            add("invite", preset == .publicChat ? 50 : 0)
            add("kick", 50)
            add("redact", 50)
            add("state_default", 50)
            add("users", users)
            add("users_default", 0)
            for (key, value) in overrides { levels[key] = value }
        }
    }

    private var events: [String: Int] {
        [
            "m.room.avatar": 50, "m.room.canonical_alias": 50, "m.room.encryption": 100,
            "m.room.history_visibility": 100, "m.room.name": 50, "m.room.power_levels": 100,
            "m.room.server_acl": 100,
            // Since v12, replacing the room is for its creators.
            "m.room.tombstone": rules.privilegesCreators ? 150 : 100,
        ]
    }

    /// Since v12, creators have no level here: theirs is above all others.
    private var users: [String: Int] {
        guard !rules.privilegesCreators else { return [:] }
        let equals = preset == .trustedPrivateChat ? invited : []
        return Dictionary(
            ([creator] + equals).map { ($0.rawValue, 100) }, uniquingKeysWith: { first, _ in first }
        )
    }
}
