import MatrixTypes

/// Takes what a user had set for a room over to the one that replaces it.
protocol RoomSuccession: Sendable {
    /// Called when a local user comes into the new room, in the block in which they do. It may be
    /// called again when they come back.
    func move(_ user: UserID, from old: RoomHead, to new: RoomHead, _ timeline: Timeline) throws
}

extension Timeline {
    /// Has what a user set for a room follow them into the one that replaces it.
    func takeSettingsOver(_ user: UserID, to room: RoomHead) throws {
        guard !engine.successions.isEmpty, engine.isLocal(user),
            let old = try predecessor(of: room)
        else { return }
        for succession in engine.successions {
            try succession.move(user, from: old, to: room, self)
        }
    }

    /// The room that another replaces: it says so in its create event, and the old room's tombstone
    /// says it too. One of the two alone is worth nothing, as anybody can claim it.
    ///
    /// - Spec: [Room Upgrades](https://spec.matrix.org/v1.19/client-server-api/#room-upgrades)
    func predecessor(of room: RoomHead) throws -> RoomHead? {
        guard let create = try pdu(StateKey(.roomCreate), in: room),
            let named = (try? RoomCreate(from: create.content))?.predecessor?.roomID,
            named != room.roomID, let old = try rooms.head(of: named),
            let tombstone = try pdu(StateKey(.tombstone), in: old),
            (try? Tombstone(from: tombstone.content))?.replacementRoom == room.roomID
        else { return nil }
        return old
    }
}
