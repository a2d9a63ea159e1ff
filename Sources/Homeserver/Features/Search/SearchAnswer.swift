import Database
import MatrixTypes

/// Writes a page of results as a client has it.
struct SearchAnswer {
    /// Rooms with more members than this bring, with `include_state`, those members alone who speak
    /// in the results: as many as the results can name, rather than a megabyte for each room.
    static let mostMembersInState = 1_000
    static let mostHighlights = 50

    let criteria: SearchCriteria
    let page: SearchPage
    let requester: Requester
    let now: Timestamp
    let timeline: Timeline
    private let rooms: [RoomNumber: RoomHead]

    /// A result with what was said around it.
    private struct Result {
        let hit: SearchScan.Hit
        let room: RoomHead
        var before: HistoryPager.Page?
        var after: HistoryPager.Page?

        var events: [StoredEvent] { (before?.events ?? []) + [hit.event] + (after?.events ?? []) }
    }

    init(
        _ page: SearchPage, to criteria: SearchCriteria, for requester: Requester, now: Timestamp,
        in timeline: Timeline
    ) throws {
        self.page = page
        self.criteria = criteria
        self.requester = requester
        self.now = now
        self.timeline = timeline
        var rooms: [RoomNumber: RoomHead] = [:]
        for number in Set(page.hits.map(\.event.room)) {
            rooms[number] = try timeline.rooms.roomID(of: number)
                .flatMap { try timeline.rooms.head(of: $0) }
        }
        self.rooms = rooms
    }

    func write(to answer: inout JSONObjectWriter) throws {
        let results = try self.results()
        answer["count"] = page.count
        try writeGroups(to: &answer)
        answer["highlights"] = try highlights()
        answer["next_batch"] = page.next?.description
        try answer.array("results") { array in
            for (room, results) in results {
                let bundled = try BundledRelations(timeline: timeline, requester: requester)
                    .bytes(for: results.flatMap(\.events), in: room, now: now)
                var writer = ClientEvents(
                    timeline, for: requester, in: room, now: now, withRoomID: true)
                for result in results {
                    try array.object { try write(result, &writer, bundled, to: &$0) }
                }
            }
        }
        if criteria.includesState { try writeState(to: &answer) }
    }

    /// The results in their order, neighbors of one room together.
    private func results() throws -> [(RoomHead, [Result])] {
        var runs: [(RoomHead, [Result])] = []
        for hit in page.hits {
            guard let room = rooms[hit.event.room] else { continue }
            var result = Result(hit: hit, room: room)
            if let context = criteria.context {
                var pager = HistoryPager(
                    timeline: timeline, room: room, user: requester.userID, filter: EventFilter())
                let place = hit.event.history ?? 0
                result.before = try pager.page(
                    from: place - 1, backwards: true, limit: context.before)
                result.after = try pager.page(from: place, backwards: false, limit: context.after)
            }
            if runs.last?.0.number == room.number {
                runs[runs.count - 1].1.append(result)
            } else {
                runs.append((room, [result]))
            }
        }
        return runs
    }

    private func write(
        _ result: Result, _ writer: inout ClientEvents, _ bundled: [EventID: [UInt8]],
        to object: inout JSONObjectWriter
    ) throws {
        if let before = result.before, let after = result.after {
            try object.object("context") { context in
                context["end"] = HistoryToken(order: after.place).description
                for (name, page) in [("events_after", after), ("events_before", before)] {
                    try context.array(name) { array in
                        for event in page.events {
                            try writer.write(event, bundled: bundled[event.eventID], to: &array)
                        }
                    }
                }
                if criteria.context?.includesProfiles == true {
                    try writeProfiles(of: result, to: &context)
                }
                context["start"] = HistoryToken(order: before.place).description
            }
        }
        object["rank"] = Double(result.hit.rank) / 1000
        let event = result.hit.event
        object.raw("result", try writer.bytes(of: event, bundled: bundled[event.eventID]))
    }

    /// What those who speak were called then.
    private func writeProfiles(of result: Result, to context: inout JSONObjectWriter) throws {
        var profiles: [UserID: PDU] = [:]
        for event in result.events where profiles[event.sender] == nil {
            profiles[event.sender] = try timeline.state
                .position(of: .member(event.sender), in: event.stateAfter)
                .map { try timeline.events.pdu(at: $0, under: result.room.rules) }
        }
        context.object("profile_info") { info in
            for (user, member) in profiles.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                info.object(user.rawValue) { profile in
                    profile["avatar_url"] = member.content["avatar_url"]?.string
                    profile["displayname"] = member.content["displayname"]?.string
                }
            }
        }
    }

    private func writeGroups(to answer: inout JSONObjectWriter) throws {
        guard !criteria.groupings.isEmpty else { return }
        try answer.object("groups") { groups in
            for grouping in criteria.groupings {
                try groups.object(grouping.rawValue) { try write(grouping, to: &$0) }
            }
        }
    }

    /// The groups in the order of their first result.
    private func write(
        _ grouping: SearchCriteria.Grouping, to object: inout JSONObjectWriter
    ) throws {
        var order: [String] = []
        var members: [String: [StoredEvent]] = [:]
        for event in page.hits.map(\.event) {
            guard let room = rooms[event.room] else { continue }
            let name = grouping == .room ? room.roomID.rawValue : event.sender.rawValue
            if members[name] == nil { order.append(name) }
            members[name, default: []].append(event)
        }
        for (place, name) in order.enumerated() {
            let events = members[name] ?? []
            object.object(name) { group in
                if page.hasGroupTokens, let first = events.first, var token = page.next {
                    token.group = grouping == .room ? .room(first.room) : .sender(first.sender)
                    group["next_batch"] = token.description
                }
                group["order"] = place + 1
                group["results"] = events.map(\.eventID)
            }
        }
    }

    /// The words of the results that were meant, as they stand there.
    private func highlights() throws -> [String] {
        var seen: Set<String> = []
        for event in page.hits.map(\.event) {
            guard let key = SearchKey(type: event.type),
                let text = try event.content()[key.member]?.string
            else { continue }
            for word in FoldedWord.words(of: text, most: SearchDocument.mostWords)
            where criteria.term.finds(word) {
                seen.insert(word.source.lowercased())
                if seen.count == Self.mostHighlights { return seen.sorted() }
            }
        }
        return seen.sorted()
    }

    /// The state of each room in the results, as far as the requester may read it.
    private func writeState(to answer: inout JSONObjectWriter) throws {
        try answer.object("state") { state in
            for room in rooms.values.sorted(by: { $0.number.rawValue < $1.number.rawValue }) {
                let readable = try timeline.readableState(of: room.roomID, for: requester.userID)
                let members = try timeline.summaries.summary(of: room.number).joinedMembers
                let isPartial =
                    criteria.filter.loadsMembersLazily || members > Self.mostMembersInState
                var positions: Set<StreamPosition> = []
                try timeline.state.forEach(in: readable.group, isPartial ? .others : .all) {
                    positions.insert($0.position)
                }
                if isPartial {
                    for event in page.hits.map(\.event) where event.room == room.number {
                        let member = StateKey.member(event.sender)
                        if let position = try timeline.state.position(
                            of: member, in: readable.group)
                        {
                            positions.insert(position)
                        }
                    }
                }
                let writer = StateEventWriter(timeline: timeline, room: room, now: now)
                try state.array(room.roomID.rawValue) {
                    try writer.write(positions.sorted(), to: &$0)
                }
            }
        }
    }
}
