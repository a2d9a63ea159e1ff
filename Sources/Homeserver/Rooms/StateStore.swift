import Database
import MatrixTypes

/// The table `state_nodes`: state maps as persistent tries.
///
/// Setting a key writes the nodes on the way from the root to its leaf and shares all others, so a
/// state event costs O(log n) rows at worst, as many in a room's ten-thousandth join as in any
/// other; two groups are compared in time that grows with what differs between them alone.
struct StateStore {
    let db: Connection
    let cache: SharedCache<Int64, StateNode>

    /// The event that holds `key`, or nil.
    func position(of key: StateKey, in group: StateGroup) throws -> StreamPosition? {
        try position(of: key, at: StatePath(key), in: group)
    }

    /// - Parameter path: The key's own, but in tests of what happens when keys collide.
    func position(of key: StateKey, at path: StatePath, in group: StateGroup) throws
        -> StreamPosition?
    {
        guard group != .empty else { return nil }
        var number = group.rawValue
        for level in 0...StateNode.deepestLevel {
            let node = try node(number)
            switch node.kind {
            case .leaf: return node.position(of: key, at: path)
            case .branch:
                guard let child = node.child(path.slot(at: level)) else { return nil }
                number = child
            }
        }
        return nil
    }

    /// The group in which `key` is held by the event at `position`, and the rest is as before.
    func group(
        _ group: StateGroup, setting key: StateKey, to position: StreamPosition, room: RoomNumber
    ) throws -> StateGroup {
        try self.group(group, setting: StateEntry(key: key, position: position), room: room)
    }

    func group(_ group: StateGroup, setting entry: StateEntry, room: RoomNumber) throws
        -> StateGroup
    {
        guard group != .empty else {
            return StateGroup(rawValue: try insert(StateNode(leaf: [entry]), room))
        }
        return StateGroup(rawValue: try setting(entry, under: group.rawValue, level: 0, room))
    }

    private func setting(
        _ entry: StateEntry, under number: Int64, level: Int, _ room: RoomNumber
    ) throws -> Int64 {
        let node = try node(number)
        switch node.kind {
        case .leaf:
            let entries = node.entries.filter { $0.key != entry.key } + [entry]
            return try insertSubtree(entries, level: level, room)
        case .branch:
            let slot = entry.path.slot(at: level)
            let child =
                if let old = node.child(slot) {
                    try setting(entry, under: old, level: level + 1, room)
                } else {
                    try insert(StateNode(leaf: [entry]), room)
                }
            return try insert(node.settingChild(slot, to: child), room)
        }
    }

    /// A whole map at once: what a resolved state, or a new room's first events, need.
    func group(of entries: [StateEntry], room: RoomNumber) throws -> StateGroup {
        guard !entries.isEmpty else { return .empty }
        return StateGroup(rawValue: try insertSubtree(entries, level: 0, room))
    }

    private func insertSubtree(
        _ entries: [StateEntry], level: Int, _ room: RoomNumber
    ) throws -> Int64 {
        if entries.count <= StateNode.mostEntries || level == StateNode.deepestLevel {
            return try insert(StateNode(leaf: entries), room)
        }
        let children = try Dictionary(grouping: entries) { $0.path.slot(at: level) }
            .sorted { $0.key < $1.key }
            .map { (slot: $0.key, node: try insertSubtree($0.value, level: level + 1, room)) }
        return try insert(StateNode(branch: children), room)
    }

    /// Which part of a map is asked for.
    enum Part {
        case all
        case members
        case others
    }

    /// Visits the entries of a map, in no order that means anything.
    func forEach(
        in group: StateGroup, _ part: Part = .all, _ body: (StateEntry) throws -> Void
    ) throws {
        guard group != .empty else { return }
        try visit(group.rawValue, level: 0, part, body)
    }

    private func visit(
        _ number: Int64, level: Int, _ part: Part, _ body: (StateEntry) throws -> Void
    ) throws {
        let node = try node(number)
        switch node.kind {
        case .leaf:
            for entry in node.entries where part.includes(entry) { try body(entry) }
        case .branch:
            for (slot, child) in node.children where level > 0 || part.includes(slot: slot) {
                try visit(child, level: level + 1, part, body)
            }
        }
    }

    /// What differs between two maps.
    struct Difference: Equatable {
        let key: StateKey
        let old: StreamPosition?
        let new: StreamPosition?
    }

    /// Visits only the nodes that the two do not share.
    func difference(from old: StateGroup, to new: StateGroup) throws -> [Difference] {
        var found: [Difference] = []
        try compare(
            old == .empty ? nil : old.rawValue, new == .empty ? nil : new.rawValue, level: 0,
            &found)
        return found
    }

    private func compare(
        _ old: Int64?, _ new: Int64?, level: Int, _ found: inout [Difference]
    ) throws {
        guard old != new else { return }
        let before = try old.map { try node($0) }
        let after = try new.map { try node($0) }
        if let before, let after, before.kind == .branch, after.kind == .branch {
            for slot in 0..<32 {
                try compare(before.child(slot), after.child(slot), level: level + 1, &found)
            }
            return
        }
        var entries: [StateKey: StreamPosition] = [:]
        if let old { try visit(old, level: max(level, 1), .all) { entries[$0.key] = $0.position } }
        if let new {
            try visit(new, level: max(level, 1), .all) { entry in
                let previous = entries.removeValue(forKey: entry.key)
                if previous != entry.position {
                    found.append(
                        Difference(key: entry.key, old: previous, new: entry.position))
                }
            }
        }
        for (key, position) in entries {
            found.append(Difference(key: key, old: position, new: nil))
        }
    }

    private func node(_ number: Int64) throws -> StateNode {
        if let node = db.cached(cache, number) { return node }
        guard
            let bytes: [UInt8] = try db.one("SELECT bytes FROM state_nodes WHERE node = \(number)")
        else { throw BrokenStorage("state node \(number) is not there") }
        let node = StateNode(bytes: bytes)
        db.cache(cache, number, node)
        return node
    }

    private func insert(_ node: StateNode, _ room: RoomNumber) throws -> Int64 {
        let number = db.nextPosition()
        try db.run(
            """
            INSERT INTO state_nodes (node, room_number, bytes)
            VALUES (\(number), \(room), \(node.bytes))
            """)
        db.cache(cache, number, node)
        return number
    }
}

extension StateStore.Part {
    func includes(_ entry: StateEntry) -> Bool {
        switch self {
        case .all: true
        case .members: entry.key.type == .roomMember
        case .others: entry.key.type != .roomMember
        }
    }

    /// At the root, the first of a path's bits is the first of the slot's five.
    func includes(slot: Int) -> Bool {
        switch self {
        case .all: true
        case .members: slot >= 16
        case .others: slot < 16
        }
    }
}

/// What the storage promised and does not hold. Always a fault: of ours, or of the disk.
struct BrokenStorage: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
