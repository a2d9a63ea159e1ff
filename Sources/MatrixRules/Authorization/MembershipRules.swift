import MatrixTypes

/// A change of one user's membership, with what the rules on it look at.
struct MembershipChange<State: AuthState> {
    let event: PDU
    let state: State
    let rules: RoomRules
    let create: PDU
    let target: UserID

    var sender: UserID { event.sender }
    var isOwn: Bool { sender == target }
    var power: RoomPower { state.power(under: rules) }
    var senderMembership: Membership? { state.membership(of: sender) }
    var targetMembership: Membership? { state.membership(of: target) }
}

extension Authorization {
    /// Rule 4.
    func checkMembership(
        _ event: PDU, in state: some AuthState, createdBy create: PDU
    ) throws(Rejection) {
        // 4.1. It says whose membership, and which.
        guard let target = event.stateKey, let membership = event.content["membership"] else {
            throw .incompleteMembership
        }
        // Since v8, 4.2. The server that vouches for a join has signed it.
        if rules.hasRestrictedJoins,
            let authoriser = event.content["join_authorised_via_users_server"]
        {
            guard let user = authoriser.string.flatMap(UserID.init),
                signatures.isSigned(event, user.server)
            else { throw .notSignedByAuthoriser }
        }

        let change = MembershipChange(
            event: event, state: state, rules: rules, create: create,
            target: UserID(unchecked: target))
        switch membership.string.flatMap(Membership.init) {
        case .join: try checkJoin(change)  // 4.3
        case .invite: try checkInvite(change)  // 4.4
        case .leave: try checkLeave(change)  // 4.5
        case .ban: try checkBan(change)  // 4.6
        case .knock where rules.allowsKnocking: try checkKnock(change)  // Since v7, 4.7
        default: throw .unknownMembership  // 4.8
        }
    }

    /// Rule 4.3.
    private func checkJoin(_ change: MembershipChange<some AuthState>) throws(Rejection) {
        // 4.3.1. Who made the room is its first member. The rule does not look at the sender.
        if change.event.prevEvents == [change.create.eventID],
            RoomPower.founder(of: change.create, under: rules) == change.target
        {
            return
        }
        // 4.3.2 and 4.3.3. Everyone joins for themselves, unless banned.
        guard change.isOwn else { throw .joinForAnother }
        guard change.senderMembership != .ban else { throw .joinWhileBanned }

        let isExpected = change.senderMembership == .invite || change.senderMembership == .join
        switch change.state.joinRule {
        // 4.3.4. By invitation.
        case .invite:
            guard isExpected else { throw .notInvited }
        // Since v7.
        case .knock where rules.allowsKnocking:
            guard isExpected else { throw .notInvited }
        // Since v8, 4.3.5. Or where a member vouches for it.
        case .restricted where rules.hasRestrictedJoins:
            if !isExpected { try checkAuthoriser(of: change) }
        // Since v10.
        case .knockRestricted where rules.hasKnockRestrictedJoins:
            if !isExpected { try checkAuthoriser(of: change) }
        // 4.3.6. Or freely.
        case .public: return
        // 4.3.7. Otherwise, reject.
        default: throw .joinRuleForbids
        }
    }

    /// Rule 4.3.5.2: who vouches for a join is in the room, and may invite.
    private func checkAuthoriser(
        of change: MembershipChange<some AuthState>
    ) throws(Rejection) {
        guard
            let text = change.event.content["join_authorised_via_users_server"]?.string,
            case let authoriser = UserID(unchecked: text),
            change.state.membership(of: authoriser) == .join,
            change.power.mayInvite(authoriser)
        else { throw .joinNotAuthorised }
    }

    /// Rule 4.5.
    private func checkLeave(_ change: MembershipChange<some AuthState>) throws(Rejection) {
        // 4.5.1. Everyone may leave, decline or, since v7, take back a knock.
        if change.isOwn {
            switch change.senderMembership {
            case .invite, .join: return
            case .knock where rules.allowsKnocking: return
            default: throw .nothingToLeave
            }
        }
        // 4.5.2. Others are removed by members.
        guard change.senderMembership == .join else { throw .senderNotJoined }
        let power = change.power
        // 4.5.3. Lifting a ban takes the power to ban.
        if change.targetMembership == .ban {
            guard power.level(of: change.sender) >= power.levels.ban else {
                throw .unbanNeedsPower
            }
        }
        // 4.5.4. And removing, the power to kick and more power than who is removed.
        guard power.mayKick(change.sender, change.target) else { throw .kickNeedsPower }
        // 4.5.5 has nothing left to reject.
    }

    /// Rule 4.6.
    private func checkBan(_ change: MembershipChange<some AuthState>) throws(Rejection) {
        // 4.6.1. By members,
        guard change.senderMembership == .join else { throw .senderNotJoined }
        // 4.6.2. with the power to ban and more power than who is banned.
        guard change.power.mayBan(change.sender, change.target) else { throw .banNeedsPower }
        // 4.6.3 has nothing left to reject.
    }

    /// Since v7, rule 4.7.
    private func checkKnock(_ change: MembershipChange<some AuthState>) throws(Rejection) {
        // 4.7.1. Where the room is open to it.
        let joinRule = change.state.joinRule
        guard
            joinRule == .knock || joinRule == .knockRestricted && rules.hasKnockRestrictedJoins
        else { throw .knockingForbidden }
        // 4.7.2. Everyone knocks for themselves,
        guard change.isOwn else { throw .knockForAnother }
        // 4.7.3 and 4.7.4. if neither banned, invited nor in.
        switch change.senderMembership {
        case .ban, .invite, .join: throw .nothingToKnockFor
        default: return
        }
    }
}
