import MatrixTypes

/// A store that holds something of a room's history, and removes it when that goes.
///
/// What holds numbers alone (counts of what was unread, how far somebody has read) stays: it says
/// nothing of what was said, and others are reckoned from it.
protocol Purgeable: Sendable {
    /// Its name in `purges.store`. Never changed once released.
    var name: String { get }

    /// Removes what belongs to events of a room before an order of history, the oldest first.
    ///
    /// - Parameter limit: No more rows than this at once.
    /// - Returns: Whether there may be more.
    func purge(_ room: RoomHead, before order: Int64, limit: Int, in timeline: Timeline) throws
        -> Bool
}

extension Timeline {
    /// Begins to remove a room's history before an order; `PurgeJob` goes on with it.
    ///
    /// The newest events stay, as the next ones rest on them, and so does all state: it is no part of
    /// the history any more, but of the room. Begun again with a later order, it goes on to that.
    func purgeHistory(of room: RoomHead, before order: Int64, at now: Timestamp) throws {
        let newest = room.extremities.map(\.position.rawValue).min() ?? 0
        let end = min(order, newest)
        guard let first = engine.purgeables.first else { return }
        try rooms.setPurged(room.number, before: end)
        try PurgeStore(db: db).insert(
            Purge(room: room.number, before: end, store: first.name), at: now)
    }
}
