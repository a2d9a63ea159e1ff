import MatrixTypes

/// A private room is never opened to everybody: by its join rule, its history, guests, or the directory.
struct PrivateStaysPrivate: EventPolicy {
    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws {
        guard room.wasPrivate, draft.stateKey == "" else { return }
        switch draft.type {
        case .joinRules where draft.content["join_rule"]?.string == "public":
            throw MatrixError.forbidden("A private room cannot be opened to everybody.")
        case .historyVisibility
        where draft.content["history_visibility"]?.string == "world_readable":
            throw MatrixError.forbidden("The history of a private room is for its members.")
        case .guestAccess where draft.content["guest_access"]?.string == "can_join":
            throw MatrixError.forbidden("Guests cannot come into a private room.")
        default: break
        }
    }

    func checkListing(of room: RoomHead) throws {
        guard !room.wasPrivate else {
            throw MatrixError.forbidden("A private room is not listed in the directory.")
        }
    }
}

/// No guests come into a private room, though the specification's presets would have it so.
struct NoGuestsInPrivate: NewRoomPolicy {
    func additions(to room: NewRoom) -> [StateKey: [UInt8]] {
        let key = StateKey(.guestAccess)
        // What the client itself asks for is judged as any later event is.
        guard room.kind == .private, !room.asked.contains(key) else { return [:] }
        return [key: jsonBytes { $0["guest_access"] = "forbidden" }]
    }
}
