import Database
import MatrixRules
import MatrixTypes

/// Counts, in the block that appends an event, whom the event notifies.
///
/// What the default rules make of it is one number for the whole room; members with rules of their own
/// are asked in groups; and rows are written for those alone for whom it is something else: whom it
/// mentions, whose keyword it has, who ignores its sender. So a message that mentions nobody writes as
/// many rows in a room of ten thousand as in a room of ten.
///
/// - Spec: [Receiving notifications](https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications)
struct CountNotifications: NotificationCounting, TimelineObserver {
    let rules = SharedCache<UserID, PushRuleSet>(capacity: 50_000)
    let audiences = SharedCache<RoomNumber, RoomAudience>(capacity: 5_000)
    private let names = SharedCache<RoomNumber, MemberNames>(capacity: 2_000)

    init() {}

    func count(
        _ pdu: PDU, at position: StreamPosition, thread: EventID?, in room: RoomHead,
        _ timeline: Timeline
    ) throws -> NotificationCount {
        // The room's first event: nobody is there yet.
        if pdu.type == .roomCreate { return .zero }
        let event = try InferredMentions(timeline: timeline, names: names).event(pdu, in: room)
        let audience = try audience(of: room, timeline)
        let place = PushRoom(
            memberCount: try timeline.summaries.summary(of: room.number).joinedMembers,
            power: try power(event, audience, in: room, timeline))
        let usual = PushRuleSet.default.outcome(of: event, in: place, for: nil)
        let count = NotificationCount(usual)

        var differing = try ofGroups(event, place, audience, count)
        for (user, outcome) in try ofOthers(event, place, audience, room, timeline) {
            differing[user] = outcome == audience.mode(of: user)(count) ? nil : outcome
        }
        for (user, outcome) in differing where user != pdu.sender {
            try store(
                outcome, of: user, over: audience.mode(of: user)(count), at: position, thread,
                in: room, timeline)
        }
        return count
    }

    /// Levels are read only where a rule may ask for them: they are long in large rooms.
    private func power(
        _ event: PushEvent, _ audience: RoomAudience, in room: RoomHead, _ timeline: Timeline
    ) throws -> RoomPower {
        let asks = !audience.isEmpty || event.content["m.mentions"]?["room"]?.bool == true
        return asks
            ? try timeline.power(in: room)
            : RoomPower(create: nil, powerLevels: nil, under: room.rules)
    }

    /// The members of groups for whom the event is not what their mode makes of it.
    private func ofGroups(
        _ event: PushEvent, _ place: PushRoom, _ audience: RoomAudience, _ count: NotificationCount
    ) throws -> [UserID: NotificationCount] {
        var differing: [UserID: NotificationCount] = [:]
        for (group, members) in audience.groups {
            let outcome = NotificationCount(
                group.rules.outcome(of: event, in: place, for: nil))
            if outcome != group.mode(count) {
                for user in members.keys { differing[user] = outcome }
            }
            guard group.rules.asksForDisplayName else { continue }
            for (user, name) in members {
                guard let name, event.names(name) else { continue }
                let reader = PushReader(userID: user, displayName: name)
                let own = NotificationCount(
                    group.rules.outcome(of: event, in: place, for: reader))
                differing[user] = own == group.mode(count) ? nil : own
            }
        }
        return differing
    }

    /// What the event is for those whom it names, one by one, and for those who ignore its sender.
    private func ofOthers(
        _ event: PushEvent, _ place: PushRoom, _ audience: RoomAudience, _ room: RoomHead,
        _ timeline: Timeline
    ) throws -> [UserID: NotificationCount] {
        var outcomes: [UserID: NotificationCount] = [:]
        let named = event.namedUsers.filter { timeline.engine.isLocal($0) && $0 != event.sender }
        if !named.isEmpty {
            let store = PushRuleStore(db: timeline.db, cache: rules)
            for (user, name) in try timeline.memberships.joined(Array(named), in: room.number) {
                let reader = PushReader(userID: user, displayName: name)
                outcomes[user] = NotificationCount(
                    try store.rules(of: user).outcome(of: event, in: place, for: reader))
            }
        }
        let ignorers = try timeline.engine.ignored.ignorers(
            of: event.sender, in: timeline.db, upTo: StreamPosition(rawValue: timeline.db.position))
        if !ignorers.isEmpty {
            for (user, _) in try timeline.memberships.joined(Array(ignorers), in: room.number) {
                outcomes[user] = .zero
            }
        }
        return outcomes
    }

    private func store(
        _ outcome: NotificationCount, of user: UserID, over usual: NotificationCount,
        at position: StreamPosition, _ thread: EventID?, in room: RoomHead, _ timeline: Timeline
    ) throws {
        let difference = outcome - usual
        try PushOutcomeStore(db: timeline.db).insert(
            .init(
                position: position, thread: thread?.rawValue ?? ThreadScope.main,
                notifies: outcome.notifications > 0, highlights: outcome.highlights > 0,
                difference: difference),
            of: user, in: room.number)
        let key = UserInRoom(user: user, room: room.number)
        var state = timeline.db.cached(timeline.engine.readStates, key)
        state?.add(difference, in: thread)
        timeline.db.cache(timeline.engine.readStates, key, state)
    }

