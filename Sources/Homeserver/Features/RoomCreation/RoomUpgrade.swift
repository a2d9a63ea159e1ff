import MatrixRules
import MatrixTypes

/// Replaces a room by a new one, in one write block.
///
/// The numbers are the specification's.
///
/// - Spec: [Room Upgrades: server behaviour](https://spec.matrix.org/v1.19/client-server-api/#server-behaviour-21)
struct RoomUpgrade: Sendable {
    /// Bans beyond this stay behind: all are moved in one block, for which all others wait.
    static let mostBans = 5_000

    let user: UserID
    /// Of the new room.
    let version: RoomVersion
    let rules: RoomRules
    /// Of the new room, in versions where it is no hash.
    let roomID: RoomID?
    /// As the client gave it: a list of user IDs, one hopes.
    let additionalCreators: JSON?
    let now: Timestamp

    func carryOut(on oldID: RoomID, _ timeline: Timeline) throws -> RoomID {
        // 1. Who may send the tombstone may replace the room.
        let old = try timeline.joinedRoom(oldID, for: user)
        guard !old.isBlocked else { throw MatrixError.forbidden("This room is closed.") }
        let power = try timeline.power(in: old)
        guard power.maySend(user, .tombstone, isState: true) else {
            throw MatrixError.forbidden("You may not replace this room.")
        }

        // 2. Before v12 the create event names the tombstone (5.), so that comes first; since v12
        // the tombstone names the room by the hash of its create event, so that does.
        let tombstone = try roomID.map { try bury(old, $0, timeline) }
        let creation = try createContent(replacing: old, tombstone, timeline)
        let levels = UpgradedPowerLevels(
            old: power, oldContent: try timeline.pdu(StateKey(.powerLevels), in: old)?.content,
            rules: rules, user: user,
            creators: try RoomCreate(from: creation.content).creators(sender: user, rules))
        var order = RoomOrder(
            creator: user, version: version, roomID: roomID, create: creation,
            powerLevels: try draft(.powerLevels, levels.whileMoving),
            kind: old.wasPrivate ? .private : .public, now: now)
        // 3. Its kind is kept, or tightened.
        order.state = try transferredState(of: old, timeline)
        try order.complete(
            by: timeline.engine.newRoomPolicies, asked: [], replacesEncrypted: old.wasEncrypted)
        let newID = try order.begin(on: timeline)
        if tombstone == nil { try bury(old, newID, timeline) }

        let new = try timeline.head(of: newID)
        try timeline.takeSettingsOver(user, to: new)
        try moveBans(from: old, to: new, timeline)
        // 4.
        try moveAliases(from: old, to: new, power, timeline)
        try moveListing(from: old, to: new, timeline)
        if let final = levels.final {
            try timeline.append(draft(.powerLevels, final), to: newID)
        }
        try mute(old, power, timeline)
        return newID
    }

    private func draft(_ type: EventType, key: String = "", _ content: [UInt8]) throws
        -> EventDraft
    {
        try EventDraft(sender: user, type: type, stateKey: key, content: content, at: now)
    }

    /// 5. Tells the old room where it goes on.
    @discardableResult
    private func bury(_ old: RoomHead, _ new: RoomID, _ timeline: Timeline) throws -> EventID {
        let content = jsonBytes { content in
            content["body"] = "This room has been replaced"
            content["replacement_room"] = new
        }
        return try timeline.append(draft(.tombstone, content), to: old.roomID).eventID
    }

    private func createContent(
        replacing old: RoomHead, _ tombstone: EventID?, _ timeline: Timeline
    ) throws -> EventDraft {
        let create = try timeline.pdu(StateKey(.roomCreate), in: old)?.content ?? .empty
        let given = jsonBytes { content in
            if create["m.federate"]?.bool == false { content["m.federate"] = false }
            content["type"] = create["type"]?.string
            content.object("predecessor") { predecessor in
                predecessor["event_id"] = tombstone
                predecessor["room_id"] = old.roomID
            }
            if let additionalCreators { content["additional_creators"] = additionalCreators }
        }
        let content = CreateContent(
            given: try JSONObject(parsing: given), creator: user, version: version, rules: rules,
            additionalCreators: [])
        return try draft(.roomCreate, content.bytes())
    }
}

extension RoomUpgrade {
    /// What the new room takes over from the old one, beside the power levels.
    private static let transferred: [EventType] = [
        .joinRules, .historyVisibility, .guestAccess, .encryption, .serverACL, .roomName,
        .roomAvatar, .roomTopic,
    ]

