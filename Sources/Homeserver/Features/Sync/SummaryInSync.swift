import Database
import MatrixTypes

/// How many are in a room, and by whom to call it where it has no name.
///
/// - Spec: [RoomSummary](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3sync_response-200_roomsummary)
struct SummaryInSync {
    static let mostHeroes = 5

    let timeline: Timeline
    let user: UserID

    func summary(of room: RoomHead) throws -> (bytes: [UInt8], heroes: [UserID]) {
        let summary = try timeline.summaries.summary(of: room.number)
        var heroes: [UserID]?
        if summary.name == nil, summary.canonicalAlias == nil {
            heroes = try timeline.memberships.heroes(
                of: room.number, besides: user, limit: Self.mostHeroes)
        }
        let bytes = jsonBytes { object in
            object["m.heroes"] = heroes
            object["m.invited_member_count"] = summary.invitedMembers
            object["m.joined_member_count"] = summary.joinedMembers
        }
        return (bytes, heroes ?? [])
    }
}

extension MembershipStore {
    /// The first members of a room, joined or invited; where there are none, those who were there.
    func heroes(of room: RoomNumber, besides user: UserID, limit: Int) throws -> [UserID] {
        let present = try heroes(of: room, [.join, .invite], besides: user, limit)
        return try present.isEmpty
            ? heroes(of: room, [.leave, .ban], besides: user, limit) : present
    }

    private func heroes(
        of room: RoomNumber, _ memberships: [Membership], besides user: UserID, _ limit: Int
    ) throws -> [UserID] {
        try db.all(
            """
            SELECT user_id FROM memberships
            WHERE room_number = \(room) AND membership IN \(list: memberships)
              AND user_id <> \(user)
            ORDER BY began, user_id LIMIT \(limit)
            """)
    }
}
