import Database
import MatrixTypes

/// The tables `account_data` and `room_account_data`.
struct AccountDataStore {
    /// More of one kind is refused.
    static let maxContentBytes = 1_048_576
    static let mostTypes = 1000

    let db: Connection

    /// One entry, as a sync tells it.
    struct Entry {
        let type: String
        let content: [UInt8]
    }

    func content(_ type: String, of user: UserID) throws -> [UInt8]? {
        try db.one(
            "SELECT content FROM account_data WHERE user_id = \(user) AND type = \(type)")
    }

    func content(_ type: String, of user: UserID, in room: RoomNumber) throws -> [UInt8]? {
        try db.one(
            """
            SELECT content FROM room_account_data
            WHERE user_id = \(user) AND room_number = \(room) AND type = \(type)
            """)
    }

    /// Sets an entry, and has the user's devices told.
    func set(_ type: String, to content: [UInt8], of user: UserID) throws {
        let count: Int =
            try db.one("SELECT count(*) FROM account_data WHERE user_id = \(user)") ?? 0
        guard count < Self.mostTypes else { throw MatrixError.tooLarge("There is too much kept.") }
        let position = db.nextPosition()
        try db.run(
            """
            INSERT INTO account_data (user_id, type, content, position)
            VALUES (\(user), \(type), \(content), \(position))
            ON CONFLICT (user_id, type) DO UPDATE SET
                content = excluded.content, position = excluded.position
            """)
        db.announce(Change(position: StreamPosition(rawValue: position), kind: .user(user)))
    }

    func set(_ type: String, to content: [UInt8], of user: UserID, in room: RoomNumber) throws {
        let position = db.nextPosition()
        try db.run(
            """
            INSERT INTO room_account_data (user_id, room_number, type, content, position)
            VALUES (\(user), \(room), \(type), \(content), \(position))
            ON CONFLICT (user_id, room_number, type) DO UPDATE SET
                content = excluded.content, position = excluded.position
            """)
        db.announce(
            Change(
                position: StreamPosition(rawValue: position), kind: .userInRoom(user, room)))
    }

    /// What changed after a position; nil: everything that is not empty.
    func entries(of user: UserID, after position: StreamPosition?, upTo end: StreamPosition) throws
        -> [Entry]
    {
        try db.all(
            """
            SELECT type, content FROM account_data
            WHERE user_id = \(user) AND position > \(position ?? .start) AND position <= \(end)
            """
        ) { Entry(type: try $0[0], content: try $0[1]) }
    }

    func roomEntries(of user: UserID, after position: StreamPosition?, upTo end: StreamPosition)
        throws -> [(room: RoomNumber, entry: Entry)]
    {
        try db.all(
            """
            SELECT room_number, type, content FROM room_account_data
            WHERE user_id = \(user) AND position > \(position ?? .start) AND position <= \(end)
            """
        ) { (try $0[0], Entry(type: try $0[1], content: try $0[2])) }
    }

    func entries(of user: UserID, in room: RoomNumber) throws -> [Entry] {
        try db.all(
            """
            SELECT type, content FROM room_account_data
            WHERE user_id = \(user) AND room_number = \(room)
            """
        ) { Entry(type: try $0[0], content: try $0[1]) }
    }

    func deleteAll(of user: UserID) throws {
        try db.run("DELETE FROM account_data WHERE user_id = \(user)")
        try db.run("DELETE FROM room_account_data WHERE user_id = \(user)")
    }
}
