package import MatrixTypes

/// Why an event fails the authorization rules.
///
/// Each case names its rule in room version 11, the numbering this target follows.
///
/// - Spec: [Authorization rules](https://spec.matrix.org/v1.19/rooms/v11/#authorisation-rules)
package enum Rejection: Error, Equatable {
    /// Rule 1.1: the create event has events before it.
    case createHasPrevEvents
    /// Rule 1.2: the room's ID is of another server than the sender.
    case createOnAnotherServer
    /// Since v12, rule 1.2: the create event says which room it makes.
    case createHasRoomID
    /// Rule 1.3: a room version that we do not know.
    case unknownRoomVersion
    /// Until v10, rule 1.4: the create event does not say who made the room.
    case noCreator
    /// Since v12, rule 1.4: `additional_creators` is not an array of user IDs.
    case badAdditionalCreators

    /// Since v12, rule 2: the room's ID is not that of its create event.
    case roomNotOfCreateEvent

    /// Rule 2.1: another auth event has the same type and state key.
    case duplicateAuthEvent(EventID)
    /// Rule 2.2: an auth event that the selection does not give.
    case unexpectedAuthEvent(EventID)
    /// Rule 2.3: an auth event that was rejected.
    case rejectedAuthEvent(EventID)
    /// Until v11, rule 2.4: no create event among the auth events. Also where the state has none.
    case noCreateEvent
    /// Rule 2.5: an auth event of another room.
    case authEventOfAnotherRoom(EventID)
    /// An auth event that nobody has: nothing can be said of it.
    case missingAuthEvent(EventID)

    /// Rule 3: the room is for the server that made it alone.
    case notFederated

    /// Until v5, rule 4.1.
    case aliasesWithoutStateKey
    /// Until v5, rule 4.2: the state key is not the sender's server.
    case aliasesOfAnotherServer

    /// Rule 4.1: no state key, or no `membership`.
    case incompleteMembership
    /// Since v8, rule 4.2: the server that is said to vouch for the join has not signed it.
    case notSignedByAuthoriser

    /// Rule 4.3.2: the sender is not the one who joins.
    case joinForAnother
    /// Rule 4.3.3.
    case joinWhileBanned
    /// Rule 4.3.4: the room takes an invitation, and there is none.
    case notInvited
    /// Rule 4.3.5.2: who vouches for the join is not in the room, or may not invite.
    case joinNotAuthorised
    /// Rule 4.3.7: the join rule lets nobody in, or is none that the room version knows.
    case joinRuleForbids

    /// Rule 4.4.1.2: the acceptance of an invitation by e-mail has no `signed`.
    case thirdPartyNotSigned
    /// Rule 4.4.1.3: what was signed lacks `mxid` or `token`.
    case thirdPartyIncomplete
    /// Rule 4.4.1.4: it was signed for another user.
    case thirdPartyOfAnother
    /// Rule 4.4.1.5: the room has no such invitation.
    case noSuchThirdPartyInvite
    /// Rule 4.4.1.6: the invitation is by another sender.
    case thirdPartyInviteOfAnotherSender
    /// Rule 4.4.1.8: no signature is by a key of the invitation.
    case thirdPartySignatureInvalid
    /// Rules 4.4.1.1 and 4.4.3: who is invited is in the room, or banned.
    case alreadyJoinedOrBanned
    /// Rule 4.4.5.
    case inviteNeedsPower

    /// Rule 4.5.1: neither in the room, nor invited, nor (since v7) knocking.
    case nothingToLeave
    /// Rule 4.5.3.
    case unbanNeedsPower
    /// Rule 4.5.5: below the kick level, or not above the one who is removed.
    case kickNeedsPower
    /// Rule 4.6.3: below the ban level, or not above the one who is banned.
    case banNeedsPower

    /// Since v7, rule 4.7.1.
    case knockingForbidden
    /// Since v7, rule 4.7.2.
    case knockForAnother
    /// Since v7, rule 4.7.4: banned, invited or in the room.
    case nothingToKnockFor
    /// Rule 4.8.
    case unknownMembership

    /// Rules 4.4.2, 4.5.2, 4.6.1 and 5: the sender is not in the room.
    case senderNotJoined

    /// Rule 6.
    case thirdPartyInviteNeedsPower

    /// Rule 7: the event's type asks for more power than its sender has.
    case powerTooLow(has: PowerLevel, needs: Int)

    /// Rule 8: the state key is the ID of another user.
    case stateOfAnotherUser

    /// Rule 9.1.
    case levelNotInteger(String)
    /// Rule 9.2, of `events` or `notifications`.
    case levelsNotIntegers(String)
    /// Rule 9.3: `users` is not an object of integers under user IDs.
    case usersNotIntegers
    /// Since v12, rule 9.4: a creator is given a level.
    case levelOfCreator(UserID)
    /// Rules 9.5 to 9.7: a level above the sender's is changed, or set.
    case levelOutOfReach(String)
    /// Rules 9.8 and 9.9: a user on the sender's level is changed, or one set above it.
    case userOutOfReach(UserID)

    /// Until v2, rule 11.3.
    case redactionNeedsPower
}
