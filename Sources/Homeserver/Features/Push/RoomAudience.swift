import Database
import MatrixRules
import MatrixTypes

/// The local members of a room whose rules may make something else of an event than the default ones
/// do, in groups of those who have the same: each group is asked once.
struct RoomAudience: Sendable {
    /// What the members of a group have in common.
    struct Group: Hashable, Sendable {
        /// Without what can match nothing in this room.
        let rules: PushRuleSet
        let mode: PushMode
    }

    /// The members of each group, and how they are called.
    private(set) var groups: [Group: [UserID: String?]] = [:]
    private var groupOf: [UserID: Group] = [:]

    init() {}

    var isEmpty: Bool { groups.isEmpty }

    func mode(of user: UserID) -> PushMode { groupOf[user]?.mode ?? .all }

    func contains(_ user: UserID) -> Bool { groupOf[user] != nil }

    /// Adds a member, or changes what is known of one. Who has nothing of their own here is left out.
    mutating func set(_ member: PushRuleStore.Member, in room: RoomID) {
        remove(member.user)
        let rules = member.rules.relevant(to: room)
        guard !rules.isDefault || member.mode != .all else { return }
        let group = Group(rules: rules, mode: member.mode)
        groups[group, default: [:]][member.user] = .some(member.displayName)
        groupOf[member.user] = group
    }

    mutating func remove(_ user: UserID) {
        guard let group = groupOf.removeValue(forKey: user) else { return }
        groups[group]?.removeValue(forKey: user)
        if groups[group]?.isEmpty == true { groups[group] = nil }
    }

    mutating func rename(_ user: UserID, to displayName: String?) {
        guard let group = groupOf[user] else { return }
        groups[group]?[user] = .some(displayName)
    }
}

extension PushRuleSet {
    /// The mode that tells most of what these rules make of a room's events.
    func mode(in room: RoomHead, isEncrypted: Bool) -> PushMode {
        // Nobody's: no rule for a sender holds.
        let nobody = UserID(unchecked: "@:")
        let few = PushRoom(
            memberCount: 3, power: RoomPower(create: nil, powerLevels: nil, under: room.rules))
        let message = PushEvent(
            type: isEncrypted ? .encrypted : .message, sender: nobody, roomID: room.roomID,
            stateKey: nil, content: .empty)
        if outcome(of: message, in: few, for: nil).notifies { return .all }
        let tombstone = PushEvent(
            type: .tombstone, sender: nobody, roomID: room.roomID, stateKey: "", content: .empty)
        return outcome(of: tombstone, in: few, for: nil).highlights ? .highlights : .nothing
    }
}
