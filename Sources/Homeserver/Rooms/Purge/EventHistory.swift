import Database
import MatrixTypes

/// The events of a room's history, as they are removed.
struct EventHistory: Purgeable {
    let name = "events"

    func purge(_ room: RoomHead, before order: Int64, limit: Int, in timeline: Timeline) throws
        -> Bool
    {
        let removed = try timeline.events.purge(room.number, before: order, limit: limit)
        if removed > 0 { timeline.db.cache(timeline.engine.recents, room.number, nil) }
        return removed == limit
    }
}

extension EventStore {
    /// Removes the oldest events before an order of history.
    ///
    /// State events leave the history, and stay: the room's state is made of them, and so is what
    /// allows its other events.
    ///
    /// - Returns: How many there were, `limit` at most.
    fileprivate func purge(_ room: RoomNumber, before order: Int64, limit: Int) throws -> Int {
        var messages: [Int64] = []
        var states: [Int64] = []
        try db.forEach(
            """
            SELECT position, state_key IS NOT NULL FROM events
            WHERE room_number = \(room) AND history < \(order) ORDER BY history LIMIT \(limit)
            """
        ) { row in
            let position = try row.int(0)
            if try row[1] { states.append(position) } else { messages.append(position) }
        }
        if !messages.isEmpty {
            try db.run("DELETE FROM events WHERE position IN \(list: messages)")
        }
        if !states.isEmpty {
            try db.run("UPDATE events SET history = NULL WHERE position IN \(list: states)")
        }
        for position in messages + states {
            db.cache(cache, position, nil)
            db.cache(held, position, nil)
        }
        return messages.count + states.count
    }
}
