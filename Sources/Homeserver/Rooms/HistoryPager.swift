import MatrixTypes

/// Pages through a room's history for one reader: what the filter refuses or the reader may not see
/// is passed over, and a page goes on behind it.
struct HistoryPager {
    /// A page of hidden events is passed over this often; then the client is given a token to go on.
    static let mostLookups = 20

    let timeline: Timeline
    let room: RoomHead
    let filter: EventFilter
    private var reader: HistoryReader

    struct Page {
        /// In the direction of reading.
        var events: [StoredEvent] = []
        /// Where to go on: what was read lies on the other side of it.
        var place: Int64
        /// Nothing is left in this direction.
        var isAtEnd = false
    }

    init(timeline: Timeline, room: RoomHead, user: UserID, filter: EventFilter) {
        self.timeline = timeline
        self.room = room
        self.filter = filter
        reader = HistoryReader(timeline: timeline, user: user, room: room)
    }

    /// - Parameters:
    ///   - place: Backwards, the first order that may be in the page; forwards, the last that may not.
    ///   - limit: Where the range ends: an order that is not read any more. Nil: nowhere.
    mutating func page(
        from place: Int64, backwards: Bool, limit: Int, until end: Int64? = nil
    ) throws -> Page {
        var page = Page(place: place)
        guard limit > 0 else { return page }
        for _ in 0..<Self.mostLookups {
            let found = try read(from: page.place, backwards, limit, end)
            for event in found {
                guard page.events.count < limit else { return page }
                page.place = (event.history ?? 0) - (backwards ? 1 : 0)
                if try filter.admits(event), try reader.maySee(event) { page.events.append(event) }
            }
            if found.count < limit {
                page.isAtEnd = true
                return page
            }
            if page.events.count == limit { return page }
        }
        return page
    }

    private func read(from place: Int64, _ backwards: Bool, _ limit: Int, _ end: Int64?) throws
        -> [StoredEvent]
    {
        if backwards {
            let last = end.map { $0 + 1 } ?? Int64.min / 2
            guard last <= place else { return [] }
            return try timeline.events.newest(in: room.number, last...place, limit: limit)
        }
        let last = end ?? Int64.max / 2
        guard place + 1 <= last else { return [] }
        return try timeline.events.oldest(in: room.number, (place + 1)...last, limit: limit)
    }
}
