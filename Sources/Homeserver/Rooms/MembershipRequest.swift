import Database
import HTTPTypes
import MatrixTypes

/// What a local user is called, for the member events that say it.
struct MemberProfile: Sendable, Equatable {
    var displayName: String?
    var avatarURL: String?
}

/// Where the profiles of local users are found.
protocol ProfileReading: Sendable {
    /// Nil where there is no such user.
    func profile(of user: UserID, in db: Connection) throws -> MemberProfile?
}

/// A change of somebody's membership, as it is asked for.
struct MembershipRequest: Sendable {
    let sender: UserID
    let target: UserID
    let membership: Membership
    /// What else the client wants to have in the content. What the server says itself goes over it.
    var content = JSONObject.empty
    var reason: String?
    var isDirect = false
    let now: Timestamp
}

extension Timeline {
    /// Changes a membership. What has changed already appends nothing.
    ///
    /// - Returns: The member event: the new one, or the one that said the same before.
    /// - Throws: `M_FORBIDDEN` where the rules of the room do not allow it; `M_BAD_JSON` where the
    ///   content is none of a member event.
    @discardableResult
    func change(_ request: MembershipRequest, in room: RoomHead) throws -> EventID {
        let profile = try profile(for: request)
        let authoriser =
            request.membership == .join && request.sender == request.target
            ? try authoriser(ofJoinBy: request.target, in: room) : nil
        let content = request.content(profile, authoriser)
        let draft = try EventDraft(
            sender: request.sender, type: .roomMember, stateKey: request.target.rawValue,
            content: content, at: request.now)
        do {
            _ = try RoomMember(from: draft.content)
        } catch {
            throw MatrixError.badJSON("This is not the content of a member event: \(error)")
        }
        let eventID = try appendState(draft, to: room)
        if request.membership == .join { try takeSettingsOver(request.target, to: room) }
        return eventID
    }

    /// The profile that the event carries: of who joins or knocks, and of whom is invited.
    private func profile(for request: MembershipRequest) throws -> MemberProfile? {
        switch request.membership {
        case .join, .knock: guard request.sender == request.target else { return nil }
        case .invite: break
        case .leave, .ban: return nil
        }
        guard engine.isLocal(request.target) else { return nil }
        return try engine.profiles?.profile(of: request.target, in: db)
    }

    /// Appends a state event, unless the state says the same already by the same sender.
    ///
    /// - Returns: The new event, or the one that is there.
    func appendState(_ draft: EventDraft, to room: RoomHead) throws -> EventID {
        if let key = draft.key, let current = try pdu(key, in: room),
            current.sender == draft.sender,
            current.bytes[current.contentRange].elementsEqual(draft.canonicalContent),
            // Whoever has left is told so, whatever they repeat; only the leaving is repeated
            // freely.
            try key == .member(draft.sender) || membership(of: draft.sender, in: room) == .join,
            !room.isBlocked
        {
            return current.eventID
        }
        return try append(draft, to: room.roomID).eventID
    }
}

extension MembershipRequest {
    /// Keys that the client does not choose.
    private static let ours: Set<String> = [
        "membership", "join_authorised_via_users_server", "third_party_signed",
    ]

    fileprivate func content(_ profile: MemberProfile?, _ authoriser: UserID?) -> [UInt8] {
        jsonBytes { object in
            for (key, value) in content where !Self.ours.contains(key) {
                if key == "reason", reason != nil { continue }
                if key == "is_direct", isDirect { continue }
                object[key] = value
            }
            if content["displayname"] == nil { object["displayname"] = profile?.displayName }
            if content["avatar_url"] == nil { object["avatar_url"] = profile?.avatarURL }
            if isDirect { object["is_direct"] = true }
            object["join_authorised_via_users_server"] = authoriser
            object["membership"] = membership
            object["reason"] = reason
        }
    }
}

extension MatrixError {
    /// There is no identity server behind this server that could tell whose address it is.
    static let invitesByAddressDenied = MatrixError(
        .forbidden, Code(rawValue: "M_THREEPID_DENIED"),
        "This server does not invite people by their e-mail address.")
}
