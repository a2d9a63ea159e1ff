import Database
import MatrixTypes

/// The newest events of one room, in memory: what most syncs ask for.
///
/// Without gaps: whatever came after `after` is here. Bounded, so that many rooms may have one.
struct RecentEvents: Sendable {
    static let mostEvents = 32
    static let mostBytes = 65_536

    /// An event in a box, so that the list is cheap to copy.
    private final class Held: Sendable {
        let event: StoredEvent
        init(_ event: StoredEvent) { self.event = event }
    }

    /// Oldest first.
    private var held: [Held] = []
    private var bytes = 0
    /// Everything of the room's history after this order is here.
    private(set) var after: Int64

    /// - Parameter after: The order of the newest event that is not here; below all where the room
    ///   begins with the next.
    init(after: Int64) { self.after = after }

    mutating func append(_ event: StoredEvent) {
        held.append(Held(event))
        bytes += event.pdu.count
        while held.count > Self.mostEvents || (bytes > Self.mostBytes && held.count > 1) {
            let dropped = held.removeFirst().event
            bytes -= dropped.pdu.count
            after = dropped.history ?? after
        }
    }

    /// Has another form of the event, if it is here, take its place.
    mutating func replace(with event: StoredEvent) {
        guard let place = held.lastIndex(where: { $0.event.position == event.position }) else {
            return
        }
        bytes += event.pdu.count - held[place].event.pdu.count
        held[place] = Held(event)
    }

    /// The newest events of a range, newest first; nil where the answer is not all here.
    func newest(_ range: ClosedRange<Int64>, limit: Int) -> [StoredEvent]? {
        var found: [StoredEvent] = []
        for held in held.reversed() {
            guard let history = held.event.history, history <= range.upperBound else { continue }
            guard history >= range.lowerBound else { return found }
            guard found.count < limit else { return found }
            found.append(held.event)
        }
        return range.lowerBound > after || found.count == limit ? found : nil
    }

    /// What came after an order of history, oldest first; nil where that is not all here.
    func events(after order: Int64) -> [StoredEvent]? {
        guard order >= after else { return nil }
        let first = held.firstIndex { ($0.event.history ?? 0) > order } ?? held.endIndex
        return held[first...].map(\.event)
    }
}

extension Timeline {
    /// The newest events of a room's history within a range, newest first; out of memory where they
    /// are there.
    func newest(in room: RoomNumber, _ range: ClosedRange<Int64>, limit: Int) throws
        -> [StoredEvent]
    {
        if let recent = db.cached(engine.recents, room),
            let events = recent.newest(range, limit: limit)
        {
            return events
        }
        return try events.newest(in: room, range, limit: limit)
    }

    /// Keeps an event that was just appended.
    func remember(_ event: StoredEvent, in before: RoomHead) {
        let isFirst = before.extremities.isEmpty && before.lastPosition == .start
        var recent =
            db.cached(engine.recents, before.number)
            ?? RecentEvents(after: isFirst ? Int64.min : before.lastPosition.rawValue)
        recent.append(event)
        db.cache(engine.recents, before.number, recent)
    }
}
