package import MatrixTypes

/// Who may do what in a room: its power levels, and its creators.
///
/// - Spec: [m.room.power_levels](https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels)
package struct RoomPower: Sendable {
    /// Since v12: those whose power is infinite. Empty before.
    package let creators: Set<UserID>

    /// What the room says, or the defaults of a room that says nothing: then who made it has 100.
    package let levels: PowerLevels

    /// - Parameters:
    ///   - create: The room's create event.
    ///   - powerLevels: The power levels that the room has now, if any.
    package init(create: PDU?, powerLevels: PDU?, under rules: RoomRules) {
        creators = rules.privilegesCreators ? Set(create.map(Self.creators(of:)) ?? []) : []
        if let powerLevels {
            // The authorization rules let no unreadable levels in.
            levels = (try? PowerLevels(from: powerLevels.content, under: rules)) ?? PowerLevels()
        } else {
            var levels = PowerLevels()
            if let founder = create.flatMap({ Self.founder(of: $0, under: rules) }) {
                levels.users[founder] = 100
            }
            self.levels = levels
        }
    }

    /// Who made the room.
    package static func founder(of create: PDU, under rules: RoomRules) -> UserID? {
        if rules.creatorIsSender { return create.sender }
        return create.content["creator"]?.string.map(UserID.init(unchecked:))
    }

    private static func creators(of create: PDU) -> [UserID] {
        let additional = create.content["additional_creators"]?.array ?? JSONArray.empty
        return [create.sender] + additional.compactMap { $0.string.flatMap(UserID.init) }
    }

    package func level(of user: UserID) -> PowerLevel {
        creators.contains(user) ? .infinite : .finite(levels.level(of: user))
    }
}

/// What a user's level is enough for. These say nothing of memberships.
extension RoomPower {
    package func maySend(_ user: UserID, _ type: EventType, isState: Bool) -> Bool {
        level(of: user) >= levels.level(toSend: type, isState: isState)
    }

    package func mayInvite(_ user: UserID) -> Bool { level(of: user) >= levels.invite }

    package func mayKick(_ user: UserID, _ target: UserID) -> Bool {
        level(of: user) >= levels.kick && level(of: target) < level(of: user)
    }

    package func mayBan(_ user: UserID, _ target: UserID) -> Bool {
        level(of: user) >= levels.ban && level(of: target) < level(of: user)
    }

    /// Lifting a ban takes the power to ban and the power to kick.
    package func mayUnban(_ user: UserID, _ target: UserID) -> Bool {
        level(of: user) >= levels.ban && mayKick(user, target)
    }

    /// Redact what others said.
    package func mayRedact(_ user: UserID) -> Bool { level(of: user) >= levels.redact }

    /// Notify in the way that `name` stands for, such as `room`.
    package func mayNotify(_ user: UserID, _ name: String) -> Bool {
        level(of: user) >= levels.level(toNotify: name)
    }
}
