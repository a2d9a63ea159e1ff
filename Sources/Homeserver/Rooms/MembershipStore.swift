import Database
import MatrixTypes

/// The table `memberships`: who is what in which room, now.
struct MembershipStore {
    let db: Connection

    /// A user's place in a room.
    struct Entry: Sendable {
        let userID: UserID
        let room: RoomNumber
        let membership: Membership
        /// Of the member event.
        let position: StreamPosition
        let sender: UserID
        let displayName: String?
        let avatarURL: String?
        let isForgotten: Bool
        /// Since when the membership has been this one. A change of name does not begin it anew.
        let began: StreamPosition
    }

    static let columns: SQL = """
        m.user_id, m.room_number, m.membership, m.position, m.sender, m.display_name,
        m.avatar_url, m.forgotten, m.began
        """

    static func entry(from row: Row) throws -> Entry {
        Entry(
            userID: try row[0], room: try row[1], membership: try row[2], position: try row[3],
            sender: try row[4], displayName: try row.optional(5), avatarURL: try row.optional(6),
            isForgotten: try row[7], began: try row[8])
    }

    func set(
        _ member: PDU, _ user: UserID, _ content: RoomMember, in room: RoomNumber,
        at position: StreamPosition
    )
        throws
    {
        try db.run(
            """
            INSERT INTO memberships
                (user_id, room_number, membership, position, sender, display_name, avatar_url,
                 began)
            VALUES (\(user), \(room), \(content.membership), \(position), \(member.sender),
                    \(content.displayname?.withoutZeros), \(content.avatarURL?.withoutZeros), \(position))
            ON CONFLICT (user_id, room_number) DO UPDATE SET
                began = CASE WHEN memberships.membership = excluded.membership
                        THEN memberships.began ELSE excluded.began END,
                membership = excluded.membership, position = excluded.position,
                sender = excluded.sender, display_name = excluded.display_name,
                avatar_url = excluded.avatar_url, forgotten = 0
            """)
    }

    func entry(of user: UserID, in room: RoomNumber) throws -> Entry? {
        try db.one(
            """
            SELECT \(Self.columns) FROM memberships m
            WHERE m.user_id = \(user) AND m.room_number = \(room)
            """, Self.entry)
    }

    /// All the rooms that concern a user.
    func entries(of user: UserID) throws -> [Entry] {
        try db.all(
            "SELECT \(Self.columns) FROM memberships m WHERE m.user_id = \(user)",
            Self.entry)
    }

    func rooms(of user: UserID, _ membership: Membership) throws -> [RoomNumber] {
        try db.all(
            """
            SELECT room_number FROM memberships
            WHERE user_id = \(user) AND membership = \(membership)
            """)
    }

    /// The members of a room with one membership, ordered by their ID.
    func members(of room: RoomNumber, _ membership: Membership, limit: Int? = nil) throws
        -> [Entry]
    {
        try db.all(
            """
            SELECT \(Self.columns) FROM memberships m
            WHERE m.room_number = \(room) AND m.membership = \(membership)
            ORDER BY m.user_id LIMIT \(limit ?? Int(Int32.max))
            """, Self.entry)
    }

    func count(of room: RoomNumber, _ membership: Membership) throws -> Int {
        try db.one(
            """
            SELECT count(*) FROM memberships
            WHERE room_number = \(room) AND membership = \(membership)
            """) ?? 0
    }

    /// Whether two users are joined to a room together.
    func shareRoom(_ a: UserID, _ b: UserID) throws -> Bool {
        try db.one(
            """
            SELECT 1 FROM memberships a JOIN memberships b ON b.room_number = a.room_number
            WHERE a.user_id = \(a) AND a.membership = 'join'
              AND b.user_id = \(b) AND b.membership = 'join' LIMIT 1
            """, as: Int.self) != nil
    }

    func forget(_ room: RoomNumber, by user: UserID) throws {
        try db.run(
            """
            UPDATE memberships SET forgotten = 1
            WHERE user_id = \(user) AND room_number = \(room)
            """)
    }
}

