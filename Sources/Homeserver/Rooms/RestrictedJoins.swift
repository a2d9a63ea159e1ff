import HTTPTypes
import MatrixRules
import MatrixTypes

extension Timeline {
    /// Who vouches for a join to a restricted room. Nil where the join needs nobody to.
    ///
    /// - Throws: `M_FORBIDDEN` where the user meets none of the room's conditions;
    ///   `M_UNABLE_TO_AUTHORISE_JOIN` where they do, and nobody of this server may vouch for it.
    /// - Spec: [Restricted rooms](https://spec.matrix.org/v1.19/client-server-api/#restricted-rooms)
    func authoriser(ofJoinBy user: UserID, in room: RoomHead) throws -> UserID? {
        guard let pdu = try pdu(StateKey(.joinRules), in: room),
            let joinRules = try? JoinRules(from: pdu.content)
        else { return nil }
        switch joinRules.rule {
        case .restricted where room.rules.hasRestrictedJoins: break
        case .knockRestricted where room.rules.hasKnockRestrictedJoins: break
        default: return nil
        }
        switch try membership(of: user, in: room) {
        // They are expected, or the rules refuse them anyway.
        case .join, .invite, .ban: return nil
        case .knock, .leave, nil: break
        }
        var access = RoomAccess(timeline: self, user: user)
        guard try access.meetsCondition(joinRules.allowedRooms) else {
            throw MatrixError.forbidden("You are in none of the rooms that let one into this room.")
        }
        guard let authoriser = try localMemberWhoMayInvite(in: room) else {
            throw MatrixError(
                .badRequest, .unableToAuthoriseJoin,
                "Nobody of this server may invite people to this room.")
        }
        return authoriser
    }

    /// The strongest member of this server whose power is enough to invite, so that the vouching
    /// lasts.
    private func localMemberWhoMayInvite(in room: RoomHead) throws -> UserID? {
        let power = try power(in: room)
        let named = power.creators.union(power.levels.users.keys)
            .filter { engine.isLocal($0) && power.mayInvite($0) }
            .sorted { (power.level(of: $1), $0) < (power.level(of: $0), $1) }
        for user in named where try membership(of: user, in: room) == .join { return user }
        guard power.levels.usersDefault >= power.levels.invite else { return nil }
        // Whoever is not named may invite: the first of them who is in.
        return try memberships.joined(
            to: room.number, of: engine.serverName,
            limit: named.count + power.levels.users.count + 1
        ).first { power.mayInvite($0) }
    }
}
