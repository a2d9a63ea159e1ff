import Database
import MatrixTypes

/// One event as the index has it.
struct SearchDocument: Sendable, Equatable {
    /// More words of one text are not looked at.
    static let mostWords = 2_000

    /// Of the event.
    let position: StreamPosition
    let room: RoomNumber
    let sender: UserID
    let key: SearchKey
    /// What it is found by, each once.
    let words: [String]

    init(
        position: StreamPosition, room: RoomNumber, sender: UserID, key: SearchKey, words: [String]
    ) {
        self.position = position
        self.room = room
        self.sender = sender
        self.key = key
        self.words = words
    }

    /// Nil for a text without words.
    init?(
        position: StreamPosition, room: RoomNumber, sender: UserID, key: SearchKey, text: String
    ) {
        var seen: Set<String> = []
        let words = FoldedWord.words(of: text, most: Self.mostWords).flatMap(\.forms)
            .filter { seen.insert($0).inserted }
        guard !words.isEmpty else { return nil }
        self.init(position: position, room: room, sender: sender, key: key, words: words)
    }

    var cell: SearchCell { SearchCell(room: room, era: SearchCell.era(of: position.rawValue)) }

    /// Under which words the index has it.
    var indexedWords: [String] { [cell.word(for: sender)] + words.map { cell.prefix + $0 } }
}

/// A part of an event that is searched.
///
/// - Spec: [Server Side Search](https://spec.matrix.org/v1.19/client-server-api/#server-side-search)
enum SearchKey: Int, CaseIterable, Sendable, SQLConvertible {
    case body = 0
    case name = 1
    case topic = 2

    var type: EventType {
        switch self {
        case .body: .message
        case .name: .roomName
        case .topic: .roomTopic
        }
    }

    /// The member of `content`.
    var member: String {
        switch self {
        case .body: "body"
        case .name: "name"
        case .topic: "topic"
        }
    }

    init?(type: EventType) {
        guard let key = Self.allCases.first(where: { $0.type == type }) else { return nil }
        self = key
    }

    /// As a request names it: `content.body`.
    init?(path: String) {
        guard let key = Self.allCases.first(where: { "content." + $0.member == path }) else {
            return nil
        }
        self = key
    }
}

/// The events of one room in one stretch of positions: what is searched at once.
///
/// Every word of the index belongs to one cell. A question therefore reads no list that is longer
/// than a cell, whatever is said in other rooms and however old this one is.
struct SearchCell: Hashable, Sendable {
    /// Positions in one era.
    static let eraSize: Int64 = 262_144

    let room: RoomNumber
    let era: Int64

    static func era(of position: Int64) -> Int64 { position / eraSize }
    static func positions(of era: Int64) -> Range<Int64> { era * eraSize..<(era + 1) * eraSize }

    /// Before each of its words. Words hold no `_`.
    var prefix: String {
        String(room.rawValue, radix: 36) + "_" + String(era, radix: 36) + "_"
    }

    /// By which what one user said is found. Two users may share it, so the sender is looked at
    /// again.
    func word(for sender: UserID) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in sender.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return prefix + "_" + String(hash, radix: 36)
    }
}
