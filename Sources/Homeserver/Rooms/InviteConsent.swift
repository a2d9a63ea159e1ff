import Database
import MatrixTypes

/// Where the account data of local users is found, for what the engine decides by it.
protocol AccountDataReading: Sendable {
    /// A user's global account data of one type, or nil where there is none.
    func content(of user: UserID, _ type: String, in db: Connection) throws -> JSONObject?
}

extension Timeline {
    /// Whether a local user takes invitations at all. Those of a user who does not are not made,
    /// and those that are there from before are in no sync.
    ///
    /// - Spec: [Invite permission](https://spec.matrix.org/v1.19/client-server-api/#invite-permission)
    func takesInvites(_ user: UserID) throws -> Bool {
        let config = try engine.accountData?
            .content(of: user, "m.invite_permission_config", in: db)
        return config?["default_action"]?.string != "block"
    }
}
