import MatrixTypes

/// What a room is to the people of a deployment: open to all, or closed to all but its members.
///
/// Decided when the room is made, from all that says so, and kept in the room's own row: a private room
/// never becomes public, whatever its state says later.
enum RoomKind: Sendable, Equatable {
    case `public`
    case `private`
}

/// A room about to be made, as far as policies ask.
struct NewRoom: Sendable {
    let kind: RoomKind
    /// `m.space` and the like; nil: an ordinary room.
    let type: String?
    /// The room replaces an encrypted one.
    var replacesEncrypted = false
    /// The content of the state that it begins with.
    let state: [StateKey: [UInt8]]
    /// What of it the client named, and no preset brought.
    var asked: Set<StateKey> = []
}

/// What the deployment adds to a new room, whoever makes it.
protocol NewRoomPolicy: Sendable {
    /// State that the room begins with, in the place of what was asked for under the same key.
    func additions(to room: NewRoom) -> [StateKey: [UInt8]]
}

extension Timeline {
    /// Puts a room into the directory of public rooms, or takes it out.
    ///
    /// - Throws: `M_FORBIDDEN` where a policy does not let it be listed.
    func setListed(_ isListed: Bool, _ room: RoomHead) throws {
        if isListed { for policy in engine.policies { try policy.checkListing(of: room) } }
        try summaries.setListed(isListed, room.number)
    }
}
