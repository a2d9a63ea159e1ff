import MatrixRules
import MatrixTypes

extension Timeline {
    /// A room that the user may read at least something of: they are in it or were, or anybody may.
    ///
    /// - Throws: `M_FORBIDDEN` otherwise, also for a room that does not exist.
    func readableRoom(_ roomID: RoomID, for user: UserID) throws -> RoomHead {
        let refusal = MatrixError.forbidden("You are not in this room.")
        guard let room = try rooms.head(of: roomID) else { throw refusal }
        if let entry = try memberships.entry(of: user, in: room.number), !entry.isForgotten {
            switch entry.membership {
            case .join: return room
            case .leave, .ban:
                if try endOfStay(of: user, in: room, from: entry.position) != nil { return room }
            case .invite, .knock: break
            }
        }
        guard try visibility(of: room) == .worldReadable else { throw refusal }
        return room
    }

    /// The order of history at which reading back begins for a user: for one who has left, their
    /// leave.
    func endOfReading(_ room: RoomHead, for user: UserID) throws -> Int64 {
        guard let entry = try memberships.entry(of: user, in: room.number),
            entry.membership == .leave || entry.membership == .ban,
            try visibility(of: room) != .worldReadable
        else { return Int64.max / 2 }
        return entry.position.rawValue
    }

    /// A room that the user is in.
    ///
    /// - Throws: `M_FORBIDDEN` otherwise, also for a room that does not exist.
    func joinedRoom(_ roomID: RoomID, for user: UserID) throws -> RoomHead {
        guard let room = try rooms.head(of: roomID),
            try membership(of: user, in: room) == .join
        else { throw MatrixError.forbidden("You are not in this room.") }
        return room
    }

    /// Who may read the room's history, by its current state. Of a private room not everybody, whatever
    /// the state says.
    func visibility(of room: RoomHead) throws -> HistoryVisibility {
        guard let pdu = try pdu(StateKey(.historyVisibility), in: room) else { return .shared }
        let said = (try? RoomHistoryVisibility(from: pdu.content).visibility) ?? .shared
        return room.wasPrivate && said == .worldReadable ? .shared : said
    }

    /// The event that ended the time for which a user was last joined, or nil if they never were.
    ///
    /// - Parameter position: Of a member event of theirs that is no join. Somebody may be banned
    ///   after having left, or invited again and again: what they may read ended with the join.
    func endOfStay(of user: UserID, in room: RoomHead, from position: StreamPosition) throws
        -> StoredEvent?
    {
        var position = position
        for _ in 0..<Self.mostChanges {
            guard let event = try events.event(at: position),
                let previous = try state.position(of: .member(user), in: event.stateBefore)
            else { return nil }
            let pdu = try events.pdu(at: previous, under: room.rules)
            if pdu.content["membership"]?.string == Membership.join.rawValue { return event }
            position = previous
        }
        return nil
    }

    /// Whoever was invited and has declined more often than this since they left counts as never
    /// having been there.
    private static let mostChanges = 50
}
