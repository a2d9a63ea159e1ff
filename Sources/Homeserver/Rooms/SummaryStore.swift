import Database
import MatrixTypes

/// The table `room_summaries`.
struct SummaryStore {
    let db: Connection
    let cache: SharedCache<RoomNumber, RoomSummary>

    static let columns: SQL = """
        s.room_number, s.is_listed, s.joined_members, s.invited_members, s.name, s.topic,
        s.avatar_url, s.canonical_alias, s.join_rule, s.allowed_rooms, s.history_visibility,
        s.guest_can_join, s.room_type, s.encryption
        """

    static func summary(from row: Row) throws -> RoomSummary {
        var summary = RoomSummary(room: try row[0])
        summary.isListed = try row[1]
        summary.joinedMembers = try row[2]
        summary.invitedMembers = try row[3]
        summary.name = try row.optional(4)
        summary.topic = try row.optional(5)
        summary.avatarURL = try row.optional(6)
        summary.canonicalAlias = try row.optional(7)
        summary.joinRule = JoinRules.Rule(rawValue: try row.text(8))
        if let rooms: String = try row.optional(9) {
            summary.allowedRooms =
                try JSON(parsing: Array(rooms.utf8)).array?.compactMap(\.string)
                .map { RoomID(unchecked: $0) } ?? []
        }
        guard let visibility = HistoryVisibility(rawValue: try row.text(10)) else {
            throw BrokenStorage("no such history visibility")
        }
        summary.historyVisibility = visibility
        summary.guestsCanJoin = try row[11]
        summary.roomType = try row.optional(12)
        summary.encryption = try row.optional(13)
        return summary
    }

    /// Of a room that this server knows.
    func summary(of room: RoomNumber) throws -> RoomSummary {
        if let summary = db.cached(cache, room) { return summary }
        let summary = try db.one(
            "SELECT \(Self.columns) FROM room_summaries s WHERE s.room_number = \(room)",
            Self.summary)
        guard let summary else { throw BrokenStorage("room \(room.rawValue) has no summary") }
        db.cache(cache, room, summary)
        return summary
    }

    /// Those of many rooms at once.
    func summaries(of rooms: [RoomNumber]) throws -> [RoomNumber: RoomSummary] {
        var found: [RoomNumber: RoomSummary] = [:]
        var unknown: [RoomNumber] = []
        for room in rooms {
            if let summary = db.cached(cache, room) {
                found[room] = summary
            } else {
                unknown.append(room)
            }
        }
        for slice in unknown.chunks(of: 500) {
            let loaded = try db.all(
                """
                SELECT \(Self.columns) FROM room_summaries s
                WHERE s.room_number IN \(list: slice)
                """, Self.summary)
            for summary in loaded {
                found[summary.room] = summary
                db.cache(cache, summary.room, summary)
            }
        }
        return found
    }

    /// Stores a summary, whether the room had one or not.
    func save(_ summary: RoomSummary) throws {
        let allowed: String? =
            if summary.allowedRooms.isEmpty {
                nil
            } else {
                String(decoding: json(of: summary.allowedRooms), as: UTF8.self)
            }
        try db.post(
            """
            INSERT INTO room_summaries
                (room_number, is_listed, joined_members, invited_members, name, topic, avatar_url,
                 canonical_alias, join_rule, allowed_rooms, history_visibility, guest_can_join,
                 room_type, encryption, search_text)
            VALUES (\(summary.room), \(summary.isListed), \(summary.joinedMembers),
                    \(summary.invitedMembers), \(summary.name), \(summary.topic),
                    \(summary.avatarURL), \(summary.canonicalAlias),
                    \(summary.joinRule.rawValue), \(allowed),
                    \(summary.historyVisibility.rawValue), \(summary.guestsCanJoin),
                    \(summary.roomType), \(summary.encryption), \(summary.searchText))
            ON CONFLICT (room_number) DO UPDATE SET
                is_listed = excluded.is_listed, joined_members = excluded.joined_members,
                invited_members = excluded.invited_members, name = excluded.name,
                topic = excluded.topic, avatar_url = excluded.avatar_url,
                canonical_alias = excluded.canonical_alias, join_rule = excluded.join_rule,
                allowed_rooms = excluded.allowed_rooms,
                history_visibility = excluded.history_visibility,
                guest_can_join = excluded.guest_can_join, room_type = excluded.room_type,
                encryption = excluded.encryption, search_text = excluded.search_text
            """)
        db.cache(cache, summary.room, summary)
    }

