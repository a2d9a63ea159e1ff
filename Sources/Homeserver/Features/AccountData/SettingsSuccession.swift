import MatrixTypes

/// Has tags, and the mark of a direct conversation, follow their user into a room that replaces another.
///
/// - Spec: [Room Upgrades](https://spec.matrix.org/v1.19/client-server-api/#room-upgrades)
struct SettingsSuccession: RoomSuccession {
    func move(_ user: UserID, from old: RoomHead, to new: RoomHead, _ timeline: Timeline) throws {
        let store = AccountDataStore(db: timeline.db)
        if let tags = try store.content("m.tag", of: user, in: old.number),
            try store.content("m.tag", of: user, in: new.number) == nil
        {
            try store.set("m.tag", to: tags, of: user, in: new.number)
        }
        if let direct = try store.content("m.direct", of: user),
            let changed = adding(new.roomID, after: old.roomID, to: direct)
        {
            try store.set("m.direct", to: changed, of: user)
        }
    }

    /// `m.direct` with the new room wherever the old one is. Nil where that changes nothing.
    private func adding(_ new: RoomID, after old: RoomID, to direct: [UInt8]) -> [UInt8]? {
        var hasChanged = false
        let bytes = jsonBytes { content in
            for (user, rooms) in (try? JSONObject(parsing: direct)) ?? .empty {
                guard let list = rooms.array?.strings, list.contains(old.rawValue),
                    !list.contains(new.rawValue)
                else {
                    content[user] = rooms
                    continue
                }
                hasChanged = true
                content[user] = list + [new.rawValue]
            }
        }
        return hasChanged ? bytes : nil
    }
}
