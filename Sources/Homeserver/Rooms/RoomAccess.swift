import MatrixRules
import MatrixTypes

/// What one user may be told of rooms, whether they are in them or not. Made for one answer: what
/// was looked up is kept.
struct RoomAccess {
    let timeline: Timeline
    let user: UserID
    private var memberships: [RoomNumber: Membership?] = [:]
    private var conditions: [[RoomID]: Bool] = [:]

    init(timeline: Timeline, user: UserID) {
        self.timeline = timeline
        self.user = user
    }

    /// Looks up what the user is in many rooms at once.
    mutating func prepare(for rooms: [RoomNumber]) throws {
        let unknown = rooms.filter { memberships[$0] == nil }
        let found = try timeline.memberships.memberships(of: user, in: unknown)
        for room in unknown { memberships[room] = .some(found[room]) }
    }

    /// What the user is in a room. Nil: it never concerned them.
    mutating func membership(in room: RoomNumber) throws -> Membership? {
        if let known = memberships[room] { return known }
        try prepare(for: [room])
        return memberships[room] ?? nil
    }

    /// Whether the user may know that a room is there, and what it is called: they are in it, may
    /// get into it or knock, or anybody may read it.
    ///
    /// - Spec: [GET /hierarchy](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv1roomsroomidhierarchy)
    mutating func maySee(_ room: RoomHead, _ summary: RoomSummary) throws -> Bool {
        guard !room.isBlocked else { return false }
        switch try membership(in: room.number) {
        case .join, .invite: return true
        case .ban: return false
        case .knock, .leave, nil: break
        }
        if summary.historyVisibility == .worldReadable { return true }
        switch summary.joinRule {
        case .public: return true
        case .knock: return room.rules.allowsKnocking
        case .knockRestricted: return room.rules.hasKnockRestrictedJoins
        case .restricted where room.rules.hasRestrictedJoins:
            return try meetsCondition(summary.allowedRooms)
        default: return false
        }
    }

    /// Whether the user is joined to one of the rooms that a restricted room names.
    ///
    /// - Spec: [Conditions](https://spec.matrix.org/v1.19/client-server-api/#conditions)
    mutating func meetsCondition(_ allowedRooms: [RoomID]) throws -> Bool {
        if let known = conditions[allowedRooms] { return known }
        let isMet = try timeline.memberships.isJoined(user, toOneOf: allowedRooms)
        conditions[allowedRooms] = isMet
        return isMet
    }
}
