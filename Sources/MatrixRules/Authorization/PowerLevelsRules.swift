import MatrixTypes

extension Authorization {
    /// Rule 9.
    ///
    /// - Parameter power: The levels before this event.
    func checkPowerLevels(
        _ event: PDU, in state: some AuthState, _ power: RoomPower, createdBy create: PDU
    ) throws(Rejection) {
        // 9.1, 9.2 and 9.3. All levels are integers, and all users are users.
        //
        // NOTSPEC: Until v9, the rules ask it of `users` alone, and leave open what others mean that
        // are no integers in any of their spellings. We reject them: there is no level to judge by.
        let new = try PowerLevels(from: event.content, under: rules)

        // Since v12, 9.4. Creators have no level.
        if let creator = power.creators.sorted().first(where: { new.users[$0] != nil }) {
            throw .levelOfCreator(creator)
        }

        // 9.4. The first levels of a room are free.
        guard let current = state.event(StateKey(.powerLevels)) else { return }
        let change = PowerLevelsChange(
            old: (power.levels, current.content), new: (new, event.content),
            sender: event.sender, level: power.level(of: event.sender))
        // 9.5. Levels that have a name.
        try change.checkNamed()
        // 9.6 and 9.7. What it takes to send, and since v6 to notify.
        try change.checkEvents()
        if rules.checksNotificationLevels { try change.checkNotifications() }
        // 9.8 and 9.9. What users have.
        try change.checkUsers()
        // 9.10. Otherwise, allow.
    }
}

/// From one `m.room.power_levels` to the next.
private struct PowerLevelsChange {
    let old: (levels: PowerLevels, content: JSONObject)
    let new: (levels: PowerLevels, content: JSONObject)
    let sender: UserID
    /// The sender's, before the change.
    let level: PowerLevel

    /// Rule 9.5. A level that only one of the two states has no value in the other.
    func checkNamed() throws(Rejection) {
        for (key, path) in PowerLevels.namedLevels {
            let before = Self.isStated(key, old.content) ? old.levels[keyPath: path] : nil
            let after = Self.isStated(key, new.content) ? new.levels[keyPath: path] : nil
            // 9.5.1 and 9.5.2.
            guard isWithinReach(before, after) else { throw .levelOutOfReach(key) }
        }
    }

    /// Rules 9.6 and 9.7.
    func checkEvents() throws(Rejection) {
        for type in Set(old.levels.events.keys).union(new.levels.events.keys) {
            guard isWithinReach(old.levels.events[type], new.levels.events[type]) else {
                throw .levelOutOfReach("events.\(type)")
            }
        }
    }

    /// Since v6, rules 9.6 and 9.7 for `notifications`.
    func checkNotifications() throws(Rejection) {
        let (before, after) = (old.levels.notifications, new.levels.notifications)
        for name in Set(before.keys).union(after.keys) {
            guard isWithinReach(before[name], after[name]) else {
                throw .levelOutOfReach("notifications.\(name)")
            }
        }
    }

    /// Rules 9.8 and 9.9.
    func checkUsers() throws(Rejection) {
        for user in Set(old.levels.users.keys).union(new.levels.users.keys) {
            let (before, after) = (old.levels.users[user], new.levels.users[user])
            guard before != after else { continue }
            // 9.8.1. Those on the sender's own level are out of reach, but for the sender.
            if let before, user != sender, before >= level { throw .userOutOfReach(user) }
            // 9.9.1. Nobody is raised above the sender.
            if let after, after > level { throw .userOutOfReach(user) }
        }
    }

    private func isWithinReach(_ before: Int?, _ after: Int?) -> Bool {
        guard before != after else { return true }
        return ![before, after].contains { value in value.map { $0 > level } ?? false }
    }

    /// An explicit null, which passes until v9, is nothing.
    private static func isStated(_ key: String, _ content: JSONObject) -> Bool {
        content[key].map { !$0.isNull } ?? false
    }
}
