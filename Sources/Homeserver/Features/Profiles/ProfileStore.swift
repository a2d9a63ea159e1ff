import Database
import MatrixTypes

/// The table `profile_fields`, and the name and picture in `users`.
struct ProfileStore {
    let db: Connection

    /// - Returns: Nil where there is no such user, or the account is closed.
    func profile(of user: UserID) throws -> [(field: String, value: [UInt8])]? {
        let known = try db.one(
            """
            SELECT display_name, avatar_url FROM users
            WHERE user_id = \(user) AND deactivated_ts IS NULL
            """
        ) { row -> (String?, String?) in (try row.optional(0), try row.optional(1)) }
        guard let (name, avatar) = known else { return nil }
        var fields: [(String, [UInt8])] = []
        if let name { fields.append(("displayname", jsonText(name))) }
        if let avatar { fields.append(("avatar_url", jsonText(avatar))) }
        fields += try db.all(
            "SELECT field, value FROM profile_fields WHERE user_id = \(user) ORDER BY field"
        ) { (try $0.text(0), try $0.blob(1)) }
        return fields
    }

    /// Name and picture, as member events carry them.
    func nameAndAvatar(of user: UserID) throws -> (name: String?, avatar: String?) {
        try db.one("SELECT display_name, avatar_url FROM users WHERE user_id = \(user)") {
            (try $0.optional(0), try $0.optional(1))
        } ?? (nil, nil)
    }

    func setName(_ name: String?, of user: UserID) throws {
        try db.run("UPDATE users SET display_name = \(name) WHERE user_id = \(user)")
    }

    func setAvatar(_ avatar: String?, of user: UserID) throws {
        try db.run("UPDATE users SET avatar_url = \(avatar) WHERE user_id = \(user)")
    }

    func set(_ field: String, to value: [UInt8], of user: UserID) throws {
        try db.run(
            """
            INSERT INTO profile_fields (user_id, field, value)
            VALUES (\(user), \(field), \(value))
            ON CONFLICT (user_id, field) DO UPDATE SET value = excluded.value
            """)
    }

    func delete(_ field: String, of user: UserID) throws {
        try db.run("DELETE FROM profile_fields WHERE user_id = \(user) AND field = \(field)")
    }

    func deleteAll(of user: UserID) throws {
        try db.run("DELETE FROM profile_fields WHERE user_id = \(user)")
    }

    private func jsonText(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.string(text)
        return writer.bytes
    }
}
