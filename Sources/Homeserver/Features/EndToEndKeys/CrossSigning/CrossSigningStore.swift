import Database
import MatrixTypes

/// The table `cross_signing_keys`.
struct CrossSigningStore {
    let db: Connection

    func keys(of user: UserID) throws -> CrossSigningKeys {
        try keys(of: [user])[user] ?? CrossSigningKeys()
    }

    /// Those of many users; who has none is left out.
    func keys(of users: [UserID]) throws -> [UserID: CrossSigningKeys] {
        var found: [UserID: [CrossSigningKey]] = [:]
        for slice in users.chunks(of: 500) {
            try db.forEach(
                """
                SELECT user_id, usage, public_key, key FROM cross_signing_keys
                WHERE user_id IN \(list: slice)
                """
            ) { row in
                guard let usage = CrossSigningUsage(rawValue: try row.text(1)) else {
                    throw BrokenStorage("no such usage of a key")
                }
                found[try row[0], default: []].append(
                    CrossSigningKey(usage: usage, publicKey: try row[2], bytes: try row[3]))
            }
        }
        return found.mapValues { CrossSigningKeys($0) }
    }

    func set(_ key: CrossSigningKey, of user: UserID) throws {
        try db.run(
            """
            INSERT INTO cross_signing_keys (user_id, usage, public_key, key)
            VALUES (\(user), \(key.usage.rawValue), \(key.publicKey), \(key.bytes))
            ON CONFLICT (user_id, usage) DO UPDATE SET
                public_key = excluded.public_key, key = excluded.key
            """)
    }

    func deleteAll(of user: UserID) throws {
        try db.run("DELETE FROM cross_signing_keys WHERE user_id = \(user)")
    }
}
