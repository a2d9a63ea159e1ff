import MatrixTypes

/// Where a search goes on: `next_batch`.
///
/// Holds a place in an order that does not change: positions of events, and their rank, which
/// depends on nothing but the event and the question. What is said or redacted meanwhile moves no
/// other result from one page to another.
struct SearchToken: Equatable, Sendable, CustomStringConvertible {
    /// One group of the results, on which the search goes on alone.
    enum Group: Equatable, Sendable {
        case room(RoomNumber)
        case sender(UserID)
    }
    /// A result, in the order by rank.
    struct Place: Equatable, Sendable {
        let rank: Int
        let position: Int64
    }

    /// Events from this position on are not in the results any more, or not yet.
    let below: Int64
    /// How many results the first page told of.
    let count: Int
    /// By rank: the last result on the page before. Nil: none of those below `below` was given yet.
    let last: Place?
    var group: Group?

    init(below: Int64, count: Int, last: Place? = nil, group: Group? = nil) {
        self.below = below
        self.count = count
        self.last = last
        self.group = group
    }

    init?(_ text: String) {
        guard text.utf8.count <= 400, text.hasPrefix("f") else { return nil }
        // A user ID holds dots too, and comes last.
        let parts = text.dropFirst().split(
            separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 || parts.count == 5, let below = Int64(parts[0]), below >= 0,
            let count = Int(parts[1]), count >= 0
        else { return nil }
        var last: Place?
        if !parts[2].isEmpty || !parts[3].isEmpty {
            guard let rank = Int(parts[2]), let position = Int64(parts[3]) else { return nil }
            last = Place(rank: rank, position: position)
        }
        var group: Group?
        if parts.count == 5 {
            if let room = Int64(parts[4]) {
                group = .room(RoomNumber(rawValue: room))
            } else if let user = UserID(String(parts[4])) {
                group = .sender(user)
            } else {
                return nil
            }
        }
        self.init(below: below, count: count, last: last, group: group)
    }

    var description: String {
        var text = "f\(below).\(count)."
        text += last.map { "\($0.rank).\($0.position)" } ?? "."
        switch group {
        case .room(let room): text += ".\(room.rawValue)"
        case .sender(let user): text += ".\(user.rawValue)"
        case nil: break
        }
        return text
    }
}
