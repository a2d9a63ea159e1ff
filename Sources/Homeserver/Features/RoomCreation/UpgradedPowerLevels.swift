import MatrixRules
import MatrixTypes

/// The power levels of a room, as the room that replaces it has them.
struct UpgradedPowerLevels {
    /// Until the old room's state has been moved, its levels with the user's raised as far as that
    /// takes.
    let whileMoving: [UInt8]
    /// Nil: as they are while moving.
    let final: [UInt8]?

    /// - Parameters:
    ///   - oldContent: Of the old room's event; nil where it has none.
    ///   - rules: Of the new room.
    ///   - user: Who replaces the room.
    ///   - creators: Of the new room, where they are above all levels.
    init(
        old: RoomPower, oldContent: JSONObject?, rules: RoomRules, user: UserID,
        creators: Set<UserID>
    ) {
        var levels = old.levels
        let highest = levels.events.values.reduce(
            max(levels.stateDefault, levels.ban, levels.kick), max)
        if rules.privilegesCreators {
            for creator in creators { levels.users[creator] = nil }
            Self.keepForCreators(&levels, wasForCreators: !old.creators.isEmpty)
        } else {
            // Whoever was above all levels is at least on the highest of those there are.
            for creator in old.creators {
                levels.users[creator] = max(100, highest, levels.users.values.max() ?? 0)
            }
        }
        let content = Self.content(levels, like: oldContent)
        guard !rules.privilegesCreators, levels.level(of: user) < highest else {
            whileMoving = content
            final = nil
            return
        }
        var raised = levels
        raised.users[user] = highest
        whileMoving = Self.content(raised, like: oldContent)
        final = content
    }

    /// Since v12, replacing the room takes more than to change its state.
    private static func keepForCreators(_ levels: inout PowerLevels, wasForCreators: Bool) {
        let tombstone = levels.level(toSend: .tombstone, isState: true)
        if !wasForCreators || tombstone <= levels.stateDefault {
            levels.events[.tombstone] = max(tombstone, 150, above(levels.stateDefault))
        }
    }

    /// As a string, an old room may have a level that no number in an event can have.
    static func held(_ level: Int) -> Int {
        max(-JSONNumber.maxSafeInteger, min(level, JSONNumber.maxSafeInteger))
    }

    static func above(_ level: Int) -> Int { held(held(level) + 1) }

    /// What the old event does not state is not stated now: the defaults are the same.
    private static func content(_ levels: PowerLevels, like old: JSONObject?) -> [UInt8] {
        jsonBytes { content in
            for (key, path) in PowerLevels.namedLevels {
                guard let stated = old?[key], !stated.isNull else { continue }
                content[key] = held(levels[keyPath: path])
            }
            content["events"] = Dictionary(
                levels.events.map { ($0.key.rawValue, held($0.value)) },
                uniquingKeysWith: { first, _ in first })
            if !levels.notifications.isEmpty {
                content["notifications"] = levels.notifications.mapValues(held)
            }
            content["users"] = Dictionary(
                levels.users.map { ($0.key.rawValue, held($0.value)) },
                uniquingKeysWith: { first, _ in first })
        }
    }
}
