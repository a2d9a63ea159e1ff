import Database
import MatrixTypes

/// Puts an answer together without the database, where what is new is all in memory: messages in a
/// few rooms, receipts, somebody typing.
///
/// A thousand clients that wait in one room ask for the same at the same moment; each costs a few
/// look-ups here, and the writing of its bytes. Whatever is out of the ordinary is left to
/// `SyncAssembly`, which says the same of everything.
struct SyncFromMemory {
    let sync: Sync
    let requester: Requester
    let now: Timestamp
    let since: SyncToken

    private var engine: RoomEngine { sync.engine }

    /// Nil where it takes the database.
    func answer(to question: SyncQuestion) -> SyncAssembly.Answer? {
        let seen = Notifier.Newest(position: since.position, ephemeral: since.ephemeral)
        guard
            let news = sync.notifier.news(
                for: requester.userID, requester.deviceID, after: seen),
            !news.isPersonal, !news.hasNewMembership,
            let ignored = engine.ignored.list(of: requester.userID),
            let rooms = rooms(news, question.filter)
        else { return nil }
        let scope = SyncScope(
            requester: requester, now: now, end: news.end, start: since.position,
            ephemeralStart: since.ephemeral, rooms: rooms.map(\.room), filter: question.filter,
            putsStateAfter: question.putsStateAfter, ignored: ignored)
        var answer = SyncWriter(question.stateName)
        for (room, hasEvents) in rooms where hasEvents {
            guard let part = part(of: room, in: scope) else { return nil }
            if let part = part.value { answer.joined[room.head.roomID] = part }
        }
        for section in sync.sections where !(section is RoomsInSync) {
            guard section.writeFromMemory(scope, to: &answer) else { return nil }
        }
        guard sync.counts.writeFromMemory(scope, to: &answer) else { return nil }
        for section in sync.sections {
            guard let standing = section.standing(for: requester) else { return nil }
            answer.members += standing
        }
        return SyncAssembly.Answer(
            writer: answer,
            end: SyncToken(
                incarnation: since.incarnation, position: news.end, boot: sync.boot,
                ephemeral: news.ephemeral))
    }

    private func rooms(
        _ news: Notifier.News, _ filter: SyncFilter
    ) -> [(room: SyncScope.Room, hasEvents: Bool)]? {
        var rooms: [(SyncScope.Room, Bool)] = []
        for room in news.rooms {
            // Account data of a room is in the database.
            guard !room.hasOwn, let roomID = engine.names.value(room.room) else { return nil }
            guard filter.includes(roomID) else { continue }
            guard let head = engine.heads.value(roomID), room.began <= since.position else {
                return nil
            }
            let place = SyncScope.Room(head: head, start: since.position, joined: room.began)
            rooms.append((place, room.hasEvents))
        }
        return rooms
    }

    /// What is told of a room; no part where all of it is filtered away.
    private func part(of room: SyncScope.Room, in scope: SyncScope) -> Known<SyncWriter.RoomPart?>?
    {
        let filter = scope.filter.timeline
        guard !filter.asksForRelations,
            let recent = engine.recents.value(room.head.number)?
                .events(after: since.position.rawValue)
        else { return nil }
        let limit = min(
            filter.limit ?? RoomInSync.usualTimelineLimit, RoomInSync.greatestTimelineLimit)
        var events: [StoredEvent] = []
        for event in recent where event.position <= scope.end {
            // State changes more than the timeline, and what is related to is told with it.
            guard event.stateKey == nil, !event.isRedacted,
                !recent.contains(where: { $0.relatesTo == event.eventID })
            else { return nil }
            if scope.ignored.contains(event.sender) { continue }
            guard filter.admits(room: room.head.roomID) else { continue }
            guard let isAdmitted = try? filter.admits(event) else { return nil }
            if isAdmitted { events.append(event) }
        }
        guard events.count <= limit else { return nil }
        guard let first = events.first else { return Known(value: nil) }
        guard let members = members(of: events, in: room, scope) else { return nil }
        var written = SyncWriter.RoomPart()
        for member in members {
            guard
                let bytes = try? scope.filter.shape.bytes(
                    of: member, in: room.head, member.briefUnsigned(at: now), false)
            else { return nil }
            written.state.append(bytes)
        }
        guard let timeline = timeline(events, before: (first.history ?? 1) - 1, in: room, scope)
        else {
            return nil
        }
        written.timeline = timeline
        sync.sent.sent(
            members.map { ($0.stateKey ?? "", $0.position) }, to: requester.sessionID,
            in: room.head.number, by: scope.end)
        return Known(value: written)
    }

    private func timeline(
        _ events: [StoredEvent], before: Int64, in room: SyncScope.Room, _ scope: SyncScope
    ) -> [UInt8]? {
        let shape = scope.filter.shape
        return try? jsonBytes { object in
            try object.array("events") { array in
                for event in events {
                    let unsigned = unsigned(of: event)
                    if shape == .whole {
                        array.object { event.write(in: nil, unsigned, to: &$0) }
                    } else {
                        array.raw(try shape.bytes(of: event, in: room.head, unsigned, false))
                    }
                }
            }
            object["limited"] = false
            object["prev_batch"] = HistoryToken(order: before).description
        }
    }

    private func unsigned(of event: StoredEvent) -> [UInt8] {
        jsonBytes { unsigned in
            unsigned["age"] = max(0, now.rawValue - event.originServerTS.rawValue)
            unsigned["membership"] = Membership.join.rawValue
            if let transaction = event.transactionID(for: requester) {
                unsigned["transaction_id"] = transaction
            }
        }
    }

    /// Members that the client needs with the events; nil where that takes the database.
    private func members(
        of events: [StoredEvent], in room: SyncScope.Room, _ scope: SyncScope
    ) -> [StoredEvent]? {
        let filter = scope.filter.state
        guard filter.loadsMembersLazily else { return [] }
        guard filter.admits(room: room.head.roomID), filter.admits(type: .roomMember) else {
            return []
        }
        guard let group = events.first?.stateBefore else { return [] }
        var members: [StoredEvent] = []
        for sender in Set(events.map(\.sender)) {
            guard let found = engine.nodes.position(of: .member(sender), in: group) else {
                return nil
            }
            guard let position = found.value else { continue }
            if !filter.includesRedundantMembers,
                sync.sent.knows(
                    requester.sessionID, sender.rawValue, in: room.head.number, at: position,
                    since: since.position)
            {
                continue
            }
            guard let member = engine.held.value(position.rawValue), !member.isRedacted,
                let isAdmitted = try? filter.admits(member)
            else { return nil }
            if isAdmitted { members.append(member) }
        }
        return members.sorted { $0.position < $1.position }
    }
}

/// What is known, also that there is nothing.
struct Known<Value> {
    let value: Value
}

extension SharedCache<Int64, StateNode> {
    /// The event that holds a key of a state map; nil where not all that it takes is in memory.
    func position(of key: StateKey, in group: StateGroup) -> Known<StreamPosition?>? {
        guard group != .empty else { return Known(value: nil) }
        let path = StatePath(key)
        var number = group.rawValue
        for level in 0...StateNode.deepestLevel {
            guard let node = value(number) else { return nil }
            switch node.kind {
            case .leaf: return Known(value: node.position(of: key, at: path))
            case .branch:
                guard let child = node.child(path.slot(at: level)) else { return Known(value: nil) }
                number = child
            }
        }
        return Known(value: nil)
    }
}
