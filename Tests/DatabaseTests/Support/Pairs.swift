import Database

/// The table that most tests write: a key, a number, and the position of its last change.
struct Pairs {
    let db: Connection

    static let migration = Migration("0001 pairs") {
        """
        CREATE TABLE pairs (
            key      TEXT   NOT NULL PRIMARY KEY,
            number   BIGINT NOT NULL CHECK (number >= 0),
            position BIGINT NOT NULL UNIQUE
        )
        """
    }

    func insert(_ key: String, _ number: Int) throws {
        try db.run(
            """
            INSERT INTO pairs (key, number, position)
            VALUES (\(key), \(number), \(db.nextPosition()))
            """)
    }

    func set(_ key: String, _ number: Int) throws {
        try db.run(
            """
            INSERT INTO pairs (key, number, position)
            VALUES (\(key), \(number), \(db.nextPosition()))
            ON CONFLICT (key) DO UPDATE
            SET number = EXCLUDED.number, position = EXCLUDED.position
            """)
    }

    func number(_ key: String) throws -> Int? {
        try db.one("SELECT number FROM pairs WHERE key = \(key)")
    }

    func all() throws -> [String: Int] {
        let rows: [(String, Int)] = try db.all("SELECT key, number FROM pairs") {
            (try $0[0], try $0[1])
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }
}

/// What a block throws that changed its mind.
struct ChangedMind: Error, Equatable {}
