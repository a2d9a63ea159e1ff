import Database
import HTTPTypes
import MatrixRules
import MatrixSigning
import MatrixTypes

/// Rooms inside one block: their state, and the only way by which an event comes into them.
struct Timeline {
    let db: Connection
    let engine: RoomEngine

    var rooms: RoomStore { RoomStore(db: db, cache: engine.heads, names: engine.names) }
    var state: StateStore { StateStore(db: db, cache: engine.nodes) }
    var events: EventStore { EventStore(db: db, cache: engine.pdus, held: engine.held) }
    var memberships: MembershipStore { MembershipStore(db: db) }

    /// Appends a local event to a room.
    ///
    /// - Parameter prepared: The event, if it was made beforehand.
    /// - Throws: `M_NOT_FOUND` for a room this server does not know; `M_FORBIDDEN` where the
    ///   authorization rules or a policy refuse; `M_TOO_LARGE` past 65,536 bytes.
    @discardableResult
    func append(_ draft: EventDraft, prepared: PreparedEvent? = nil, to roomID: RoomID) throws
        -> AppendedEvent
    {
        guard let head = try rooms.head(of: roomID) else {
            // NOTSPEC: 403 rather than 404, so as not to reveal which rooms exist.
            throw MatrixError.forbidden("You are not in this room.")
        }
        return try append(draft, prepared, to: head)
    }

    /// Begins a room with its create event.
    func begin(
        _ create: EventDraft, version: RoomVersion, roomID named: RoomID?, kind: RoomKind
    ) throws -> AppendedEvent {
        guard let rules = RoomRules.of(version) else {
            throw MatrixError(
                .badRequest, .unsupportedRoomVersion, "There is no room version \(version) here.")
        }
        let place = EventBuilder.Place(
            roomID: rules.roomIDIsCreateHash ? nil : named, prevEvents: Array("[]".utf8),
            authEvents: Array("[]".utf8), depth: 1)
        var create = create
        var pdu = try engine.builder.build(create, at: place, under: rules)
        // Where the ID is a hash, somebody who makes two equal rooms within one millisecond would
        // make the same room twice.
        while try rooms.number(of: pdu.roomID) != nil {
            create = create.later(by: .milliseconds(1))
            pdu = try engine.builder.build(create, at: place, under: rules)
        }
        try authorize(pdu, by: [], under: rules)
        let head = try rooms.insert(
            pdu.roomID, version: version, rules: rules,
            isPrivate: engine.keepsKinds && kind == .private, at: create.originServerTS)
        return try store(pdu, create, in: head, auth: [])
    }

    private func append(_ draft: EventDraft, _ prepared: PreparedEvent?, to head: RoomHead) throws
        -> AppendedEvent
    {
        guard !head.isBlocked else { throw MatrixError.forbidden("This room is closed.") }
        guard draft.isStrict || head.rules.jsonMode == .plain else {
            throw MatrixError.badJSON(
                "Numbers in the content must be whole and within ±(2^53 − 1), and keys unique.")
        }
        for policy in engine.policies { try policy.check(draft, in: head, self) }
        if let prepared, prepared.fits(head) {
            return try store(prepared.pdu, draft, in: head, auth: prepared.permit.auth)
        }
        let draft = try draft.placed(redactsInContent: head.rules.redactsInContent)

        if let permit = permit(for: draft, in: head) {
            let pdu = try build(draft, citing: permit.authEvents, in: head)
            return try store(pdu, draft, in: head, auth: permit.auth)
        }
        let auth = try authEvents(of: draft, in: head)
        let permit = SendingPermit(
            state: head.state, auth: auth.map(\.position),
            authEvents: try references(
                auth.filter { head.rules.citesCreateEvent || $0.pdu.type != .roomCreate }
                    .map { ($0.position, $0.pdu.eventID) }, under: head.rules))
        let pdu = try build(draft, citing: permit.authEvents, in: head)
        try authorize(pdu, by: auth.map(\.pdu), under: head.rules)
        remember(permit, for: draft, in: head)
        return try store(pdu, draft, in: head, auth: permit.auth)
    }

    /// - Parameter authEvents: The JSON array, in the layout of the room's version.
    private func build(_ draft: EventDraft, citing authEvents: [UInt8], in head: RoomHead) throws
        -> PDU
    {
        let prev = try references(
            head.extremities.map { ($0.position, $0.eventID) }, under: head.rules)
        let place = EventBuilder.Place(after: head, prevEvents: prev, authEvents: authEvents)
        return try engine.builder.build(draft, at: place, under: head.rules)
    }

    /// Events as others point to them: by their IDs, and until v2 with their reference hashes.
    private func references(
        _ events: [(position: StreamPosition, id: EventID)], under rules: RoomRules
    ) throws -> [UInt8] {
        var writer = JSONWriter()
        try writer.array { array in
            for (position, id) in events {
                guard rules.format.namesItself else {
                    array.append(id)
                    continue
                }
                let pdu = try self.events.pdu(at: position, under: rules)
                let pruned = try JSONObject(parsing: redact(pdu.json, under: rules))
                let hash = Base64.encode(try referenceHash(ofRedacted: pruned))
                array.array { pair in
                    pair.append(id)
                    pair.object { $0["sha256"] = hash }
                }
            }
        }
        return writer.bytes
    }

