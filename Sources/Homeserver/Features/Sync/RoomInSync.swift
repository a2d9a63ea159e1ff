import Database
import MatrixTypes

/// One room's part of an answer: its timeline, and the state that the client needs with it.
///
/// What is in `state` together with what is in the timeline brings the client from the state at the
/// start of its part to the state at its end, also where a filter or a merge of the room's graph keeps
/// events out of the timeline.
struct RoomInSync {
    /// Where the filter names none.
    static let usualTimelineLimit = 10
    static let greatestTimelineLimit = 1000

    let timeline: Timeline
    let scope: SyncScope
    let sent: SentMembers
    let room: RoomHead
    /// Nil: nothing of the room was sent before.
    let start: StreamPosition?
    let end: StreamPosition
    /// Since when the requester has been in the room without a break; nil: they have left.
    let joined: StreamPosition?
    /// Up to where the requester may know the room's state. Nil: nothing of it.
    let stateEnd: StreamPosition?

    struct Part {
        let timeline: [UInt8]
        let state: [[UInt8]]
        let summary: [UInt8]?
        let arrivals: Set<UserID>
    }

    private var loadsLazily: Bool { scope.filter.state.loadsMembersLazily }
    private var sendsWhole: Bool { start == nil || scope.sendsFullState }

    /// Nil where there is nothing to tell.
    func part() throws -> Part? {
        let order = start?.rawValue ?? Int64.min / 2
        guard sendsWhole || (room.lastPosition.rawValue > order && order < end.rawValue) else {
            return nil
        }
        var window = TimelineWindow(end: end.rawValue)
        if order < end.rawValue {
            let filter = scope.filter.timeline
            var reader = TimelineReader(
                timeline, of: scope.requester.userID, in: room, filter: filter,
                limit: min(
                    filter.limit ?? Self.usualTimelineLimit, Self.greatestTimelineLimit),
                ignored: scope.ignored, joined: joined)
            window = try reader.window((order + 1)...end.rawValue)
        }
        var state = try RoomStateInSync(
            timeline: timeline, scope: scope, room: room, start: start, end: stateEnd,
            window: window
        ).changes()
        var summary: [UInt8]?
        if joined != nil, sendsWhole || window.changesMembers || state.changesMembers {
            let told = try SummaryInSync(timeline: timeline, user: scope.requester.userID)
                .summary(of: room)
            if loadsLazily { try state.addMembers(told.heroes, to: self) }
            summary = told.bytes
        }
        let events = try stateEvents(state)
        guard
            sendsWhole || !window.events.isEmpty || window.isLimited || !events.isEmpty
                || summary != nil
        else { return nil }
        return try part(window, events, summary)
    }

    private func part(
        _ window: TimelineWindow, _ state: [StoredEvent], _ summary: [UInt8]?
    ) throws -> Part {
        var writer = ClientEvents(
            timeline, for: scope.requester, in: room, now: scope.now, withRoomID: false)
        writer.joined = joined
        writer.shape = scope.filter.shape
        let bundled = try BundledRelations(timeline: timeline, requester: scope.requester)
            .bytes(for: window.events, in: room, now: scope.now)
        let bytes = try jsonBytes { object in
            try object.array("events") { array in
                for event in window.events {
                    try writer.write(event, bundled: bundled[event.eventID], to: &array)
                }
            }
            // Who has just come in has seen nothing of what was before.
            object["limited"] = window.isLimited || (start == nil && scope.start != nil)
            object["prev_batch"] = HistoryToken(order: window.before).description
        }
        return Part(
            timeline: bytes, state: try state.map { try writer.stateBytes(of: $0) },
            summary: summary, arrivals: window.arrivals)
    }

    /// The events to send, without those that the client has been sent before.
    private func stateEvents(_ state: RoomStateInSync.Changes) throws -> [StoredEvent] {
        let filter = scope.filter.state
        guard filter.admits(room: room.roomID) else { return [] }
        var positions = state.positions
        let session = scope.requester.sessionID
        for (user, position) in state.lazyMembers where !positions.contains(position) {
            if let since = start, !scope.sendsFullState, !filter.includesRedundantMembers,
                sent.knows(session, user, in: room.number, at: position, since: since)
            {
                continue
            }
            positions.insert(position)
        }
        let events = try timeline.events.stateEvents(at: positions).filter { try filter.admits($0) }
        if filter.loadsMembersLazily {
            let members = events.filter { $0.type == .roomMember }
            sent.sent(
                members.map { ($0.stateKey ?? "", $0.position) }, to: session, in: room.number,
                by: end)
        }
        return events
    }
}

/// Which state events a client lacks.
struct RoomStateInSync {
    let timeline: Timeline
    let scope: SyncScope
    let room: RoomHead
    let start: StreamPosition?
    /// Nil: the requester may know nothing of the state.
    let end: StreamPosition?
    let window: TimelineWindow

    struct Changes {
        /// Of events to send in any case.
        var positions: Set<StreamPosition> = []
        /// Of members to send unless they are known, by user.
        var lazyMembers: [String: StreamPosition] = [:]
        var changesMembers = false
        /// Where to look members up.
        var group = StateGroup.empty

        mutating func addMembers(_ users: [UserID], to room: RoomInSync) throws {
            for user in users {
                lazyMembers[user.rawValue] = try room.timeline.state.position(
                    of: .member(user), in: group)
            }
        }
    }

    func changes() throws -> Changes {
        var changes = Changes()
        guard let end else { return changes }
        let last =
            room.lastPosition <= end
            ? room.state : try timeline.events.stateGroup(of: room.number, at: end)
        // Of what came after their leave a user may see a ban, but no state.
        let isWithin = window.events.first.map { $0.position <= end } ?? false
        let first = isWithin ? window.events.first?.stateBefore ?? last : last
        changes.group = scope.putsStateAfter ? last : first
        let isLazy = scope.filter.state.loadsMembersLazily
        if start == nil || scope.sendsFullState {
            try timeline.state.forEach(in: changes.group, isLazy ? .others : .all) {
                changes.positions.insert($0.position)
            }
        } else if let start {
            let known =
                try window.stateBefore == last
                ? last : timeline.events.stateGroup(of: room.number, at: start)
            // The client has missed the members that changed in a gap.
            try add(
                known, changes.group,
                withMembers: !isLazy || window.isLimited || scope.putsStateAfter,
                to: &changes)
        }
        if !scope.putsStateAfter {
            // What happened meanwhile and is not in the timeline.
            try add(first, last, withMembers: !isLazy, to: &changes)
            changes.positions.subtract(window.events.map(\.position))
        }
        if isLazy { try addSenders(to: &changes) }
        return changes
    }

    private func add(
        _ old: StateGroup, _ new: StateGroup, withMembers: Bool, to changes: inout Changes
    ) throws {
        guard old != new else { return }
        for change in try timeline.state.difference(from: old, to: new) {
            let isMember = change.key.type == .roomMember
            if isMember { changes.changesMembers = true }
            guard let position = change.new, withMembers || !isMember else { continue }
            changes.positions.insert(position)
        }
    }

    /// Lazily loaded members: those who speak in the timeline, and oneself the first time.
    private func addSenders(to changes: inout Changes) throws {
        var users = Set(window.events.map(\.sender))
        if start == nil || scope.sendsFullState { users.insert(scope.requester.userID) }
        for user in users {
            let position = try timeline.state.position(of: .member(user), in: changes.group)
            guard let position else { continue }
            if !scope.putsStateAfter, window.events.contains(where: { $0.position == position }) {
                continue
            }
            changes.lazyMembers[user.rawValue] = position
        }
    }
}
