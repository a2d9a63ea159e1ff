/// The prepared statements of one connection, by their text. Bounded: the one used least lately is
/// given up for a new one.
struct StatementCache<Statement> {
    private struct Entry {
        let statement: Statement
        var lastUse: UInt64
    }

    /// A text, found by its length and its last bytes: hashing all of it for every statement that runs
    /// costs more than many of them do.
    private struct Text: Hashable {
        let text: String

        func hash(into hasher: inout Hasher) {
            hasher.combine(text.utf8.count)
            text.utf8.withContiguousStorageIfAvailable { utf8 in
                hasher.combine(
                    bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(utf8).suffix(16))
                )
            }
        }
    }

    private let capacity: Int
    private var entries: [Text: Entry] = [:]
    private var uses: UInt64 = 0

    init(capacity: Int) {
        precondition(capacity > 0, "A cache that holds nothing.")
        self.capacity = capacity
        entries.reserveCapacity(capacity)
    }

    var count: Int { entries.count }

    mutating func statement(for text: String) -> Statement? {
        uses += 1
        guard let index = entries.index(forKey: Text(text: text)) else { return nil }
        entries.values[index].lastUse = uses
        return entries.values[index].statement
    }

    /// - Returns: The statement given up for it, for the caller to release.
    mutating func insert(_ statement: Statement, for text: String) -> Statement? {
        uses += 1
        var evicted = entries.updateValue(
            Entry(statement: statement, lastUse: uses), forKey: Text(text: text))
        // A full search, but only when a statement is new to a full cache, and preparing it costs
        // far more.
        if entries.count > capacity,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        {
            evicted = entries.removeValue(forKey: oldest.key)
        }
        return evicted?.statement
    }

    func forEach(_ body: (Statement) -> Void) {
        for entry in entries.values { body(entry.statement) }
    }

    /// - Returns: All statements, for the caller to release.
    mutating func removeAll() -> [Statement] {
        defer { entries.removeAll() }
        return entries.values.map(\.statement)
    }
}