    /// The events that allow a draft, out of the room's current state.
    private func authEvents(of draft: EventDraft, in head: RoomHead) throws
        -> [(position: StreamPosition, pdu: PDU)]
    {
        let keys = Authorization.authEventKeys(
            type: draft.type, stateKey: draft.stateKey, sender: draft.sender,
            content: draft.content, under: head.rules)
        var found: [(StreamPosition, PDU)] = []
        for key in [StateKey(.roomCreate)] + keys where key.type != .roomCreate || found.isEmpty {
            guard let position = try state.position(of: key, in: head.state) else { continue }
            found.append((position, try events.pdu(at: position, under: head.rules)))
        }
        return found
    }

    private func authorize(_ pdu: PDU, by state: [PDU], under rules: RoomRules) throws {
        let authorization = Authorization(
            rules: rules, signatures: .onlyOfState(isSignedWithKey: EventSignatures.isSigned))
        do {
            try authorization.check(pdu, against: AuthEvents(state))
        } catch {
            throw MatrixError.forbidden("The rules of this room do not allow this: \(error).")
        }
    }

    private func store(
        _ pdu: PDU, _ draft: EventDraft, in head: RoomHead, auth: [StreamPosition]
    ) throws -> AppendedEvent {
        let position = StreamPosition(rawValue: db.nextPosition())
        var after = head
        if let key = draft.key {
            after.state = try state.group(
                head.state, setting: key, to: position, room: head.number)
            if key == StateKey(.encryption), !head.wasEncrypted,
                draft.content["algorithm"]?.string != nil
            {
                after.wasEncrypted = true
                try rooms.latchEncrypted(head.number)
            }
        }
        let relation = EventRelation(in: pdu.content)
        let thread = try relation.flatMap { try threadRoot(of: $0, in: head.number) }
        let count =
            try engine.counting?.count(pdu, at: position, thread: thread, in: after, self) ?? .zero
        let own = try runningCount(of: thread, in: head) + count
        if let thread {
            after.counts.threads += count
            try unread.setHead(of: thread, in: head.number, at: position, own)
        } else {
            after.counts.main = own
        }
        let event = EventStore.Insertion(
            position: position, history: position.rawValue, room: head.number, pdu: pdu,
            standing: .accepted, prev: head.extremities.map(\.position), auth: auth,
            stateBefore: head.state, stateAfter: after.state, relation: relation,
            threadRoot: thread, notifyCount: own, counts: after.counts,
            transaction: draft.transaction)
        try events.insert(event)
        remember(event.stored, in: head)
        after.extremities = [RoomHead.Extremity(position: position, eventID: pdu.eventID)]
        after.depth = pdu.depth
        after.lastPosition = position
        try rooms.update(after)

        let change = try memberChange(pdu, at: position, in: after)
        if pdu.type == .redaction { try applyRedaction(pdu, draft, at: position, in: after) }
        let appended = AppendedEvent(
            pdu: pdu, position: position, room: after, before: head, relation: relation,
            thread: thread, membership: change)
        for observer in engine.observers { try observer.appended(appended, to: self) }
        db.announce(
            Change(
                position: position,
                kind: .event(
                    room: after.number, roomID: after.roomID, type: pdu.type, membership: change)))
        return appended
    }

    /// Keeps `memberships` in step with the member events of the current state.
    private func memberChange(_ pdu: PDU, at position: StreamPosition, in head: RoomHead) throws
        -> MembershipChange?
    {
        guard pdu.type == .roomMember, let user = pdu.stateKey.flatMap({ UserID($0) }) else {
            return nil
        }
        let content = try RoomMember(from: pdu.content)
        let old = try memberships.entry(of: user, in: head.number)
        try memberships.set(pdu, user, content, in: head.number, at: position)
        return MembershipChange(user: user, old: old?.membership, new: content.membership)
    }

    /// The thread that a related event belongs to: its target's, or the one it opens.
    ///
    /// - Spec: [Threading](https://spec.matrix.org/v1.19/client-server-api/#threading)
    private func threadRoot(of relation: EventRelation, in room: RoomNumber) throws -> EventID? {
        if relation.type == "m.thread" { return relation.eventID }
        return try db.one(
            """
            SELECT thread_root FROM events
            WHERE event_id = \(relation.eventID) AND room_number = \(room)
            """)
    }

    private func runningCount(of thread: EventID?, in head: RoomHead) throws
        -> NotificationCount
    {
        guard let thread else { return head.counts.main }
        return try unread.headCount(of: thread, in: head.number)
    }
}

/// What a member event changed.
struct MembershipChange: Sendable, Equatable {
    let user: UserID
    let old: Membership?
    let new: Membership

    /// Whether somebody came into the room, or went out of it.
    var isCrossing: Bool { (old == .join) != (new == .join) }
}

/// An event that has just come into a room.
struct AppendedEvent: Sendable {
    let pdu: PDU
    let position: StreamPosition
    /// The room with the event in it.
    let room: RoomHead
    /// The room as it was before.
    let before: RoomHead
    let relation: EventRelation?
    /// The root of the thread that it is in; nil: in the main timeline.
    let thread: EventID?
    let membership: MembershipChange?

    var eventID: EventID { pdu.eventID }
}
