/// How a user stands to a room.
package enum Membership: String, Hashable, Sendable, CaseIterable, JSONWritable {
    case join, invite, knock, leave, ban

    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

/// The content of `m.room.member`: one user's membership, and how they are called in this room.
///
/// - State key: the user's ID.
/// - Spec: [m.room.member](https://spec.matrix.org/v1.19/client-server-api/#mroommember)
package struct RoomMember: StateEventContent {
    package static let type: EventType = .roomMember

    package let membership: Membership

    /// Nil when unset, null or of another type: no reason to refuse a membership.
    package let displayname: String?
    /// As it came: others write what is not an `mxc://` URI.
    package let avatarURL: String?
    package let isDirect: Bool
    package let reason: String?

    /// Whose server vouches for a join to a restricted room.
    package let joinAuthorisedViaUsersServer: UserID?

    package let thirdPartyInvite: ThirdParty?

    /// How an invitation by e-mail became one of a user.
    package struct ThirdParty: Sendable {
        package let displayName: String?
        /// What the identity server signed: `mxid`, `token` and `signatures`.
        package let signed: JSONObject
        package let mxid: UserID
        package let token: String
    }

    /// Throws where something that the authorization rules read is not of its type.
    package init(from content: JSONObject) throws(JSONError) {
        let text = try content.requiredString("membership")
        guard let membership = Membership(rawValue: text) else {
            throw .invalid(key: "membership")
        }
        self.membership = membership
        displayname = content["displayname"]?.string
        avatarURL = content["avatar_url"]?.string
        isDirect = content["is_direct"]?.bool ?? false
        reason = content["reason"]?.string
        joinAuthorisedViaUsersServer =
            membership == .join
            ? try content.identifier("join_authorised_via_users_server") : nil
        thirdPartyInvite =
            membership == .invite
            ? try content.object("third_party_invite").map(Self.thirdParty) : nil
    }

    private static func thirdParty(_ invite: JSONObject) throws(JSONError) -> ThirdParty {
        let signed = try invite.requiredObject("signed")
        return ThirdParty(
            displayName: invite["display_name"]?.string, signed: signed,
            mxid: try signed.requiredIdentifier("mxid"),
            token: try signed.requiredString("token"))
    }
}
