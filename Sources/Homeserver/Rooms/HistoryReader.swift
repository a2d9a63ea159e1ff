import MatrixRules
import MatrixTypes

/// Which events of a room one user may see. Made for one answer: what events share is looked up once.
///
/// - Spec: [Room history visibility](https://spec.matrix.org/v1.19/client-server-api/#room-history-visibility)
struct HistoryReader {
    let timeline: Timeline
    let user: UserID
    let room: RoomHead
    private var known: [StateGroup: HistoryVisibilityRules.Moment] = [:]
    private var isJoined: Bool?
    private var lastJoin: StreamPosition??

    init(timeline: Timeline, user: UserID, room: RoomHead) {
        self.timeline = timeline
        self.user = user
        self.room = room
    }

    mutating func maySee(_ event: StoredEvent) throws -> Bool {
        let before = try moment(in: event.stateBefore)
        let after =
            event.stateAfter == event.stateBefore ? before : try moment(in: event.stateAfter)
        // One's own leave is seen whatever the visibility, or a client would never learn of it.
        if event.type == .roomMember, event.stateKey == user.rawValue { return true }
        return HistoryVisibilityRules.maySee(
            before: before, after: after, joinsLater: try joinsLater(than: event))
    }

    /// Whether the user was in the room at some time after the event.
    private mutating func joinsLater(than event: StoredEvent) throws -> Bool {
        if try isJoinedNow() { return true }
        guard let last = try lastTimeJoined() else { return false }
        return event.position < last
    }

    private mutating func isJoinedNow() throws -> Bool {
        if let isJoined { return isJoined }
        let joined = try timeline.membership(of: user, in: room) == .join
        isJoined = joined
        return joined
    }

    /// The event by which a user who is not in the room any more went out of it.
    private mutating func lastTimeJoined() throws -> StreamPosition? {
        if let lastJoin { return lastJoin }
        let position = try endOfLastJoin()
        lastJoin = .some(position)
        return position
    }

    private func endOfLastJoin() throws -> StreamPosition? {
        var position = try timeline.memberships.entry(of: user, in: room.number)?.position
        // From the newest member event back to the one that ended a join.
        while let at = position, let event = try timeline.events.event(at: at) {
            let previous = try timeline.state.position(of: .member(user), in: event.stateBefore)
            guard let previous else { return nil }
            let pdu = try timeline.events.pdu(at: previous, under: room.rules)
            if try RoomMember(from: pdu.content).membership == .join { return at }
            position = previous
        }
        return nil
    }

    private mutating func moment(in group: StateGroup) throws -> HistoryVisibilityRules.Moment {
        if let moment = known[group] { return moment }
        var moment = HistoryVisibilityRules.Moment()
        if let pdu = try pdu(StateKey(.historyVisibility), group) {
            moment.visibility =
                (try? RoomHistoryVisibility(from: pdu.content).visibility) ?? .shared
        }
        if let pdu = try pdu(.member(user), group) {
            moment.membership = try? RoomMember(from: pdu.content).membership
        }
        known[group] = moment
        return moment
    }

    private func pdu(_ key: StateKey, _ group: StateGroup) throws -> PDU? {
        try timeline.state.position(of: key, in: group)
            .map { try timeline.events.pdu(at: $0, under: room.rules) }
    }
}
