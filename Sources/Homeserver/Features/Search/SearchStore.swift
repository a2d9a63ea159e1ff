import Database
import MatrixTypes

/// The tables `search_documents`, `search_cells`, `search_encrypted_rooms` and `search_progress`, and
/// the index of words over the documents.
struct SearchStore {
    static let index = TextIndex("search_index")

    let db: Connection

    /// Up to where all events are in the index.
    func progress() throws -> Int64 {
        try db.one("SELECT position FROM search_progress") ?? 0
    }

    /// - Returns: False where somebody else has moved it meanwhile.
    func moveProgress(from old: Int64, to new: Int64) throws -> Bool {
        try db.run(
            "UPDATE search_progress SET position = \(new) WHERE position = \(old)") == 1
    }

    func insert(_ document: SearchDocument) throws {
        try db.post(
            """
            INSERT INTO search_documents (position, room_number, sender, search_key, words)
            VALUES (\(document.position), \(document.room), \(document.sender), \(document.key),
                    \(document.words.joined(separator: " ")))
            """)
        try db.insert(document.position.rawValue, document.indexedWords, into: Self.index)
    }

    func insert(_ cell: SearchCell) throws {
        try db.post(
            """
            INSERT INTO search_cells (room_number, era) VALUES (\(cell.room), \(cell.era))
            ON CONFLICT DO NOTHING
            """)
    }

    func deleteCells(of room: RoomNumber, before era: Int64) throws {
        try db.run("DELETE FROM search_cells WHERE room_number = \(room) AND era < \(era)")
    }

    func delete(_ documents: [SearchDocument]) throws {
        guard !documents.isEmpty else { return }
        for document in documents {
            try db.delete(document.position.rawValue, document.indexedWords, from: Self.index)
        }
        try db.run(
            "DELETE FROM search_documents WHERE position IN \(list: documents.map(\.position))")
        try db.run("UPDATE search_progress SET erased = erased + \(documents.count)")
    }

    /// Documents that were taken out, and whose words may still be on the disk.
    func erased() throws -> Int {
        try db.one("SELECT erased FROM search_progress") ?? 0
    }

    /// The words of so many are not there any more.
    func forgetErased(_ count: Int) throws {
        try db.run("UPDATE search_progress SET erased = erased - \(count)")
    }

    /// In no order; those that are not there are left out.
    func documents(at positions: [StreamPosition]) throws -> [SearchDocument] {
        guard !positions.isEmpty else { return [] }
        return try documents("position IN \(list: positions)")
    }

    /// The oldest documents of a room.
    func documents(of room: RoomNumber, before end: Int64, limit: Int) throws -> [SearchDocument] {
        try documents(
            "room_number = \(room) AND position < \(end) ORDER BY position LIMIT \(limit)")
    }

    private func documents(_ condition: SQL) throws -> [SearchDocument] {
        try db.all(
            """
            SELECT position, room_number, sender, search_key, words FROM search_documents
            WHERE \(condition)
            """
        ) { row in
            SearchDocument(
                position: try row[0], room: try row[1], sender: try row[2], key: try row[3],
                words: try row.text(4).split(separator: " ").map(String.init))
        }
    }

    /// The cells of some rooms up to an era, the newest era first.
    func cells(of rooms: [RoomNumber], upTo era: Int64, limit: Int) throws -> [SearchCell] {
        var cells: [SearchCell] = []
        for slice in rooms.chunks(of: 500) {
            cells += try db.all(
                """
                SELECT room_number, era FROM search_cells
                WHERE room_number IN \(list: slice) AND era <= \(era)
                ORDER BY era DESC, room_number LIMIT \(limit)
                """
            ) { SearchCell(room: try $0[0], era: try $0[1]) }
        }
        return Array(cells.sorted { $0.era > $1.era }.prefix(limit))
    }

    /// The newest documents in some cells of one era that match.
    ///
    /// - Parameter query: For each cell.
    func matches(
        in cells: [SearchCell], below end: Int64, limit: Int, _ query: (SearchCell) -> TextQuery
    ) throws -> [StreamPosition] {
        guard let era = cells.first?.era else { return [] }
        let range = SearchCell.positions(of: era).clamped(to: 0..<max(end, 0))
        guard !range.isEmpty else { return [] }
        return try db.documents(
            in: Self.index, range, matching: .any(cells.map(query)), limit: limit
        ).map { StreamPosition(rawValue: $0) }
    }
}

extension SearchStore {
    /// Which of some rooms are encrypted, as far as the index has come.
    func encrypted(of rooms: Set<RoomNumber>) throws -> Set<RoomNumber> {
        guard !rooms.isEmpty else { return [] }
        return Set(
            try db.all(
                """
                SELECT room_number FROM search_encrypted_rooms
                WHERE room_number IN \(list: Array(rooms))
                """))
    }

    /// Remembers that a room is encrypted: for good, whatever its state says later.
    func insertEncrypted(_ room: RoomNumber) throws {
        try db.run(
            """
            INSERT INTO search_encrypted_rooms (room_number, is_cleared) VALUES (\(room), 0)
            ON CONFLICT DO NOTHING
            """)
    }

    /// An encrypted room of which something may still be in the index.
    func roomToClear() throws -> RoomNumber? {
        try db.one("SELECT room_number FROM search_encrypted_rooms WHERE is_cleared = 0 LIMIT 1")
    }

    func setCleared(_ room: RoomNumber) throws {
        try db.run("DELETE FROM search_cells WHERE room_number = \(room)")
        try db.run("UPDATE search_encrypted_rooms SET is_cleared = 1 WHERE room_number = \(room)")
    }
}
