import MatrixTypes

/// Keeps each room's summary in step with its state. What an ordinary message costs is one look at
/// its type.
struct SummaryKeeping: TimelineObserver {
    func appended(_ event: AppendedEvent, to timeline: Timeline) throws {
        if let change = event.membership {
            try count(change, in: event.room, timeline)
        } else if event.pdu.type == .redaction {
            try applyRedaction(event, timeline)
        } else if event.pdu.type == .roomCreate, event.pdu.stateKey == "" {
            var summary = RoomSummary(room: event.room.number)
            summary.set(.roomCreate, to: event.pdu.content)
            try timeline.summaries.save(summary)
        } else if let key = event.pdu.key, isRepeated(key) {
            try refresh(key.type, of: event.room, timeline)
        }
    }

    private func isRepeated(_ key: StateKey) -> Bool {
        key.key.isEmpty && RoomSummary.types.contains(key.type)
    }

    private func count(
        _ change: MembershipChange, in room: RoomHead, _ timeline: Timeline
    ) throws {
        guard change.old != change.new else { return }
        var summary = try timeline.summaries.summary(of: room.number)
        for (membership, difference) in [(change.old, -1), (change.new, 1)] {
            switch membership {
            case .join: summary.joinedMembers += difference
            case .invite: summary.invitedMembers += difference
            case .knock, .leave, .ban, nil: break
            }
        }
        try timeline.summaries.saveCounts(summary)
    }

    /// A redacted name is no name any more.
    private func applyRedaction(_ redaction: AppendedEvent, _ timeline: Timeline) throws {
        guard let target = try redaction.pdu.redacts.flatMap({ try timeline.events.event($0) }),
            target.room == redaction.room.number, target.isRedacted,
            let key = target.key, isRepeated(key)
        else { return }
        try refresh(key.type, of: redaction.room, timeline)
    }

    /// Reads again what the state has under a type.
    private func refresh(_ type: EventType, of room: RoomHead, _ timeline: Timeline) throws {
        var summary = try timeline.summaries.summary(of: room.number)
        summary.set(type, to: try timeline.pdu(StateKey(type), in: room)?.content)
        try timeline.summaries.save(summary)
    }
}

extension Timeline {
    var summaries: SummaryStore { SummaryStore(db: db, cache: engine.summaries) }
}
