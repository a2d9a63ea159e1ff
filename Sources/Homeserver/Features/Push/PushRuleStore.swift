import Database
import MatrixRules
import MatrixTypes

/// The table `push_rules`.
struct PushRuleStore {
    /// All of somebody's rules together.
    static let maxBytes = 1_048_576

    let db: Connection
    let cache: SharedCache<UserID, PushRuleSet>

    /// Those of somebody who has changed nothing are the default ones.
    func rules(of user: UserID) throws -> PushRuleSet {
        if let rules = db.cached(cache, user) { return rules }
        let stored: [UInt8]? = try db.one("SELECT rules FROM push_rules WHERE user_id = \(user)")
        let rules = try stored.map(Self.rules) ?? .default
        db.cache(cache, user, rules)
        return rules
    }

    private static func rules(in stored: [UInt8]) throws -> PushRuleSet {
        try PushRuleSet(reading: try JSONObject(parsing: stored))
    }

    /// Where in the stream somebody's rules were last changed; nil: never.
    func position(of user: UserID) throws -> StreamPosition? {
        try db.one("SELECT position FROM push_rules WHERE user_id = \(user)")
    }

    /// Stores somebody's rules, and has their devices told.
    func set(_ rules: PushRuleSet, of user: UserID) throws {
        let stored = rules.stored(for: user)
        guard stored.count <= Self.maxBytes else {
            throw MatrixError.tooLarge("There are too many push rules.")
        }
        let position = StreamPosition(rawValue: db.nextPosition())
        try db.run(
            """
            INSERT INTO push_rules (user_id, rules, position)
            VALUES (\(user), \(stored), \(position))
            ON CONFLICT (user_id) DO UPDATE SET
                rules = excluded.rules, position = excluded.position
            """)
        db.cache(cache, user, rules)
        db.announce(Change(position: position, kind: .user(user)))
    }

    /// A member of a room whose rules are not the default ones.
    struct Member: Sendable {
        let user: UserID
        let displayName: String?
        let rules: PushRuleSet
        let mode: PushMode
    }

    /// Those who are joined to a room and have changed their rules.
    func members(of room: RoomNumber) throws -> [Member] {
        try db.all(
            """
            SELECT m.user_id, m.display_name, r.rules,
                   (SELECT p.mode FROM push_modes p
                    WHERE p.user_id = m.user_id AND p.room_number = m.room_number
                    ORDER BY p.position DESC LIMIT 1)
            FROM memberships m JOIN push_rules r ON r.user_id = m.user_id
            WHERE m.room_number = \(room) AND m.membership = 'join'
            """
        ) { row in
            let mode: Int? = try row.optional(3)
            return Member(
                user: try row[0], displayName: try row.optional(1),
                rules: try Self.rules(in: try row.blob(2)),
                mode: mode.flatMap { PushMode(rawValue: $0) } ?? .all)
        }
    }
}
