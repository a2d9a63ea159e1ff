import MatrixTypes

extension Authorization {
    /// Rule 4.4.
    func checkInvite(_ change: MembershipChange<some AuthState>) throws(Rejection) {
        // 4.4.1. Someone who was invited by e-mail turns out to be a user.
        if let invite = change.event.content["third_party_invite"] {
            return try checkThirdParty(invite, of: change)
        }
        // 4.4.2. By members,
        guard change.senderMembership == .join else { throw .senderNotJoined }
        // 4.4.3. of those who are neither in nor banned,
        guard change.targetMembership != .join, change.targetMembership != .ban else {
            throw .alreadyJoinedOrBanned
        }
        // 4.4.4. with the power to.
        guard change.power.mayInvite(change.sender) else { throw .inviteNeedsPower }
        // 4.4.5 has nothing left to reject.
    }

    /// Rule 4.4.1.
    ///
    /// - Spec: [Verifying the invite](https://spec.matrix.org/v1.19/server-server-api/#verifying-the-invite)
    private func checkThirdParty(
        _ invite: JSON, of change: MembershipChange<some AuthState>
    ) throws(Rejection) {
        // 4.4.1.1. Nobody comes back by e-mail who is banned.
        guard change.targetMembership != .ban else { throw .alreadyJoinedOrBanned }
        // 4.4.1.2 and 4.4.1.3. The identity server has signed who it was, and which invitation.
        guard let signed = invite["signed"]?.object else { throw .thirdPartyNotSigned }
        guard let mxid = signed["mxid"]?.string, let token = signed["token"]?.string else {
            throw .thirdPartyIncomplete
        }
        // 4.4.1.4. It is the one who is invited now.
        guard UserID(unchecked: mxid) == change.target else { throw .thirdPartyOfAnother }
        // 4.4.1.5 and 4.4.1.6. The invitation is in the room, from the same sender.
        guard let invitation = change.state.event(StateKey(.thirdPartyInvite, token)) else {
            throw .noSuchThirdPartyInvite
        }
        guard invitation.sender == change.sender else { throw .thirdPartyInviteOfAnotherSender }
        // 4.4.1.7. The signature is by one of the keys that the invitation came with.
        guard let content = try? ThirdPartyInvite(from: invitation.content),
            content.publicKeys.contains(where: {
                signatures.isSignedWithKey(signed, $0.publicKey)
            })
        else {
            // 4.4.1.8. Otherwise, reject.
            throw .thirdPartySignatureInvalid
        }
    }
}