extension MembershipStore {
    /// A user's place in a room, and the room's name.
    typealias Place = (entry: Entry, roomID: RoomID)

    /// All the rooms that concern a user.
    func places(of user: UserID) throws -> [Place] {
        try places("m.user_id = \(user)")
    }

    /// What a user is in some rooms.
    func places(of user: UserID, in rooms: [RoomNumber]) throws -> [Place] {
        guard !rooms.isEmpty else { return [] }
        return try rooms.chunks(of: 500).flatMap {
            try places("m.user_id = \(user) AND m.room_number IN \(list: $0)")
        }
    }

    /// What a user is in the rooms where that changed after a position.
    func places(of user: UserID, changedAfter position: StreamPosition) throws -> [Place] {
        try places("m.user_id = \(user) AND m.position > \(position)")
    }

    private func places(_ condition: SQL) throws -> [Place] {
        try db.all(
            """
            SELECT \(Self.columns), r.room_id
            FROM memberships m JOIN rooms r ON r.room_number = m.room_number
            WHERE \(condition)
            """
        ) { (entry: try Self.entry(from: $0), roomID: try $0[9]) }
    }
}

extension MembershipStore {
    /// The rooms that a user is joined to.
    func joinedRooms(of user: UserID) throws -> [RoomID] {
        try db.all(
            """
            SELECT r.room_id FROM memberships m JOIN rooms r ON r.room_number = m.room_number
            WHERE m.user_id = \(user) AND m.membership = 'join' AND r.deleted_ts IS NULL
            """)
    }

    /// What a user is in some rooms; those that never concerned them are left out.
    func memberships(of user: UserID, in rooms: [RoomNumber]) throws -> [RoomNumber: Membership] {
        var found: [RoomNumber: Membership] = [:]
        for slice in rooms.chunks(of: 500) {
            try db.forEach(
                """
                SELECT room_number, membership FROM memberships
                WHERE user_id = \(user) AND room_number IN \(list: slice)
                """
            ) { found[try $0[0]] = try $0[1] }
        }
        return found
    }

    /// Whether a user is joined to one of some rooms.
    func isJoined(_ user: UserID, toOneOf rooms: [RoomID]) throws -> Bool {
        for slice in rooms.chunks(of: 500) {
            let found: Int? = try db.one(
                """
                SELECT 1 FROM rooms r JOIN memberships m
                    ON m.room_number = r.room_number AND m.user_id = \(user)
                WHERE r.room_id IN \(list: slice) AND m.membership = 'join'
                  AND r.blocked_ts IS NULL AND r.deleted_ts IS NULL LIMIT 1
                """)
            if found != nil { return true }
        }
        return false
    }

    /// Some joined members of one server, in the order of their IDs.
    func joined(to room: RoomNumber, of server: ServerName, limit: Int) throws -> [UserID] {
        try db.all(
            """
            SELECT user_id FROM memberships
            WHERE room_number = \(room) AND membership = 'join'
              AND user_id LIKE \("%:" + server.rawValue)
            ORDER BY user_id LIMIT \(limit)
            """)
    }

    /// The member events of a room, by their positions.
    ///
    /// - Parameter isIncluded: Asked of each membership there is.
    func positions(in room: RoomNumber, where isIncluded: (Membership) -> Bool) throws
        -> [StreamPosition]
    {
        let wanted = Membership.allCases.filter(isIncluded)
        return try db.all(
            """
            SELECT position FROM memberships
            WHERE room_number = \(room) AND membership IN \(list: wanted) ORDER BY position
            """)
    }

    /// Forgets what a member was called, once the event that said it is redacted.
    func removeProfile(of user: UserID, in room: RoomNumber, at position: StreamPosition) throws {
        try db.run(
            """
            UPDATE memberships SET display_name = NULL, avatar_url = NULL
            WHERE user_id = \(user) AND room_number = \(room) AND position = \(position)
            """)
    }
}