    /// Stores the numbers of members alone: what a join changes.
    func saveCounts(_ summary: RoomSummary) throws {
        try db.post(
            """
            UPDATE room_summaries SET joined_members = \(summary.joinedMembers),
                invited_members = \(summary.invitedMembers)
            WHERE room_number = \(summary.room)
            """)
        db.cache(cache, summary.room, summary)
    }

    private func json(of rooms: [RoomID]) -> [UInt8] {
        var writer = JSONWriter()
        rooms.write(to: &writer)
        return writer.bytes
    }
}

extension SummaryStore {
    /// Puts a room into the directory of public rooms, or takes it out.
    func setListed(_ isListed: Bool, _ room: RoomNumber) throws {
        var summary = try summary(of: room)
        guard summary.isListed != isListed else { return }
        summary.isListed = isListed
        try db.post(
            "UPDATE room_summaries SET is_listed = \(isListed) WHERE room_number = \(room)")
        db.cache(cache, room, summary)
    }

    /// Which rooms of the directory are asked for.
    struct DirectoryFilter: Sendable {
        /// Folded; each has to be somewhere in a room's name, topic or alias.
        var words: [String] = []
        /// Nil: rooms of every type. A nil in it stands for rooms without a type.
        var types: [String?]?

        fileprivate var condition: SQL {
            var condition: SQL = """
                s.is_listed = 1 AND r.blocked_ts IS NULL AND r.deleted_ts IS NULL
                """
            for word in words {
                condition +=
                    " AND s.search_text LIKE \(SearchText.pattern(containing: word)) ESCAPE '\\'"
            }
            if let types {
                let named = types.compactMap(\.self)
                condition += " AND (s.room_type IN \(list: named)"
                if types.contains(nil) { condition += " OR s.room_type IS NULL" }
                condition += ")"
            }
            return condition
        }
    }

    /// A place in the directory, which begins with the largest rooms.
    struct DirectoryPlace: Sendable, Equatable {
        let joinedMembers: Int
        let room: RoomNumber
    }

    /// Rooms of the directory, the largest first.
    ///
    /// - Parameter place: The page begins after it, or where `isBackwards`, ends before it.
    func directory(
        _ filter: DirectoryFilter, from place: DirectoryPlace?, isBackwards: Bool, limit: Int
    ) throws -> [(roomID: RoomID, summary: RoomSummary)] {
        var condition = filter.condition
        if let place {
            let (members, room) = (place.joinedMembers, place.room)
            if isBackwards {
                condition += """
                     AND (s.joined_members > \(members)
                          OR (s.joined_members = \(members) AND s.room_number < \(room)))
                    """
            } else {
                condition += """
                     AND (s.joined_members < \(members)
                          OR (s.joined_members = \(members) AND s.room_number > \(room)))
                    """
            }
        }
        let order: SQL =
            isBackwards
            ? "s.joined_members, s.room_number DESC" : "s.joined_members DESC, s.room_number"
        let rows = try db.all(
            """
            SELECT \(Self.columns), r.room_id
            FROM room_summaries s JOIN rooms r ON r.room_number = s.room_number
            WHERE \(condition) ORDER BY \(order) LIMIT \(limit)
            """
        ) { (roomID: try $0[14] as RoomID, summary: try Self.summary(from: $0)) }
        return isBackwards ? rows.reversed() : rows
    }

    func countOfDirectory(_ filter: DirectoryFilter) throws -> Int {
        try db.one(
            """
            SELECT count(*) FROM room_summaries s JOIN rooms r ON r.room_number = s.room_number
            WHERE \(filter.condition)
            """) ?? 0
    }
}
