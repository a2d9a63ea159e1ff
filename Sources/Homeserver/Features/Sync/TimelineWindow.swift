import MatrixTypes

/// The newest events of a room that a client asked for, and what there is to know about those that it
/// does not get.
struct TimelineWindow {
    /// Of a room's history, no more is looked at for one answer, however few events the filter admits.
    static let mostLookedAt = 2000

    /// Oldest first.
    var events: [StoredEvent] = []
    /// There are more in the range.
    var isLimited = false
    /// The order of history just before the first event.
    var before: Int64
    /// The state before the first event of the range, whether the client gets that event or not. Nil
    /// where not all were looked at, or there are none.
    var stateBefore: StateGroup?
    /// Who may have come into the room in it.
    var arrivals: Set<UserID> = []
    /// A member event is among what was looked at.
    var changesMembers = false

    /// - Parameter end: Where the range ends.
    init(end: Int64) { before = end }
}

/// Reads the newest events of a room for one requester.
struct TimelineReader {
    let timeline: Timeline
    let room: RoomHead
    let filter: EventFilter
    let limit: Int
    let ignored: Set<UserID>
    /// Since when the requester has been in the room without a break; nil: they are not in it.
    let joined: StreamPosition?
    private var history: HistoryReader

    init(
        _ timeline: Timeline, of user: UserID, in room: RoomHead, filter: EventFilter, limit: Int,
        ignored: Set<UserID>, joined: StreamPosition?
    ) {
        self.timeline = timeline
        self.room = room
        self.filter = filter
        self.limit = limit
        self.ignored = ignored
        self.joined = joined
        history = HistoryReader(timeline: timeline, user: user, room: room)
    }

    /// - Parameter range: Orders of history.
    mutating func window(_ range: ClosedRange<Int64>) throws -> TimelineWindow {
        var window = TimelineWindow(end: range.upperBound)
        guard filter.admits(room: room.roomID), !filter.admitsNothing, limit > 0 else {
            let isAskedForNone = limit == 0 && filter.admits(room: room.roomID)
            window.isLimited =
                try isAskedForNone
                && !timeline.newest(in: room.number, range, limit: 1).isEmpty
            return window
        }
        var upper = range.upperBound
        var looked = 0
        let pageSize = max(limit + 1, 20)
        while looked < TimelineWindow.mostLookedAt {
            let page = try timeline.newest(
                in: room.number, range.lowerBound...upper, limit: pageSize)
            looked += page.count
            let related = try idsRelated(page)
            for event in page {
                guard try isWanted(event, related) else {
                    note(event, &window)
                    continue
                }
                if window.events.count == limit {
                    window.isLimited = true
                    return finished(window)
                }
                note(event, &window)
                window.events.append(event)
            }
            guard page.count == pageSize, let last = page.last?.history,
                last > range.lowerBound
            else {
                window.stateBefore = page.last?.stateBefore ?? window.stateBefore
                return finished(window)
            }
            window.stateBefore = page.last?.stateBefore
            upper = last - 1
        }
        window.stateBefore = nil
        window.isLimited = true
        window.before = upper
        window.events.reverse()
        return window
    }

    private func finished(_ window: TimelineWindow) -> TimelineWindow {
        var window = window
        if let first = window.events.last?.history { window.before = first - 1 }
        if window.isLimited { window.stateBefore = nil }
        window.events.reverse()
        return window
    }

    private func note(_ event: StoredEvent, _ window: inout TimelineWindow) {
        guard event.type == .roomMember, let user = event.stateKey else { return }
        window.changesMembers = true
        window.arrivals.insert(UserID(unchecked: user))
    }

    private mutating func isWanted(_ event: StoredEvent, _ related: Set<EventID>?) throws -> Bool {
        if event.stateKey == nil, ignored.contains(event.sender) { return false }
        if let related, !related.contains(event.eventID) { return false }
        guard try filter.admits(event) else { return false }
        if let joined, let order = event.history, order >= joined.rawValue { return true }
        return try history.maySee(event)
    }

    /// Which of some events are related to as the filter wants; nil: it does not say.
    private func idsRelated(_ events: [StoredEvent]) throws -> Set<EventID>? {
        guard filter.asksForRelations else { return nil }
        return try timeline.events.related(
            to: events.map(\.eventID), by: filter.relatedByTypes,
            filter.relatedBySenders)
    }
}