    // MARK: Who has rules of their own here

    private func audience(of room: RoomHead, _ timeline: Timeline) throws -> RoomAudience {
        if let audience = timeline.db.cached(audiences, room.number) { return audience }
        var audience = RoomAudience()
        let store = PushRuleStore(db: timeline.db, cache: rules)
        for member in try store.members(of: room.number) {
            audience.set(member, in: room.roomID)
        }
        timeline.db.cache(audiences, room.number, audience)
        return audience
    }

    func appended(_ event: AppendedEvent, to timeline: Timeline) throws {
        if let change = event.membership {
            try changed(change, by: event, timeline)
        } else if event.pdu.type != .roomCreate, timeline.engine.isLocal(event.pdu.sender) {
            try ReadMarkers(timeline: timeline).moved(event.pdu.sender, by: event)
        }
    }

    private func changed(
        _ change: MembershipChange, by event: AppendedEvent, _ timeline: Timeline
    ) throws {
        let user = change.user
        guard timeline.engine.isLocal(user) else { return }
        let room = event.room
        guard change.new == .join else {
            if change.new == .invite { try invited(user, by: event, timeline) }
            guard change.old == .join else { return }
            try PushModeStore(db: timeline.db).delete(of: user, in: room.number)
            changeAudience(of: room, timeline) { $0.remove(user) }
            return
        }
        let displayName = event.pdu.content["displayname"]?.string
        timeline.db.cached(names, room.number)?.add(user, displayName)
        if change.old == .join {
            changeAudience(of: room, timeline) { $0.rename(user, to: displayName) }
            return
        }
        let rules = try PushRuleStore(db: timeline.db, cache: rules).rules(of: user)
        guard !rules.isDefault else { return }
        try setMode(of: user, displayName, by: rules, in: room, timeline)
    }

    /// An invitation notifies whom it is for, though they are not in the room.
    private func invited(_ user: UserID, by event: AppendedEvent, _ timeline: Timeline) throws {
        guard user != event.pdu.sender,
            try !timeline.engine.ignored.ignorers(
                of: event.pdu.sender, in: timeline.db, upTo: event.position
            ).contains(user)
        else { return }
        let outcome = NotificationCount(
            try PushRuleStore(db: timeline.db, cache: rules).rules(of: user).outcome(
                of: PushEvent(event.pdu),
                in: PushRoom(
                    memberCount: try timeline.summaries.summary(of: event.room.number)
                        .joinedMembers,
                    power: try timeline.power(in: event.room)),
                for: PushReader(userID: user, displayName: nil)))
        guard outcome != .zero else { return }
        try store(
            outcome, of: user, over: .zero, at: event.position, nil, in: event.room, timeline)
    }

    private func changeAudience(
        of room: RoomHead, _ timeline: Timeline, _ change: (inout RoomAudience) -> Void
    ) {
        // One that is not in memory is read whole when it is next asked for.
        guard var audience = timeline.db.cached(audiences, room.number) else { return }
        change(&audience)
        timeline.db.cache(audiences, room.number, audience)
    }

    /// Has a member's rules hold in a room from now on.
    private func setMode(
        of user: UserID, _ displayName: String?, by rules: PushRuleSet, in room: RoomHead,
        _ timeline: Timeline
    ) throws {
        let isEncrypted = try timeline.summaries.summary(of: room.number).encryption != nil
        let mode = rules.mode(in: room, isEncrypted: isEncrypted)
        try PushModeStore(db: timeline.db).begin(mode, of: user, in: room)
        timeline.db.cache(
            timeline.engine.readStates, UserInRoom(user: user, room: room.number), nil)
        changeAudience(of: room, timeline) { audience in
            audience.set(
                .init(user: user, displayName: displayName, rules: rules, mode: mode),
                in: room.roomID)
        }
    }

    /// Has a user's changed rules hold from now on, in all their rooms where they differ.
    func rulesChanged(
        from old: PushRuleSet, to rules: PushRuleSet, of user: UserID, _ timeline: Timeline
    ) throws {
        let places = try timeline.memberships.places(of: user)
            .filter { place in
                place.entry.membership == .join
                    && old.relevant(to: place.roomID) != rules.relevant(to: place.roomID)
            }
        let heads = try timeline.rooms.heads(of: places.map(\.roomID))
        _ = try timeline.summaries.summaries(of: places.map(\.entry.room))
        for (entry, roomID) in places {
            guard let room = heads[roomID] else { continue }
            try setMode(of: user, entry.displayName, by: rules, in: room, timeline)
        }
    }
}

extension NotificationCount {
    /// What one event counts for.
    init(_ outcome: PushOutcome) {
        self.init(
            notifications: outcome.notifies ? 1 : 0,
            highlights: outcome.notifies && outcome.highlights ? 1 : 0)
    }
}
