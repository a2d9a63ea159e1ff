import Database
import MatrixTypes

/// The table `room_aliases`: which room an alias of this server stands for.
struct AliasStore {
    /// More are refused: nobody needs them, and a room's list is written whole.
    static let mostPerRoom = 500

    let db: Connection

    struct Entry: Sendable {
        let room: RoomNumber
        let creator: UserID
    }

    func entry(_ alias: RoomAlias) throws -> Entry? {
        try db.one("SELECT room_number, creator FROM room_aliases WHERE alias = \(alias)") {
            Entry(room: try $0[0], creator: try $0[1])
        }
    }

    /// - Returns: False where the alias is taken; then it stays as it is.
    func insert(_ alias: RoomAlias, for room: RoomNumber, by creator: UserID, at now: Timestamp)
        throws -> Bool
    {
        let rows = try db.run(
            """
            INSERT INTO room_aliases (alias, room_number, creator, created_ts)
            VALUES (\(alias), \(room), \(creator), \(now))
            ON CONFLICT (alias) DO NOTHING
            """)
        return rows > 0
    }

    func delete(_ alias: RoomAlias) throws {
        try db.post("DELETE FROM room_aliases WHERE alias = \(alias)")
    }

    /// All aliases of a room, in their order.
    func aliases(of room: RoomNumber) throws -> [RoomAlias] {
        try db.all(
            """
            SELECT alias FROM room_aliases WHERE room_number = \(room)
            ORDER BY alias LIMIT \(Self.mostPerRoom)
            """)
    }

    func count(of room: RoomNumber) throws -> Int {
        try db.one("SELECT count(*) FROM room_aliases WHERE room_number = \(room)") ?? 0
    }

    /// Those of some aliases that stand for a room.
    func those(of aliases: Set<RoomAlias>, standingFor room: RoomNumber) throws -> Set<RoomAlias> {
        guard !aliases.isEmpty else { return [] }
        return Set(
            try db.all(
                """
                SELECT alias FROM room_aliases
                WHERE alias IN \(list: aliases.sorted()) AND room_number = \(room)
                """, as: RoomAlias.self))
    }

    /// Has all aliases of a room stand for another from now on.
    func move(from old: RoomNumber, to new: RoomNumber) throws {
        try db.run(
            "UPDATE room_aliases SET room_number = \(new) WHERE room_number = \(old)")
    }
}

extension RoomAlias {
    /// More than the grammar asks: it has a name, and nothing in it is invisible.
    var isFitForNew: Bool {
        let localpart = localpart
        return !localpart.isEmpty
            && localpart.unicodeScalars.allSatisfy { scalar in
                !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
                    && scalar.properties.generalCategory != .format
            }
    }
}

/// How a client names a room: by its ID, or by an alias.
enum RoomReference: Sendable, Equatable {
    case id(RoomID)
    case alias(RoomAlias)

    init?(_ text: String) {
        if let roomID = RoomID(text) {
            self = .id(roomID)
        } else if let alias = RoomAlias(text) {
            self = .alias(alias)
        } else {
            return nil
        }
    }
}

extension ClientContext {
    /// The path's `{roomIdOrAlias}`.
    func roomReference(_ name: String = "roomIdOrAlias") throws -> RoomReference {
        guard let reference = RoomReference(try parameter(name)) else {
            throw MatrixError.invalidParameter(name, "This is neither a room ID nor an alias.")
        }
        return reference
    }
}

extension Timeline {
    var aliases: AliasStore { AliasStore(db: db) }

    /// The room that an ID or an alias stands for, or nil where this server does not know it.
    func room(_ reference: RoomReference) throws -> RoomHead? {
        switch reference {
        case .id(let roomID): return try rooms.head(of: roomID)
        case .alias(let alias):
            guard let entry = try aliases.entry(alias),
                let roomID = try rooms.roomID(of: entry.room)
            else { return nil }
            return try rooms.head(of: roomID)
        }
    }

    /// The same for somebody who wants to get into the room.
    ///
    /// - Throws: `M_NOT_FOUND` where this server does not know the room; `M_FORBIDDEN` where the
    ///   room is closed.
    func roomToEnter(_ reference: RoomReference) throws -> RoomHead {
        guard let head = try room(reference) else {
            throw MatrixError.notFound("There is no such room.")
        }
        guard !head.isBlocked else { throw MatrixError.forbidden("This room is closed.") }
        return head
    }
}