    /// 3. State that means the same in the new room, whoever sent it.
    private func transferredState(of old: RoomHead, _ timeline: Timeline) throws -> [EventDraft] {
        var drafts: [EventDraft] = []
        for type in Self.transferred {
            guard let content = try timeline.pdu(StateKey(type), in: old)?.content else { continue }
            drafts.append(try draft(type, transferredContent(type, content)))
        }
        let create = try timeline.pdu(StateKey(.roomCreate), in: old)?.content
        if create?["type"]?.string == "m.space" {
            drafts += try children(of: old, timeline)
        }
        // Rooms until v5 let numbers in that newer ones do not.
        return drafts.filter { $0.isStrict || rules.jsonMode == .plain }
    }

    /// A join rule that the new version does not have would lock everybody out.
    private func transferredContent(_ type: EventType, _ content: JSONObject) -> [UInt8] {
        let isKnown =
            switch content["join_rule"]?.string ?? "" {
            case "knock": rules.allowsKnocking
            case "restricted": rules.hasRestrictedJoins
            case "knock_restricted": rules.hasKnockRestrictedJoins
            default: true
            }
        guard type != .joinRules || isKnown else { return jsonBytes { $0["join_rule"] = "invite" } }
        return Array(content.bytes)
    }

    /// A space keeps its rooms.
    private func children(of old: RoomHead, _ timeline: Timeline) throws -> [EventDraft] {
        var positions: [StreamPosition] = []
        try timeline.state.forEach(in: old.state, .others) { entry in
            if entry.key.type == .spaceChild { positions.append(entry.position) }
        }
        return try timeline.events.events(at: positions.sorted()).compactMap { event in
            guard let key = event.stateKey, try event.content()["via"] != nil else { return nil }
            return try draft(.spaceChild, key: key, Array(event.contentBytes))
        }
    }

    /// Whoever was banned stays out.
    private func moveBans(
        from old: RoomHead, to new: RoomHead, _ timeline: Timeline
    ) throws {
        let power = try timeline.power(in: new)
        let banned = try timeline.memberships.members(of: old.number, .ban, limit: Self.mostBans)
        let events = try timeline.events.events(at: banned.map(\.position).sorted())
        let reasons = Dictionary(
            try events.map { ($0.position, try $0.content()["reason"]?.string) },
            uniquingKeysWith: { first, _ in first })
        for member in banned where power.mayBan(user, member.userID) {
            try timeline.change(
                MembershipRequest(
                    sender: user, target: member.userID, membership: .ban,
                    reason: reasons[member.position] ?? nil, now: now),
                in: try timeline.head(of: new.roomID))
        }
    }

    /// 4. The aliases of this server stand for the new room, and it names those that the old one
    /// named.
    private func moveAliases(
        from old: RoomHead, to new: RoomHead, _ power: RoomPower, _ timeline: Timeline
    ) throws {
        let moved = Set(try timeline.aliases.aliases(of: old.number))
        guard !moved.isEmpty else { return }
        try timeline.aliases.move(from: old.number, to: new.number)
        if let named = try timeline.canonicalAlias(of: old), !named.all.isDisjoint(with: moved) {
            let content = named.content { moved.contains($0) }
            try timeline.append(draft(.canonicalAlias, content), to: new.roomID)
        }
        guard power.maySend(user, .canonicalAlias, isState: true) else { return }
        try timeline.removeFromCanonicalAlias(moved, in: old, by: user, at: now)
    }

    private func moveListing(
        from old: RoomHead, to new: RoomHead, _ timeline: Timeline
    ) throws {
        guard try timeline.summaries.summary(of: old.number).isListed else { return }
        try timeline.setListed(false, old)
        try timeline.setListed(true, new)
    }

    /// 6. Nobody writes in the old room any more, or invites to it, but those who look after it.
    private func mute(_ old: RoomHead, _ power: RoomPower, _ timeline: Timeline) throws {
        guard power.maySend(user, .powerLevels, isState: true),
            let levels = try timeline.pdu(StateKey(.powerLevels), in: old)
        else { return }
        let least = max(50, UpgradedPowerLevels.above(power.levels.usersDefault))
        let content = jsonBytes { content in
            for (key, value) in levels.content where key != "events_default" && key != "invite" {
                content[key] = value
            }
            content["events_default"] = UpgradedPowerLevels.held(
                max(power.levels.eventsDefault, least))
            content["invite"] = UpgradedPowerLevels.held(max(power.levels.invite, least))
        }
        do {
            try timeline.append(draft(.powerLevels, content), to: old.roomID)
        } catch let error as MatrixError where error.code == .forbidden {
            // Somebody who may not go so far replaces the room all the same.
        }
    }
}

extension RoomCreate {
    /// Since v12: those who are above all levels.
    fileprivate func creators(sender: UserID, _ rules: RoomRules) -> Set<UserID> {
        guard rules.privilegesCreators else { return [] }
        return Set([sender] + (additionalCreators ?? []).compactMap { UserID($0) })
    }
}
