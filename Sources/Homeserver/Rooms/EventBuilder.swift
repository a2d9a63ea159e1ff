import MatrixRules
import MatrixSigning
import MatrixTypes

/// Makes an event out of a draft: places it in the graph, hashes it, signs it, names it.
///
/// Members are written in canonical order at once, so nothing is sorted and nothing is parsed: one
/// message costs two hashes, one signature and three short writings.
///
/// - Spec: [Signing events](https://spec.matrix.org/v1.19/server-server-api/#signing-events)
struct EventBuilder {
    let serverName: ServerName
    let key: SigningKey

    /// Where the event stands in its room's graph.
    struct Place {
        /// Nil for the create event of a room whose ID is that event's hash.
        let roomID: RoomID?
        /// The JSON arrays, in the layout of the room's version.
        let prevEvents: [UInt8]
        let authEvents: [UInt8]
        let depth: Int
    }

    /// - Throws: `M_TOO_LARGE` if the signed event is over 65,536 bytes.
    func build(_ draft: EventDraft, at place: Place, under rules: RoomRules) throws -> PDU {
        // Until v2 the event says its own ID, so that comes first.
        let chosenID =
            rules.format.namesItself
            ? EventID(unchecked: "$\(RandomName.letters(18)):\(serverName)") : nil
        let layout = Layout(
            draft: draft, place: place, eventID: chosenID,
            redacts: rules.redactsInContent ? nil : draft.redacts)

        let unhashed = layout.bytes(content: draft.canonicalContent)
        let hash = Base64.encode(contentHash(ofCanonical: unhashed))
        let hashes = Array(#"{"sha256":"\#(hash)"}"#.utf8)

        let keptContent = try redactedContent(draft.content, type: draft.type, under: rules)
        let pruned = layout.pruned.bytes(content: keptContent, hashes: hashes)
        // The reference hash is made of the very bytes that are signed.
        let eventID = chosenID ?? self.eventID(ofPruned: pruned, rules.eventIDFormat)
        let signature = Base64.encode(key.sign(pruned))
        let signatures = Array(
            #"{"\#(serverName.rawValue)":{"\#(key.id)":"\#(signature)"}}"#.utf8)

        let bytes = layout.bytes(
            content: draft.canonicalContent, hashes: hashes, signatures: signatures)
        guard bytes.count <= PDULimits.eventBytes else {
            throw MatrixError.tooLarge("The event would be larger than 65,536 bytes.")
        }
        return try PDU(parsing: bytes, eventID: eventID, format: rules.format)
    }

    private func eventID(ofPruned pruned: [UInt8], _ format: EventIDFormat) -> EventID {
        let hash = contentHash(ofCanonical: pruned)
        let alphabet: Base64.Alphabet = format == .base64 ? .standard : .urlSafe
        return EventID(unchecked: "$" + Base64.encode(hash, alphabet))
    }

    /// An event's members in canonical order.
    private struct Layout {
        let draft: EventDraft
        let place: Place
        let eventID: EventID?
        let redacts: EventID?

        /// As a redaction leaves it: `redacts` at the top goes.
        var pruned: Layout {
            Layout(draft: draft, place: place, eventID: eventID, redacts: nil)
        }

        func bytes(
            content: [UInt8], hashes: [UInt8]? = nil, signatures: [UInt8]? = nil
        ) -> [UInt8] {
            jsonBytes { event in
                event.raw("auth_events", place.authEvents)
                event.raw("content", content)
                event["depth"] = place.depth
                if let eventID { event["event_id"] = eventID }
                if let hashes { event.raw("hashes", hashes) }
                event["origin_server_ts"] = draft.originServerTS
                event.raw("prev_events", place.prevEvents)
                if let redacts { event["redacts"] = redacts }
                if let roomID = place.roomID { event["room_id"] = roomID }
                event["sender"] = draft.sender
                if let signatures { event.raw("signatures", signatures) }
                if let stateKey = draft.stateKey { event["state_key"] = stateKey }
                event["type"] = draft.type
            }
        }
    }
}

extension EventBuilder.Place {
    /// The place behind the newest events of a room.
    init(after head: RoomHead, prevEvents: [UInt8], authEvents: [UInt8]) {
        self.init(
            roomID: head.roomID, prevEvents: prevEvents, authEvents: authEvents,
            depth: min(head.depth + 1, JSONNumber.maxSafeInteger))
    }
}
