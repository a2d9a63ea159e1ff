import Database
import MatrixTypes

/// Goes through the index, the newest events first, and keeps what the requester may see.
///
/// What it costs is bounded, and does not depend on how much was ever said: each cell is asked for
/// its newest matches with a limit, so many cells at most, and so many matches are looked at at most.
/// What is left then is for the next page.
struct SearchScan {
    /// Matches that are looked at for one page: the search ranks, and counts, no more than these.
    static let mostMatches = 500
    /// Cells that are asked for one page.
    static let mostCells = 2_000
    private static let cellsInQuestion = 64
    private static let matchesInAnswer = 100

    /// A match that the requester may see.
    struct Hit: Sendable {
        let event: StoredEvent
        let rank: Int
    }
    struct Found {
        /// Newest first.
        var hits: [Hit] = []
        /// Where to go on; nil: nothing is left.
        var next: Int64?
    }

    let timeline: Timeline
    let user: UserID
    let criteria: SearchCriteria
    let rooms: SearchRooms
    let sender: UserID?
    private let ignored: Set<UserID>
    private var readers: [RoomNumber: HistoryReader] = [:]

    init(
        _ criteria: SearchCriteria, for user: UserID, in rooms: SearchRooms, sender: UserID?,
        _ timeline: Timeline
    ) throws {
        self.criteria = criteria
        self.user = user
        self.rooms = rooms
        self.sender = sender
        self.timeline = timeline
        let seen = StreamPosition(rawValue: try timeline.db.seenPosition())
        ignored = try timeline.engine.ignored.list(of: user, in: timeline.db, upTo: seen)
    }

    /// - Parameter enough: How many hits are wanted. Nil: all that the limits allow.
    mutating func find(below start: Int64, enough: Int?) throws -> Found {
        var found = Found()
        guard !criteria.term.words.isEmpty, !criteria.filter.admitsNothing, start > 0 else {
            return found
        }
        let cells = try SearchStore(db: timeline.db).cells(
            of: Array(rooms.rooms.keys), upTo: SearchCell.era(of: start - 1),
            limit: Self.mostCells)
        var eras = Dictionary(grouping: cells, by: \.era)
        if cells.count == Self.mostCells, eras.count > 1, let last = cells.last?.era {
            // Perhaps not all of its cells: the next page begins with it.
            eras[last] = nil
            found.next = SearchCell.positions(of: last).upperBound
        }
        var matches = 0
        for era in eras.keys.sorted(by: >) {
            var end = min(start, SearchCell.positions(of: era).upperBound)
            while true {
                let newest = try self.matches(in: eras[era] ?? [], below: end)
                for (position, hit) in try hits(among: newest) {
                    matches += 1
                    end = position.rawValue
                    if let hit { found.hits.append(hit) }
                    guard matches < Self.mostMatches, found.hits.count < enough ?? .max else {
                        found.next = end
                        return found
                    }
                }
                guard newest.count == Self.matchesInAnswer else { break }
            }
        }
        return found
    }

    /// The newest matches in some cells of one era, the newest first.
    private func matches(in cells: [SearchCell], below end: Int64) throws -> [StreamPosition] {
        let store = SearchStore(db: timeline.db)
        var questions: [(cells: [SearchCell], end: Int64)] = []
        var current: [SearchCell] = []
        for cell in cells {
            if let left = rooms.rooms[cell.room]?.end {
                questions.append(([cell], min(end, left)))
            } else {
                current.append(cell)
            }
        }
        questions += current.chunks(of: Self.cellsInQuestion).map { ($0, end) }
        var positions: [StreamPosition] = []
        for question in questions {
            positions += try store.matches(
                in: question.cells, below: question.end, limit: Self.matchesInAnswer
            ) { criteria.query($0, sender: sender) }
        }
        return Array(positions.sorted(by: >).prefix(Self.matchesInAnswer))
    }

    /// What of some matches the requester may see and asks for, beside each.
    private mutating func hits(among positions: [StreamPosition]) throws
        -> [(StreamPosition, Hit?)]
    {
        let store = SearchStore(db: timeline.db)
        var documents: [StreamPosition: SearchDocument] = [:]
        for document in try store.documents(at: positions) {
            documents[document.position] = document
        }
        var events: [StreamPosition: StoredEvent] = [:]
        for event in try timeline.events.events(at: positions) { events[event.position] = event }
        var hits: [(StreamPosition, Hit?)] = []
        for position in positions {
            guard let document = documents[position], let event = events[position],
                try isWanted(event, document)
            else {
                hits.append((position, nil))
                continue
            }
            hits.append((position, Hit(event: event, rank: criteria.term.rank(of: document))))
        }
        return hits
    }

    private mutating func isWanted(_ event: StoredEvent, _ document: SearchDocument) throws -> Bool
    {
        guard !event.isRedacted, criteria.keys.contains(document.key),
            sender == nil || event.sender == sender, try criteria.filter.admits(event),
            event.stateKey != nil || !ignored.contains(event.sender)
        else { return false }
        guard let room = rooms.rooms[event.room] else { return false }
        if readers[event.room] == nil {
            guard let head = try timeline.rooms.head(of: room.roomID) else { return false }
            readers[event.room] = HistoryReader(timeline: timeline, user: user, room: head)
        }
        return try readers[event.room]?.maySee(event) ?? false
    }
}
