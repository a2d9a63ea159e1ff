import Database
import Hummingbird
import MatrixTypes

/// Makes a public room private, in one step and for good: by invitation only, encrypted, not in the
/// directory, and what is said from then on is for those who are in it or invited.
///
/// `POST /_matrix/client/unstable/fr.chappe/rooms/{roomId}/make_private`
///
/// All or nothing: where one of its events is refused, the room stays as it was. Asked again, it changes
/// nothing.
///
/// - Errors: `M_FORBIDDEN` for who is not in the room, or may not send one of the events.
struct MakeRoomPrivate: Sendable {
    let database: Database
    let engine: RoomEngine
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        _ = try await request.optionalJSONObject(atMost: PDULimits.eventBytes)
        let roomID = try context.roomID()
        let user = context.userID
        let now = clock.now
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            let room = try timeline.joinedRoom(roomID, for: user)
            guard !room.wasPrivate else { return }
            for (key, content) in try state(of: room, timeline) {
                let draft = try EventDraft(
                    sender: user, type: key.type, stateKey: key.key, content: content, at: now)
                _ = try timeline.appendState(draft, to: try timeline.head(of: roomID))
            }
            try timeline.rooms.latchPrivate(try timeline.head(of: roomID))
            try timeline.setListed(false, room)
        }
        return .empty
    }

    /// The events that make the difference, the encryption first: nobody who comes in by the old rule
    /// finds anything said in the clear after it.
    private func state(of room: RoomHead, _ timeline: Timeline) throws -> [(StateKey, [UInt8])] {
        var state: [(StateKey, [UInt8])] = []
        let type = try timeline.pdu(StateKey(.roomCreate), in: room)?.content["type"]?.string
        if !room.wasEncrypted, type != "m.space" {
            state.append((StateKey(.encryption), Encryption.megolmContent))
        }
        state.append((StateKey(.joinRules), jsonBytes { $0["join_rule"] = "invite" }))
        let visibility = try timeline.visibility(of: room)
        if visibility == .worldReadable || visibility == .shared {
            state.append(
                (
                    StateKey(.historyVisibility),
                    jsonBytes { $0["history_visibility"] = "invited" }
                ))
        }
        let guests = try timeline.pdu(StateKey(.guestAccess), in: room)?.content["guest_access"]
        if guests?.string == "can_join" {
            state.append((StateKey(.guestAccess), jsonBytes { $0["guest_access"] = "forbidden" }))
        }
        let access = StateKey(.roomAccessRules)
        if let rules = try timeline.pdu(access, in: room)?.content {
            var visibility = JSONWriter()
            visibility.string("private")
            state.append((access, try rules.canonical(changing: ["visibility": visibility.bytes])))
        }
        return state
    }
}
