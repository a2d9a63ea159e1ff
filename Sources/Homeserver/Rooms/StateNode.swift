import MatrixTypes

/// The number of a state map as stored: the root of its trie. 0 is the empty map.
struct StateGroup: RawRepresentable, Hashable, Sendable {
    let rawValue: Int64
    init(rawValue: Int64) { self.rawValue = rawValue }
    static let empty = StateGroup(rawValue: 0)
}

/// Where a state key stands in the trie: 64 bits, five of them to a level, highest first.
///
/// Stored, so it may never change: FNV-1a over type, a zero byte and key, mixed once more. The first
/// bit tells membership from everything else, so that a room's few other events are read without
/// its thousands of members.
struct StatePath: Hashable, Comparable {
    let bits: UInt64

    init(_ key: StateKey) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        for byte in key.type.rawValue.utf8 { mix(byte) }
        mix(0)
        for byte in key.key.utf8 { mix(byte) }
        hash ^= hash >> 32
        hash = hash &* 0xd6e8_feb8_6659_fd93
        hash ^= hash >> 32
        let isMember = key.type == .roomMember
        bits = (hash >> 1) | (isMember ? 1 << 63 : 0)
    }

    init(bits: UInt64) { self.bits = bits }

    /// Which of 32 children, at a level counted from the root.
    func slot(at level: Int) -> Int { Int(bits >> UInt64(59 - 5 * level)) & 31 }

    static func < (a: StatePath, b: StatePath) -> Bool { a.bits < b.bits }
}

/// One entry of a state map: which event holds a key.
struct StateEntry: Equatable, Sendable {
    let key: StateKey
    let position: StreamPosition
    let path: StatePath

    init(key: StateKey, position: StreamPosition) {
        self.init(key: key, position: position, path: StatePath(key))
    }

    init(key: StateKey, position: StreamPosition, path: StatePath) {
        self.key = key
        self.position = position
        self.path = path
    }
}

/// A node of a state map's trie. Immutable, shared by all state groups that have it in common.
///
/// Kept as the bytes that are stored: looking a key up compares eight bytes for each entry and makes
/// a string of none, and a node in the cache costs what it costs on disk.
struct StateNode: Sendable {
    enum Kind: UInt8 {
        case leaf = 1
        case branch = 2
    }

    /// A leaf with more is split, but for the deepest ones.
    static let mostEntries = 16
    /// Levels of five bits in 60 bits of path; what still collides there shares a leaf.
    static let deepestLevel = 12

    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    var kind: Kind {
        guard let first = bytes.first, let kind = Kind(rawValue: first) else {
            preconditionFailure("a stored state node begins with its kind")
        }
        return kind
    }

    // A leaf: kind, then for each entry: path (8), position (8), length of type (1), length of
    // key (1), type, key. Ordered by path, so that equal maps have equal bytes.

    init(leaf entries: [StateEntry]) {
        var bytes: [UInt8] = [Kind.leaf.rawValue]
        for entry in entries.sorted(by: { ($0.path, $0.key) < ($1.path, $1.key) }) {
            bytes.append(contentsOf: bigEndian(entry.path.bits))
            bytes.append(contentsOf: bigEndian(UInt64(bitPattern: entry.position.rawValue)))
            bytes.append(UInt8(entry.key.type.rawValue.utf8.count))
            bytes.append(UInt8(entry.key.key.utf8.count))
            bytes.append(contentsOf: entry.key.type.rawValue.utf8)
            bytes.append(contentsOf: entry.key.key.utf8)
        }
        self.bytes = bytes
    }

    func position(of key: StateKey, at path: StatePath) -> StreamPosition? {
        var at = 1
        while at < bytes.count {
            let lengths = (Int(bytes[at + 16]), Int(bytes[at + 17]))
            let next = at + 18 + lengths.0 + lengths.1
            if word(at) == path.bits,
                bytes[(at + 18)..<(at + 18 + lengths.0)].elementsEqual(key.type.rawValue.utf8),
                bytes[(at + 18 + lengths.0)..<next].elementsEqual(key.key.utf8)
            {
                return StreamPosition(rawValue: Int64(bitPattern: word(at + 8)))
            }
            at = next
        }
        return nil
    }

    var entries: [StateEntry] {
        var entries: [StateEntry] = []
        var at = 1
        while at < bytes.count {
            let typeEnd = at + 18 + Int(bytes[at + 16])
            let keyEnd = typeEnd + Int(bytes[at + 17])
            let type = String(decoding: bytes[(at + 18)..<typeEnd], as: UTF8.self)
            let key = String(decoding: bytes[typeEnd..<keyEnd], as: UTF8.self)
            entries.append(
                StateEntry(
                    key: StateKey(EventType(rawValue: type), key),
                    position: StreamPosition(rawValue: Int64(bitPattern: word(at + 8))),
                    path: StatePath(bits: word(at))))
            at = keyEnd
        }
        return entries
    }

    // A branch: kind, a bit for each of 32 slots (4), then the node of each slot that is there (8).

    init(branch children: [(slot: Int, node: Int64)]) {
        var map: UInt32 = 0
        for child in children { map |= 1 << UInt32(child.slot) }
        var bytes: [UInt8] = [Kind.branch.rawValue]
        withUnsafeBytes(of: map.bigEndian) { bytes.append(contentsOf: $0) }
        for child in children.sorted(by: { $0.slot < $1.slot }) {
            bytes.append(contentsOf: bigEndian(UInt64(bitPattern: child.node)))
        }
        self.bytes = bytes
    }

    private var map: UInt32 {
        UInt32(bytes[1]) << 24 | UInt32(bytes[2]) << 16 | UInt32(bytes[3]) << 8 | UInt32(bytes[4])
    }

    func child(_ slot: Int) -> Int64? {
        let bit: UInt32 = 1 << UInt32(slot)
        guard map & bit != 0 else { return nil }
        let before = (map & (bit - 1)).nonzeroBitCount
        return Int64(bitPattern: word(5 + 8 * before))
    }

    var children: [(slot: Int, node: Int64)] {
        (0..<32).compactMap { slot in child(slot).map { (slot, $0) } }
    }

    func settingChild(_ slot: Int, to node: Int64) -> StateNode {
        StateNode(branch: children.filter { $0.slot != slot } + [(slot, node)])
    }

    private func word(_ at: Int) -> UInt64 {
        bytes.withUnsafeBytes {
            UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        }
    }
}

private func bigEndian(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
