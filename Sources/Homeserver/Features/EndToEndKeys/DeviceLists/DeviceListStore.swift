import Database
import MatrixTypes

/// Whose keys somebody has to look at again, and whose they need not follow any more.
struct DeviceListChanges: Sendable, Equatable {
    var changed: Set<UserID> = []
    var left: Set<UserID> = []

    var isEmpty: Bool { changed.isEmpty && left.isEmpty }

    func write(to object: inout JSONObjectWriter) {
        object["changed"] = changed.sorted()
        object["left"] = left.sorted()
    }
}

/// The tables `device_list_changes` and `departures`.
struct DeviceListStore {
    let db: Connection

    /// A user's devices or cross-signing keys have changed: all who share a room with them are told.
    func changed(_ user: UserID) throws {
        let position = try note(user, reader: "")
        let rooms = try MembershipStore(db: db).rooms(of: user, .join)
        db.announce(Change(position: position, kind: .deviceList(of: user, in: rooms)))
    }

    /// What one reader alone sees of a user's keys has changed.
    func changed(_ user: UserID, for reader: UserID) throws {
        let position = try note(user, reader: reader.rawValue)
        db.announce(Change(position: position, kind: .user(reader)))
    }

    private func note(_ user: UserID, reader: String) throws -> StreamPosition {
        let position = StreamPosition(rawValue: db.nextPosition())
        try db.run(
            """
            INSERT INTO device_list_changes (user_id, reader, position)
            VALUES (\(user), \(reader), \(position))
            ON CONFLICT (user_id, reader) DO UPDATE SET position = excluded.position
            """)
        return position
    }

    /// Somebody is not joined to a room any more.
    func departed(_ user: UserID, from room: RoomNumber, at position: StreamPosition) throws {
        try db.post(
            """
            INSERT INTO departures (user_id, room_number, position)
            VALUES (\(user), \(room), \(position))
            ON CONFLICT (user_id, room_number) DO UPDATE SET position = excluded.position
            """)
    }

    /// What a user has to be told of a part of the stream.
    func changes(
        for user: UserID, after start: StreamPosition, upTo end: StreamPosition
    ) throws -> DeviceListChanges {
        let span = Span(user: user, start: start, end: end)
        var changes = DeviceListChanges()
        changes.changed = try changed(in: span).union(met(in: span))
        let departed = try departed(in: span)
        if !departed.isEmpty {
            changes.left = departed.subtracting(try sharing(with: user, among: departed))
        }
        return changes
    }
}

/// The queries behind `changes`.
///
/// Rooms count whether they are encrypted or not: one that is not may be at any time, and clients pass
/// over those whom they do not follow.
extension DeviceListStore {
    private struct Span {
        let user: UserID
        let start: StreamPosition
        let end: StreamPosition
    }

    /// More changes than these on the whole server, and it is looked from the user's rooms instead.
    private static let mostLookedAt = 200

    /// Those whose keys changed, of the user and of all who share a room with them.
    private func changed(in span: Span) throws -> Set<UserID> {
        let candidates: [UserID] = try db.all(
            """
            SELECT user_id FROM device_list_changes
            WHERE reader = '' AND position > \(span.start) AND position <= \(span.end)
            LIMIT \(Self.mostLookedAt + 1)
            """)
        var changed: Set<UserID>
        if candidates.count > Self.mostLookedAt {
            // The sum keeps the engine from beginning with all changes, index or not.
            changed = Set(
                try db.all(
                    """
                    SELECT DISTINCT c.user_id FROM memberships mine
                    JOIN memberships theirs
                        ON theirs.room_number = mine.room_number AND theirs.membership = 'join'
                    JOIN device_list_changes c ON c.user_id = theirs.user_id AND c.reader = ''
                    WHERE mine.user_id = \(span.user) AND mine.membership = 'join'
                      AND c.position + 0 > \(span.start) AND c.position + 0 <= \(span.end)
                    """) as [UserID])
        } else {
            changed = try sharing(with: span.user, among: Set(candidates))
        }
        // Changes that are for the user alone, and their own.
        changed.formUnion(
            try db.all(
                """
                SELECT user_id FROM device_list_changes
                WHERE reader = \(span.user.rawValue)
                  AND position > \(span.start) AND position <= \(span.end)
                UNION
                SELECT user_id FROM device_list_changes
                WHERE user_id = \(span.user) AND reader = ''
                  AND position > \(span.start) AND position <= \(span.end)
                """) as [UserID])
        return changed
    }

    /// Those with whom the user shares a room now and did not before.
    private func met(in span: Span) throws -> Set<UserID> {
        let met = Set(
            try db.all(
                """
                SELECT DISTINCT theirs.user_id FROM memberships mine
                JOIN memberships theirs ON theirs.room_number = mine.room_number
                WHERE mine.user_id = \(span.user) AND mine.membership = 'join'
                  AND mine.began <= \(span.start) AND theirs.membership = 'join'
                  AND theirs.began > \(span.start) AND theirs.began <= \(span.end)
                  AND theirs.user_id <> \(span.user)
                UNION
                SELECT theirs.user_id FROM memberships mine
                JOIN memberships theirs ON theirs.room_number = mine.room_number
                WHERE mine.user_id = \(span.user) AND mine.membership = 'join'
                  AND mine.began > \(span.start) AND mine.began <= \(span.end)
                  AND theirs.membership = 'join' AND theirs.user_id <> \(span.user)
                """) as [UserID])
        guard !met.isEmpty else { return [] }
        return met.subtracting(try sharing(with: span.user, among: met, since: span.start))
    }

    /// Those who left a room of the user, or whom the user left there.
    private func departed(in span: Span) throws -> Set<UserID> {
        Set(
            try db.all(
                """
                SELECT d.user_id FROM memberships mine
                JOIN departures d ON d.room_number = mine.room_number
                WHERE mine.user_id = \(span.user) AND mine.membership = 'join'
                  AND mine.began < d.position AND d.user_id <> \(span.user)
                  AND d.position > \(span.start) AND d.position <= \(span.end)
                UNION
                SELECT theirs.user_id FROM departures mine
                JOIN memberships theirs ON theirs.room_number = mine.room_number
                WHERE mine.user_id = \(span.user) AND mine.position > \(span.start)
                  AND mine.position <= \(span.end) AND theirs.membership = 'join'
                  AND theirs.began < mine.position AND theirs.user_id <> \(span.user)
                UNION
                SELECT d.user_id FROM departures mine
                JOIN departures d ON d.room_number = mine.room_number
                WHERE mine.user_id = \(span.user) AND mine.position > \(span.start)
                  AND mine.position <= \(span.end) AND d.position > \(span.start)
                  AND d.position <= \(span.end) AND d.user_id <> \(span.user)
                """) as [UserID])
    }

    /// Those of some who are joined to a room together with the user.
    ///
    /// - Parameter since: Both without a break from there on; nil: now.
    private func sharing(
        with user: UserID, among others: Set<UserID>, since: StreamPosition? = nil
    ) throws -> Set<UserID> {
        var found: Set<UserID> = []
        let limit: SQL =
            if let since { " AND mine.began <= \(since) AND theirs.began <= \(since)" } else { "" }
        for slice in others.sorted().chunks(of: 200) {
            found.formUnion(
                try db.all(
                    """
                    SELECT DISTINCT theirs.user_id FROM memberships theirs
                    JOIN memberships mine ON mine.room_number = theirs.room_number
                    WHERE theirs.user_id IN \(list: slice) AND theirs.membership = 'join'
                      AND mine.user_id = \(user) AND mine.membership = 'join'\(limit)
                    """) as [UserID])
        }
        return found
    }
}
