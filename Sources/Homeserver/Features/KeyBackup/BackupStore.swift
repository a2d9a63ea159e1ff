import Database
import HTTPTypes
import MatrixTypes

/// The table `key_backups`.
struct BackupStore {
    let db: Connection

    /// A version of somebody's backup.
    struct Version: Sendable {
        let number: Int64
        let algorithm: String
        /// A JSON object.
        let authData: [UInt8]
        var etag: Int64
        var count: Int
        let isDeleted: Bool
    }

    private static let columns: SQL = "version, algorithm, auth_data, etag, count, deleted"

    private static func version(from row: Row) throws -> Version {
        Version(
            number: try row[0], algorithm: try row[1], authData: try row[2], etag: try row[3],
            count: try row[4], isDeleted: try row[5])
    }

    /// The newest version that is not deleted.
    func current(of user: UserID) throws -> Version? {
        try db.one(
            """
            SELECT \(Self.columns) FROM key_backups
            WHERE user_id = \(user) AND deleted = 0 ORDER BY version DESC LIMIT 1
            """, Self.version)
    }

    /// A version, also one that is deleted.
    func version(_ number: Int64, of user: UserID) throws -> Version? {
        try db.one(
            """
            SELECT \(Self.columns) FROM key_backups
            WHERE user_id = \(user) AND version = \(number)
            """, Self.version)
    }

    /// - Returns: The number of the new version, higher than all before.
    func create(_ algorithm: String, _ authData: [UInt8], of user: UserID) throws -> Int64 {
        let last: Int64? = try db.one(
            "SELECT max(version) FROM key_backups WHERE user_id = \(user)")
        let number = (last ?? 0) + 1
        try db.run(
            """
            INSERT INTO key_backups (user_id, version, algorithm, auth_data, etag, count)
            VALUES (\(user), \(number), \(algorithm), \(authData), 0, 0)
            """)
        return number
    }

    func setAuthData(_ authData: [UInt8], _ number: Int64, of user: UserID) throws {
        try db.run(
            """
            UPDATE key_backups SET auth_data = \(authData)
            WHERE user_id = \(user) AND version = \(number)
            """)
    }

    /// The keys of a version have changed.
    func update(_ version: Version, of user: UserID) throws {
        try db.run(
            """
            UPDATE key_backups SET etag = \(version.etag), count = \(version.count)
            WHERE user_id = \(user) AND version = \(version.number)
            """)
    }

    /// Deletes a version and its keys. That it was there is remembered.
    func delete(_ number: Int64, of user: UserID) throws {
        try db.run(
            """
            UPDATE key_backups SET deleted = 1, auth_data = \(Array("{}".utf8)), count = 0
            WHERE user_id = \(user) AND version = \(number)
            """)
        try db.run(
            """
            DELETE FROM key_backup_sessions WHERE user_id = \(user) AND version = \(number)
            """)
    }

    func deleteAll(of user: UserID) throws {
        try db.run("DELETE FROM key_backup_sessions WHERE user_id = \(user)")
        try db.run("DELETE FROM key_backups WHERE user_id = \(user)")
    }
}

extension BackupStore {
    private func condition(_ selection: SessionSelection) -> SQL {
        switch selection {
        case .all: ""
        case .room(let room): " AND room_id = \(room)"
        case .session(let name): " AND room_id = \(name.room) AND session_id = \(name.session)"
        }
    }

    /// The keys that are kept, in the order of their names.
    func keys(_ selection: SessionSelection, in version: Int64, of user: UserID) throws
        -> [(name: SessionName, key: BackedUpKey)]
    {
        try db.all(
            """
            SELECT room_id, session_id, first_message_index, forwarded_count, is_verified,
                   session_data
            FROM key_backup_sessions
            WHERE user_id = \(user) AND version = \(version)\(condition(selection))
            ORDER BY room_id, session_id
            """
        ) { row in
            (
                SessionName(unchecked: try row[0], try row[1]),
                BackedUpKey(
                    firstMessageIndex: try row[2], forwardedCount: try row[3],
                    isVerified: try row[4], data: try row[5])
            )
        }
    }

    /// What is known of some sessions, without their data.
    func known(_ names: [SessionName], in version: Int64, of user: UserID) throws
        -> [SessionName: BackedUpKey]
    {
        var known: [SessionName: BackedUpKey] = [:]
        for slice in names.chunks(of: 200) {
            try db.forEach(
                """
                SELECT room_id, session_id, first_message_index, forwarded_count, is_verified
                FROM key_backup_sessions
                WHERE user_id = \(user) AND version = \(version)
                  AND room_id IN \(list: Set(slice.map(\.room)).sorted())
                  AND session_id IN \(list: slice.map(\.session))
                """
            ) { row in
                known[SessionName(unchecked: try row[0], try row[1])] = BackedUpKey(
                    firstMessageIndex: try row[2], forwardedCount: try row[3],
                    isVerified: try row[4], data: [])
            }
        }
        return known
    }

    /// Keeps a key, in the place of the one of the same name.
    func set(_ key: BackedUpKey, _ name: SessionName, in version: Int64, of user: UserID) throws {
        try db.post(
            """
            INSERT INTO key_backup_sessions
                (user_id, version, room_id, session_id, first_message_index, forwarded_count,
                 is_verified, session_data)
            VALUES (\(user), \(version), \(name.room), \(name.session),
                    \(key.firstMessageIndex), \(key.forwardedCount), \(key.isVerified),
                    \(key.data))
            ON CONFLICT (user_id, version, room_id, session_id) DO UPDATE SET
                first_message_index = excluded.first_message_index,
                forwarded_count = excluded.forwarded_count,
                is_verified = excluded.is_verified, session_data = excluded.session_data
            """)
    }

    /// - Returns: How many there were.
    func delete(_ selection: SessionSelection, in version: Int64, of user: UserID) throws -> Int {
        try db.run(
            """
            DELETE FROM key_backup_sessions
            WHERE user_id = \(user) AND version = \(version)\(condition(selection))
            """)
    }
}

extension MatrixError {
    static let noBackup = MatrixError.notFound("You have no such backup.")
}
