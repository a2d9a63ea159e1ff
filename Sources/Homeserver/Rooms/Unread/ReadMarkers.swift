import Database
import MatrixTypes

/// Moves the places up to which members have read, and never back.
///
/// - Spec: [Marking notifications as read](https://spec.matrix.org/v1.19/client-server-api/#marking-notifications-as-read)
struct ReadMarkers {
    let timeline: Timeline
    private var store: ReadPositionStore { ReadPositionStore(db: timeline.db) }

    init(timeline: Timeline) { self.timeline = timeline }

    /// A member has read up to an event.
    ///
    /// - Parameters:
    ///   - thread: As in `ThreadScope`, or the root of the thread that was read.
    ///   - began: Since when the member has been in the room.
    func move(
        _ user: UserID, to event: StoredEvent, in thread: String, _ room: RoomHead,
        began: StreamPosition
    ) throws {
        guard let history = event.history else { return }
        let places = try store.positions(of: user, in: room.number)
        let old = places.first { $0.thread == thread }
        guard old.map({ $0.history < history }) ?? true else { return }
        let counts = try timeline.unread.counts(at: [event.position])[event.position]
        let changed = StreamPosition(rawValue: timeline.db.nextPosition())
        let whole = places.first { $0.thread == ThreadScope.everything }?.history
        let floor = max(whole ?? .min, began.rawValue)
        var covered = NotificationCount.zero
        if thread != ThreadScope.everything, thread != ThreadScope.main {
            covered = try self.covered(thread, from: floor, to: history, user, room)
        }
        try store.set(
            .init(
                thread: thread, history: history, counts: counts ?? RoomCounts(),
                covered: covered, position: changed),
            of: user, in: room.number)
        if thread == ThreadScope.everything { try passed(history, places, user, room, changed) }
        forget(user, room)
    }

    /// A member has said something, and so has read what was said before it in the same thread.
    ///
    /// One row at most, and in the main timeline nothing is read for it.
    func moved(_ user: UserID, by event: AppendedEvent) throws {
        let room = event.room
        let order = event.position.rawValue
        guard let thread = event.thread?.rawValue else {
            try store.set(
                .init(
                    thread: ThreadScope.main, history: order, counts: room.counts, covered: .zero,
                    position: event.position),
                of: user, in: room.number)
            let key = UserInRoom(user: user, room: room.number)
            var state = timeline.db.cached(timeline.engine.readStates, key)
            state?.readMain(upTo: order, of: room.counts, at: event.position)
            timeline.db.cache(timeline.engine.readStates, key, state)
            return
        }
        guard let entry = try timeline.memberships.entry(of: user, in: room.number) else { return }
        let places = try store.positions(of: user, in: room.number)
        let whole = places.first { $0.thread == ThreadScope.everything }?.history
        let floor = max(whole ?? .min, entry.began.rawValue)
        try store.set(
            .init(
                thread: thread, history: order, counts: room.counts,
                covered: try covered(thread, from: floor, to: order, user, room),
                position: event.position),
            of: user, in: room.number)
        forget(user, room)
    }

    /// The place of the whole room has moved: what is said of threads counts from there.
    private func passed(
        _ order: Int64, _ places: [ReadPositionStore.ReadPosition], _ user: UserID,
        _ room: RoomHead, _ changed: StreamPosition
    ) throws {
        try store.deleteThreads(of: user, in: room.number, upTo: order)
        for place in places where place.history > order {
            guard place.thread != ThreadScope.everything, place.thread != ThreadScope.main else {
                continue
            }
            let covered = try covered(place.thread, from: order, to: place.history, user, room)
            try store.set(
                .init(
                    thread: place.thread, history: place.history, counts: place.counts,
                    covered: covered, position: changed),
                of: user, in: room.number)
        }
    }

    /// What a thread notified a user of between two places, leaving out what differs by event.
    private func covered(
        _ thread: String, from start: Int64, to end: Int64, _ user: UserID, _ room: RoomHead
    ) throws -> NotificationCount {
        guard start < end else { return .zero }
        let periods = try PushModeStore(db: timeline.db).periods(of: user, in: room.number)
        return try PushPeriods(periods).sum(from: start, to: end) { place in
            try timeline.unread.count(of: thread, in: room.number, at: place)
        }
    }

    private func forget(_ user: UserID, _ room: RoomHead) {
        timeline.db.cache(
            timeline.engine.readStates, UserInRoom(user: user, room: room.number), nil)
    }
}

/// What several modes one after the other make of a running count.
struct PushPeriods {
    let periods: [PushModeStore.Period]

    init(_ periods: [PushModeStore.Period]) { self.periods = periods }

    /// - Parameter count: The running count at a place in history.
    func sum(from start: Int64, to end: Int64, _ count: (Int64) throws -> NotificationCount)
        rethrows -> NotificationCount
    {
        var sum = NotificationCount.zero
        var mode = PushMode.all
        var place = start
        var counted = try count(start)
        for period in periods where period.position < end {
            if period.position > place {
                let next = try count(period.position)
                sum += mode(next - counted)
                place = period.position
                counted = next
            }
            mode = period.mode
        }
        return sum + mode(try count(end) - counted)
    }

    /// The mode that holds for an event.
    func mode(at order: Int64) -> PushMode {
        periods.last { $0.position < order }?.mode ?? .all
    }
}
