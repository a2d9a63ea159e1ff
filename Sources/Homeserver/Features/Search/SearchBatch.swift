import Database
import MatrixTypes

/// What one step takes into the index, and out of it.
struct SearchBatch: Sendable {
    private struct Text: Sendable {
        let position: StreamPosition
        let room: RoomNumber
        let sender: UserID
        let key: SearchKey
        let content: [UInt8]
    }

    let start: Int64
    /// All events after `start` up to there are in the batch.
    let end: Int64
    /// There is more behind it.
    let isCut: Bool
    /// A room that is encrypted may have something left in the index.
    private let clears: Bool
    private var texts: [Text] = []
    /// Events that were redacted.
    private var redacted: [StreamPosition] = []
    /// Rooms that were encrypted.
    private var encrypted: [RoomNumber] = []

    var hasContent: Bool { clears || !texts.isEmpty || !redacted.isEmpty || !encrypted.isEmpty }
    /// Whether another step will find something to do.
    var isFollowed: Bool { isCut || clears || !encrypted.isEmpty }

    private static let types: [EventType] =
        SearchKey.allCases.map(\.type) + [.redaction, .encryption]

    /// Reads what comes after the place of the index.
    init(in timeline: Timeline) throws {
        let store = SearchStore(db: timeline.db)
        start = try store.progress()
        clears = try store.roomToClear() != nil
        let seen = try timeline.db.seenPosition()
        let last = min(seen, start + SearchIndexing.mostPositions)
        let events = try timeline.events.history(
            after: start, upTo: last, of: Self.types, limit: SearchIndexing.mostEvents)
        let taken = Self.prefix(of: events)
        let isFull = taken.count == SearchIndexing.mostEvents || taken.count < events.count
        end = isFull ? taken.last?.position.rawValue ?? last : max(last, start)
        isCut = end < seen
        var targets: [EventID] = []
        for event in taken {
            if event.type == .redaction {
                targets += event.redacts.flatMap { EventID($0) }.map { [$0] } ?? []
            } else if event.type == .encryption {
                if event.stateKey == "" { encrypted.append(event.room) }
            } else if let key = SearchKey(type: event.type),
                (event.stateKey == nil) == (key == .body)
            {
                texts.append(
                    Text(
                        position: event.position, room: event.room, sender: event.sender, key: key,
                        content: Array(event.contentBytes)))
            }
        }
        redacted = try timeline.events.redacted(of: targets)
    }

    /// As many of the events as their contents allow; one at least.
    private static func prefix(of events: [StoredEvent]) -> ArraySlice<StoredEvent> {
        var bytes = 0
        let end = events.firstIndex { event in
            bytes += event.contentRange.count
            return bytes > SearchIndexing.mostBytes
        }
        return events.prefix(max(end ?? events.count, 1))
    }

    /// Cuts the texts into words; the slow part, for which nobody waits.
    func documents() -> [SearchDocument] {
        texts.compactMap { text in
            guard let content = try? JSONObject(parsing: text.content),
                let words = content[text.key.member]?.string
            else { return nil }
            return SearchDocument(
                position: text.position, room: text.room, sender: text.sender, key: text.key,
                text: words)
        }
    }

    /// Keeps the batch.
    ///
    /// - Returns: False where another node was quicker, and nothing is kept.
    func keep(_ documents: [SearchDocument], in timeline: Timeline) throws -> Bool {
        let store = SearchStore(db: timeline.db)
        guard try end == start || store.moveProgress(from: start, to: end) else { return false }
        for room in encrypted { try store.insertEncrypted(room) }
        let closed = try store.encrypted(of: Set(documents.map(\.room)))
        // What was redacted or purged since it was read does not come into the index any more.
        let there = try timeline.events.present(of: documents.map(\.position))
        let kept = documents.filter { !closed.contains($0.room) && there.contains($0.position) }
        for document in kept { try store.insert(document) }
        for cell in Set(kept.map(\.cell)) { try store.insert(cell) }
        try store.delete(try store.documents(at: redacted))
        try clear(in: store)
        return true
    }

    /// Takes a bounded part of an encrypted room out of the index.
    private func clear(in store: SearchStore) throws {
        guard let room = try store.roomToClear() else { return }
        let documents = try store.documents(
            of: room, before: Int64.max, limit: SearchIndexing.mostEvents)
        try store.delete(documents)
        if documents.count < SearchIndexing.mostEvents { try store.setCleared(room) }
    }
}

extension EventStore {
    /// Events of some types that are in some room's history, in the order in which they came.
    fileprivate func history(
        after start: Int64, upTo end: Int64, of types: [EventType], limit: Int
    ) throws -> [StoredEvent] {
        try db.all(
            """
            SELECT \(Self.columns) FROM events e
            WHERE e.position > \(start) AND e.position <= \(end) AND e.type IN \(list: types)
              AND e.history IS NOT NULL
            ORDER BY e.position LIMIT \(limit)
            """, Self.event)
    }

    /// Those of some events that are in a room's history with all they say.
    fileprivate func present(of positions: [StreamPosition]) throws -> Set<StreamPosition> {
        // SQLite goes through the whole table to find that nothing is in an empty list.
        guard !positions.isEmpty else { return [] }
        return Set(
            try db.all(
                """
                SELECT position FROM events
                WHERE position IN \(list: positions) AND redacted_by IS NULL
                  AND history IS NOT NULL
                """))
    }

    /// Those of some events that are redacted.
    fileprivate func redacted(of events: [EventID]) throws -> [StreamPosition] {
        guard !events.isEmpty else { return [] }
        return try db.all(
            """
            SELECT position FROM events
            WHERE event_id IN \(list: events) AND redacted_by IS NOT NULL
            """)
    }
}
