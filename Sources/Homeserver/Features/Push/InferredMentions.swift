import Database
import MatrixRules
import MatrixTypes

/// Reads from the text of a message whom it means, where the client has not said so.
///
/// NOTSPEC: Since v1.17 no default rule looks for names in the text. Clients that know nothing of
/// `m.mentions` still mean people by their names, so what such a client sends is taken as if it
/// mentioned whoever it names. An event with `m.mentions` is left as it is.
///
/// - Spec: [User and room mentions](https://spec.matrix.org/v1.19/client-server-api/#user-and-room-mentions)
struct InferredMentions {
    let timeline: Timeline
    let names: SharedCache<RoomNumber, MemberNames>

    /// The event for push rules, with the mentions that it has or seems to have.
    func event(_ pdu: PDU, in room: RoomHead) throws -> PushEvent {
        let event = PushEvent(pdu)
        guard pdu.stateKey == nil, pdu.content["m.mentions"] == nil,
            let body = pdu.content["body"]?.string, !body.isEmpty
        else { return event }
        let users = try named(in: body, event, room)
        // The sign first: looking for it costs next to nothing, and most texts have none.
        let meansRoom = body.utf8.contains(UInt8(ascii: "@")) && event.names("@room")
        guard !users.isEmpty || meansRoom else { return event }
        let mentions = jsonBytes { mentions in
            if meansRoom { mentions["room"] = true }
            if !users.isEmpty { mentions["user_ids"] = users }
        }
        let content = jsonBytes { content in
            for (key, value) in pdu.content { content[key] = value }
            content.raw("m.mentions", mentions)
        }
        return PushEvent(
            type: pdu.type, sender: pdu.sender, roomID: pdu.roomID, stateKey: nil,
            content: try JSONObject(parsing: content))
    }

    private func named(in body: String, _ event: PushEvent, _ room: RoomHead) throws -> [UserID] {
        var candidates = try names(of: room).candidates(in: body)
        candidates.remove(event.sender)
        guard !candidates.isEmpty else { return [] }
        return try timeline.memberships.joined(Array(candidates), in: room.number)
            .filter { member in
                event.names(member.user.localpart)
                    || member.displayName.map { event.names($0) } ?? false
            }
            .map(\.user)
    }

    private func names(of room: RoomHead) throws -> MemberNames {
        if let known = timeline.db.cached(names, room.number) { return known }
        let index = MemberNames()
        let host = timeline.engine.serverName
        try timeline.db.forEach(
            """
            SELECT user_id, display_name FROM memberships
            WHERE room_number = \(room.number) AND membership = 'join'
            """
        ) { row in
            let user: UserID = try row[0]
            if user.server == host { index.add(user, try row.optional(1)) }
        }
        timeline.db.cache(names, room.number, index)
        return index
    }
}

extension MembershipStore {
    /// Those of some users who are joined to a room, and how they are called there.
    func joined(_ users: [UserID], in room: RoomNumber) throws
        -> [(user: UserID, displayName: String?)]
    {
        try users.chunks(of: 500).flatMap { slice in
            try db.all(
                """
                SELECT user_id, display_name FROM memberships
                WHERE user_id IN \(list: slice) AND room_number = \(room)
                  AND membership = 'join'
                """
            ) { (try $0[0] as UserID, try $0.optional(1) as String?) }
        }
    }
}
