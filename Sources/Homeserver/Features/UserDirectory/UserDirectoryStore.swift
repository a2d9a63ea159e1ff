import Database
import MatrixTypes

/// The table `directory_words`: by which words each person is found.
struct UserDirectoryStore {
    let db: Connection

    struct Person: Sendable {
        let userID: UserID
        let displayName: String?
        let avatarURL: String?
    }

    /// People who have, for each of the words, one that begins with it. In the order of their IDs.
    func people(withAll words: [String], limit: Int) throws -> [Person] {
        guard let longest = words.max(by: { $0.utf8.count < $1.utf8.count }) else { return [] }
        var conditions: SQL = ""
        for word in words where word != longest {
            conditions += """
                 AND EXISTS (SELECT 1 FROM directory_words o WHERE o.user_id = u.user_id
                             AND o.word >= \(word) AND o.word < \(Self.end(of: word)))
                """
        }
        return try db.all(
            """
            SELECT DISTINCT u.user_id, u.display_name, u.avatar_url
            FROM directory_words w JOIN users u ON u.user_id = w.user_id
            WHERE w.word >= \(longest) AND w.word < \(Self.end(of: longest))
              AND u.deactivated_ts IS NULL\(conditions)
            ORDER BY u.user_id LIMIT \(limit)
            """
        ) {
            Person(
                userID: try $0[0], displayName: try $0.optional(1), avatarURL: try $0.optional(2))
        }
    }

    /// What comes after all texts that begin with a word.
    private static func end(of word: String) -> String { word + "\u{10FFFF}" }

    func set(_ words: [String], for user: UserID) throws {
        try db.run("DELETE FROM directory_words WHERE user_id = \(user)")
        for word in Set(words) {
            try db.run("INSERT INTO directory_words (word, user_id) VALUES (\(word), \(user))")
        }
    }
}

/// Keeps the directory in step with the profiles.
struct DirectoryEntries: ProfileObserver {
    func profileChanged(of user: UserID, name: String?, in db: Connection) throws {
        let words = DirectoryWords.words(of: user.localpart) + DirectoryWords.words(of: name ?? "")
        try UserDirectoryStore(db: db).set(words, for: user)
    }

    func accountClosed(_ user: UserID, in db: Connection) throws {
        try UserDirectoryStore(db: db).set([], for: user)
    }
}
