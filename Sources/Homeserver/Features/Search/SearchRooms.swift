import Database
import MatrixTypes

/// Where one user may search.
struct SearchRooms {
    /// Of more rooms, those where something was said last are searched.
    static let mostRooms = 1_000
    /// Rooms that somebody has left are asked one by one.
    static let mostLeftRooms = 100
    static let mostPredecessors = 20

    struct Room: Sendable {
        let number: RoomNumber
        let roomID: RoomID
        /// Nothing from this position on concerns the user: they have left. Nil: they are in it.
        let end: Int64?
    }

    private(set) var rooms: [RoomNumber: Room] = [:]

    /// The rooms that a user is in or was in, and that a filter admits, with those that they replace.
    ///
    /// Encrypted rooms are not searched, nor what the user has forgotten.
    init(
        of user: UserID, _ filter: EventFilter, only group: SearchToken.Group?,
        in timeline: Timeline
    )
        throws
    {
        var among: SQL = ""
        if case .room(let number) = group {
            among = " AND m.room_number = \(number)"
        } else if let named = filter.rooms {
            let wanted = try Self.withPredecessors(named, in: timeline)
            among = " AND r.room_id IN \(list: Array(wanted))"
        }
        for membership: [Membership] in [[.join], [.leave, .ban]] {
            let isLeft = membership != [.join]
            let found = try timeline.db.all(
                """
                SELECT m.room_number, r.room_id, m.position
                FROM memberships m
                JOIN rooms r ON r.room_number = m.room_number
                JOIN room_heads h ON h.room_number = m.room_number
                LEFT JOIN room_summaries s ON s.room_number = m.room_number
                WHERE m.user_id = \(user) AND m.membership IN \(list: membership)
                  AND m.forgotten = 0 AND r.deleted_ts IS NULL AND r.blocked_ts IS NULL
                  AND s.encryption IS NULL\(among)
                ORDER BY h.last_position DESC
                LIMIT \(isLeft ? Self.mostLeftRooms : Self.mostRooms)
                """
            ) { (try $0[0] as RoomNumber, try $0[1] as RoomID, try $0[2] as StreamPosition) }
            for (number, roomID, position) in found where !filter.notRooms.contains(roomID) {
                var end: Int64?
                if isLeft {
                    guard let head = try timeline.rooms.head(of: roomID),
                        let leave = try timeline.endOfStay(of: user, in: head, from: position)
                    else { continue }
                    end = leave.position.rawValue
                }
                rooms[number] = Room(number: number, roomID: roomID, end: end)
            }
        }
        for room in try SearchStore(db: timeline.db).encrypted(of: Set(rooms.keys)) {
            rooms[room] = nil
        }
    }

    /// Some rooms and those that they replace, as far as both sides say so.
    private static func withPredecessors(_ named: Set<RoomID>, in timeline: Timeline) throws
        -> Set<RoomID>
    {
        var wanted = named
        for roomID in named {
            var next = try timeline.rooms.head(of: roomID)
            for _ in 0..<mostPredecessors {
                guard let room = next, let old = try timeline.predecessor(of: room),
                    wanted.insert(old.roomID).inserted
                else { break }
                next = old
            }
        }
        return wanted
    }
}
