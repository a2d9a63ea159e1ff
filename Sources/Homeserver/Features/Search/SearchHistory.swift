import MatrixTypes

/// What the index has of a room's history, as it is removed.
struct SearchHistory: Purgeable {
    let name = "search"

    func purge(_ room: RoomHead, before order: Int64, limit: Int, in timeline: Timeline) throws
        -> Bool
    {
        let store = SearchStore(db: timeline.db)
        // Of live events, the order of history is the position.
        let documents = try store.documents(of: room.number, before: order, limit: limit)
        try store.delete(documents)
        guard documents.count < limit else { return true }
        try store.deleteCells(of: room.number, before: SearchCell.era(of: order))
        return false
    }
}
