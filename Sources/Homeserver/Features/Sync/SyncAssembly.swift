import Database
import MatrixTypes

/// Puts a `/sync` answer together in one read block: which rooms it speaks of, and then what each
/// section says of them.
struct SyncAssembly {
    let sync: Sync
    let timeline: Timeline
    let requester: Requester
    let now: Timestamp
    var question: SyncQuestion

    /// An answer, and the place from which the next one goes on.
    struct Answer: Sendable {
        let writer: SyncWriter
        let end: SyncToken
    }

    mutating func answer() throws -> Answer {
        let end = StreamPosition(rawValue: try timeline.db.seenPosition())
        // A token from a future that was lost: the client starts afresh.
        if let since = question.since, since.position > end { question.since = nil }
        // Both before anything is read that they speak of: what changes meanwhile is told again.
        let ephemeral = sync.notifier.ephemeralNumber
        let news = news(upTo: end)
        let ignored = try timeline.engine.ignored.list(
            of: requester.userID, in: timeline.db, upTo: end)
        var answer = SyncWriter(question.stateName)
        let rooms = try rooms(news, ignored, &answer)
        let scope = SyncScope(
            requester: requester, now: now, end: end, start: question.since?.position,
            toDeviceStart: question.since?.toDevice,
            ephemeralStart: question.ephemeralStart(boot: sync.boot), rooms: rooms.joined,
            filter: question.filter, putsStateAfter: question.putsStateAfter,
            sendsFullState: question.sendsFullState, ignored: ignored)
        for section in sync.sections { try section.write(scope, in: timeline, to: &answer) }
        try LeftRoomsInSync(scope: scope, sent: sync.sent)
            .write(rooms.left, in: timeline, to: &answer)
        try sync.counts.write(scope, in: timeline, to: &answer)
        for section in sync.sections {
            answer.members += section.standing(for: requester) ?? []
        }
        return Answer(
            writer: answer,
            end: SyncToken(
                incarnation: sync.database.incarnation, position: end, boot: sync.boot,
                ephemeral: ephemeral, toDevice: answer.toDeviceEnd))
    }

    /// What the notifier knows to have changed; nil where it may not know all that can be read.
    private func news(upTo end: StreamPosition) -> Notifier.News? {
        guard let since = question.since, !question.sendsFullState,
            sync.notifier.committedPosition >= end
        else { return nil }
        return sync.notifier.news(
            for: requester.userID, requester.deviceID,
            after: Notifier.Newest(
                position: since.position,
                ephemeral: question.ephemeralStart(boot: sync.boot) ?? 0))
    }

    private struct Rooms {
        var joined: [SyncScope.Room] = []
        var left: [(MembershipStore.Entry, RoomHead)] = []
    }

    private func rooms(
        _ news: Notifier.News?, _ ignored: Set<UserID>, _ answer: inout SyncWriter
    ) throws -> Rooms {
        let places = try places(news).filter { question.filter.includes($0.roomID) }
        let heads = try timeline.rooms.heads(of: places.map(\.roomID))
        let since = question.since?.position
        // Asked only where there is an invitation to hide.
        let takesInvites =
            try !places.contains { $0.entry.membership == .invite }
            || timeline.takesInvites(requester.userID)
        var rooms = Rooms()
        for (entry, roomID) in places {
            guard let head = heads[roomID] else { continue }
            switch entry.membership {
            case .join:
                let isNew = since.map { entry.began > $0 } ?? true
                rooms.joined.append(
                    SyncScope.Room(
                        head: head, start: isNew ? nil : since, joined: entry.began))
            case .invite, .knock:
                guard entry.position > since ?? .start || question.sendsFullState else { continue }
                let stripped = StrippedState(timeline: timeline, room: head)
                if entry.membership == .knock {
                    answer.knocked[roomID] = try stripped.bytes(
                        for: requester.userID, at: entry.position)
                } else if takesInvites, !ignored.contains(entry.sender) {
                    answer.invited[roomID] = try stripped.bytes(
                        for: requester.userID, at: entry.position)
                }
            case .leave, .ban: rooms.left.append((entry, head))
            }
        }
        return rooms
    }

    /// The memberships that the answer may have to speak of.
    private func places(_ news: Notifier.News?) throws -> [MembershipStore.Place] {
        let store = timeline.memberships
        let user = requester.userID
        guard let since = question.since, let news else { return try store.places(of: user) }
        var places = try store.places(of: user, in: news.rooms.map(\.room))
        guard news.hasNewMembership else { return places }
        let known = Set(places.map(\.entry.room))
        places += try store.places(of: user, changedAfter: since.position)
            .filter { !known.contains($0.entry.room) }
        return places
    }
}
