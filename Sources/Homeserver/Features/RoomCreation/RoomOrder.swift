import HTTPTypes
import MatrixRules
import MatrixTypes

/// A room as it is ordered: the events that make it, in the specification's order.
///
/// - Spec: [POST /createRoom](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3createroom)
struct RoomOrder: Sendable {
    let creator: UserID
    let version: RoomVersion
    /// Named beforehand in versions whose ID is no hash.
    let roomID: RoomID?
    let create: EventDraft
    let powerLevels: EventDraft
    let kind: RoomKind
    var alias: RoomAlias?
    /// What the preset brings, then `initial_state`, then name and topic.
    var state: [EventDraft] = []
    var invitations: [MembershipRequest] = []
    var isListed = false
    let now: Timestamp

    /// Makes the room, without inviting anybody. To be called in a write block.
    ///
    /// - Throws: `M_INVALID_ROOM_STATE` where the rules of the room refuse one of the events.
    func begin(on timeline: Timeline) throws -> RoomID {
        try asInvalidState {
            // 1. The create event.
            let created = try timeline.begin(
                create, version: version, roomID: roomID, kind: kind
            ).room
            let room = created.roomID
            // 2. Its creator joins.
            try timeline.change(
                MembershipRequest(
                    sender: creator, target: creator, membership: .join, now: now),
                in: created)
            // 3. Who may do what.
            try timeline.append(powerLevels, to: room)
            // 4. The alias, and that it is the one to show.
            if let alias { try name(created, alias, timeline) }
            // 5 to 7.
            for draft in state { try timeline.append(draft, to: room) }
            return room
        }
    }

    /// Has policies complete the state that the room begins with.
    ///
    /// - Parameter asked: What of it the client named.
    mutating func complete(
        by policies: [any NewRoomPolicy], asked: Set<StateKey>, replacesEncrypted: Bool
    ) throws {
        let given = state.compactMap { draft in draft.key.map { ($0, draft.canonicalContent) } }
        let room = NewRoom(
            kind: kind, type: create.content["type"]?.string,
            replacesEncrypted: replacesEncrypted,
            state: Dictionary(given, uniquingKeysWith: { $1 }), asked: asked)
        for (key, content) in policies.flatMap({ $0.additions(to: room) }) {
            let draft = try EventDraft(
                sender: creator, type: key.type, stateKey: key.key, content: content, at: now)
            if let place = state.lastIndex(where: { $0.key == key }) {
                state[place] = draft
            } else {
                // Before all else that is said of the room.
                state.insert(draft, at: 0)
            }
        }
    }

    private func name(_ room: RoomHead, _ alias: RoomAlias, _ timeline: Timeline) throws {
        guard try timeline.aliases.insert(alias, for: room.number, by: creator, at: now) else {
            throw MatrixError(.badRequest, .roomInUse, "The alias \(alias) is taken.")
        }
        try timeline.append(
            EventDraft(
                sender: creator, type: .canonicalAlias, stateKey: "",
                content: jsonBytes { $0["alias"] = alias }, at: now),
            to: room.roomID)
    }

    /// 8. Invites those who were to be invited.
    func invite(to room: RoomID, on timeline: Timeline) throws {
        try asInvalidState {
            for invitation in invitations {
                try timeline.change(invitation, in: try timeline.head(of: room))
            }
        }
    }

    /// The rules refuse what was asked for from the start: then it is the request that is wrong.
    private func asInvalidState<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as MatrixError where error.code == .forbidden {
            throw MatrixError(
                .badRequest, .invalidRoomState,
                "The room would not hold together. \(error.message)")
        }
    }
}

extension Timeline {
    /// Where a room stands that was begun in this block.
    func head(of roomID: RoomID) throws -> RoomHead {
        guard let head = try rooms.head(of: roomID) else {
            throw BrokenStorage("the room just made is not there")
        }
        return head
    }
}
