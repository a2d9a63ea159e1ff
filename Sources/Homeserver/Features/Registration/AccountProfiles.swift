import Database
import MatrixTypes

/// The profiles of local accounts, for the member events that carry them.
struct AccountProfiles: ProfileReading {
    func profile(of user: UserID, in db: Connection) throws -> MemberProfile? {
        try AccountStore(db: db).profile(of: user)
    }
}

extension AccountStore {
    func profile(of user: UserID) throws -> MemberProfile? {
        try db.one("SELECT display_name, avatar_url FROM users WHERE user_id = \(user)") {
            MemberProfile(displayName: try $0.optional(0), avatarURL: try $0.optional(1))
        }
    }
}
