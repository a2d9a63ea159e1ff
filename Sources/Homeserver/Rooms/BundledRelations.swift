import MatrixTypes

/// What is told beside an event of those that relate to it: its newest edit, its thread, references.
///
/// One query finds what relates to a whole page; events to which nothing relates cost no more.
///
/// - Spec: [Aggregations of child events](https://spec.matrix.org/v1.19/client-server-api/#aggregations-of-child-events)
struct BundledRelations {
    /// Of the edits and references of one page, no more are looked at.
    static let mostChildren = 1000

    let timeline: Timeline
    let requester: Requester

    /// `m.relations` of each event that has any, as JSON objects.
    func bytes(
        for events: [StoredEvent], in room: RoomHead, now: Timestamp
    ) throws -> [EventID: [UInt8]] {
        let targets = events.filter { !$0.isRedacted && $0.stateKey == nil }
        guard !targets.isEmpty else { return [:] }
        // Whoever has left the room is told of nothing that came after.
        let end = try timeline.endOfReading(room, for: requester.userID)
        let ids = targets.map(\.eventID)
        // Reactions are not told of here, however many there are.
        let children = try timeline.events.relating(
            to: ids, by: ["m.replace", "m.reference"], in: room.number, from: end, backwards: true,
            limit: Self.mostChildren)
        let threads = try timeline.events.threadSummaries(
            ids, in: room.number, for: requester.userID, upTo: end)
        guard !children.isEmpty || !threads.isEmpty else { return [:] }
        var writer = ClientEvents(timeline, for: requester, in: room, now: now, withRoomID: true)
        let byTarget = Dictionary(grouping: children) { $0.relatesTo }
        let answers = try timeline.events.events(
            in: room.number, at: threads.values.map(\.latest))
        var result: [EventID: [UInt8]] = [:]
        for target in targets {
            let related = byTarget[target.eventID] ?? []
            let edit = try newestEdit(of: target, related)
            let references = related.filter { $0.relType == "m.reference" }.map(\.eventID)
            let latest = threads[target.eventID].flatMap { answers[$0.latest] }
            guard edit != nil || !references.isEmpty || latest != nil else { continue }
            result[target.eventID] = try jsonBytes { relations in
                if !references.isEmpty {
                    relations.object("m.reference") { reference in
                        reference.array("chunk") { chunk in
                            for id in references.reversed() { chunk.object { $0["event_id"] = id } }
                        }
                    }
                }
                if let edit { relations.raw("m.replace", try writer.bytes(of: edit)) }
                if let latest, let summary = threads[target.eventID] {
                    let newest = try writer.bytes(of: latest)
                    relations.object("m.thread") { thread in
                        thread["count"] = summary.count
                        thread["current_user_participated"] =
                            summary.isParticipant || target.sender == requester.userID
                        thread.raw("latest_event", newest)
                    }
                }
            }
        }
        return result
    }

    /// The newest event that may replace the target: by the same sender, of the same type, and no
    /// edit of an edit.
    ///
    /// - Spec: [Validity of replacement events](https://spec.matrix.org/v1.19/client-server-api/#validity-of-replacement-events)
    private func newestEdit(of target: StoredEvent, _ related: [StoredEvent]) throws -> StoredEvent?
    {
        guard target.relType != "m.replace" else { return nil }
        return
            try related
            .filter {
                $0.relType == "m.replace" && $0.sender == target.sender && $0.type == target.type
                    && $0.stateKey == nil && !$0.isRedacted
            }
            .filter {
                try $0.type == .encrypted || $0.content()["m.new_content"]?.object != nil
            }
            .max { a, b in
                (a.originServerTS, a.eventID) < (b.originServerTS, b.eventID)
            }
    }
}
