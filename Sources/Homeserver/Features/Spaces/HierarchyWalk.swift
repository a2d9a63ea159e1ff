import MatrixTypes

/// A walk through the tree of a space, depth first, each room once: so loops end where they close.
///
/// Each page walks the tree anew and passes over what earlier pages had. Nothing is kept between
/// them, and what it costs is bounded by the limits below.
struct HierarchyWalk {
    /// The walk ends after so many rooms.
    static let mostRooms = 5_000
    /// What a space has beyond this is passed over.
    static let mostChildren = 1_000

    let timeline: Timeline
    let suggestedOnly: Bool
    let maxDepth: Int
    private var access: RoomAccess

    init(timeline: Timeline, user: UserID, suggestedOnly: Bool, maxDepth: Int) {
        self.timeline = timeline
        self.suggestedOnly = suggestedOnly
        self.maxDepth = maxDepth
        access = RoomAccess(timeline: timeline, user: user)
    }

    struct Page: Sendable {
        var entries: [Entry] = []
        var goesOn = false
    }

    /// One room of the tree.
    struct Entry: Sendable {
        let room: RoomHead
        let summary: RoomSummary
        let children: [Child]
    }

    /// One `m.space.child` event.
    struct Child: Sendable {
        let roomID: RoomID
        let order: String?
        let event: StoredEvent
    }

    /// - Parameter seen: How many rooms of the tree to pass over.
    /// - Throws: `M_FORBIDDEN` where the user may not know of the space.
    mutating func page(of root: RoomID, after seen: Int, limit: Int) throws -> Page {
        var page = Page()
        var visited: Set<RoomID> = []
        var admitted = 0
        var waiting = [(roomID: root, depth: 0)]
        while let (roomID, depth) = waiting.popLast(), visited.count < Self.mostRooms {
            guard visited.insert(roomID).inserted else { continue }
            guard let entry = try entry(of: roomID) else {
                guard depth > 0 else {
                    throw MatrixError.forbidden("You may not look into this space.")
                }
                continue
            }
            admitted += 1
            if admitted > seen {
                guard page.entries.count < limit else {
                    page.goesOn = true
                    return page
                }
                page.entries.append(entry)
            }
            guard depth < maxDepth else { continue }
            try prepare(for: entry.children.map(\.roomID))
            waiting += entry.children.reversed().map { ($0.roomID, depth + 1) }
        }
        return page
    }

    /// Looks up at once what the rooms of a space will be asked for one by one.
    private mutating func prepare(for children: [RoomID]) throws {
        let numbers = try timeline.rooms.heads(of: children).values.map(\.number)
        _ = try timeline.summaries.summaries(of: numbers)
        try access.prepare(for: numbers)
    }

    /// Nil where this server does not know the room, or the user may not know of it.
    private mutating func entry(of roomID: RoomID) throws -> Entry? {
        guard let room = try timeline.rooms.head(of: roomID) else { return nil }
        let summary = try timeline.summaries.summary(of: room.number)
        guard try access.maySee(room, summary) else { return nil }
        let children = summary.roomType == "m.space" ? try children(of: room) : []
        return Entry(room: room, summary: summary, children: children)
    }

    /// The rooms in a space, in the order in which they are shown.
    ///
    /// - Spec: [Ordering of children within a space](https://spec.matrix.org/v1.19/client-server-api/#ordering-of-children-within-a-space)
    private func children(of space: RoomHead) throws -> [Child] {
        var positions: [StreamPosition] = []
        try timeline.state.forEach(in: space.state, .others) { entry in
            if entry.key.type == .spaceChild { positions.append(entry.position) }
        }
        let children = try timeline.events.events(at: positions.sorted()).compactMap { event in
            try child(event)
        }
        return Array(children.sorted(by: Self.isBefore).prefix(Self.mostChildren))
    }

    private func child(_ event: StoredEvent) throws -> Child? {
        guard let roomID = event.stateKey.flatMap({ RoomID($0) }),
            let content = try? SpaceChild(from: try event.content()),
            content.via?.isEmpty == false, content.isSuggested || !suggestedOnly
        else { return nil }
        return Child(roomID: roomID, order: content.order, event: event)
    }

    private static func isBefore(_ a: Child, _ b: Child) -> Bool {
        switch (a.order, b.order) {
        case (let x?, let y?) where x != y: return x.utf8.lexicographicallyPrecedes(y.utf8)
        case (_?, nil): return true
        case (nil, _?): return false
        default:
            return (a.event.originServerTS, a.roomID) < (b.event.originServerTS, b.roomID)
        }
    }
}

extension HierarchyWalk.Entry {
    func write(to object: inout JSONObjectWriter) {
        summary.write(room.roomID, to: &object)
        summary.writeDetails(of: room, to: &object)
        object.array("children_state") { state in
            for child in children {
                state.object { object in
                    object.raw("content", child.event.contentBytes)
                    object["origin_server_ts"] = child.event.originServerTS
                    object["sender"] = child.event.sender
                    object["state_key"] = child.roomID
                    object["type"] = EventType.spaceChild
                }
            }
        }
    }
}
