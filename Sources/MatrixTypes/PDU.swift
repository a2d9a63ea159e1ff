/// Where the room versions lay out events differently.
///
/// - Spec: [Room versions](https://spec.matrix.org/v1.19/rooms/)
package struct PDUFormat: Sendable {
    /// Until v2: the event has an `event_id`, and refers to others by `[id, hashes]`.
    package var namesItself: Bool
    /// Since v6: strict.
    package var jsonMode: JSONMode
    /// Since v11: `redacts` is in the content.
    package var redactsInContent: Bool
    /// Since v12: the create event has no `room_id`; the room's ID is made of the event's.
    package var roomIDIsCreateHash: Bool

    package init(
        namesItself: Bool = false, jsonMode: JSONMode = .strict, redactsInContent: Bool = false,
        roomIDIsCreateHash: Bool = false
    ) {
        self.namesItself = namesItself
        self.jsonMode = jsonMode
        self.redactsInContent = redactsInContent
        self.roomIDIsCreateHash = roomIDIsCreateHash
    }

    package static let v1 = PDUFormat(namesItself: true, jsonMode: .plain)
    package static let v3 = PDUFormat(jsonMode: .plain)
    package static let v6 = PDUFormat()
    package static let v11 = PDUFormat(redactsInContent: true)
    package static let v12 = PDUFormat(redactsInContent: true, roomIDIsCreateHash: true)
}

/// An event as servers exchange it, its fields checked for type and size and nothing else.
///
/// Cheap to copy: all copies share what was read.
///
/// - Spec: [PDUs](https://spec.matrix.org/v1.19/server-server-api/#pdus), and the event format of
///   each room version
package struct PDU: Sendable {
    /// The largest event, as canonical JSON with its signatures.
    ///
    /// - Spec: [Size limits](https://spec.matrix.org/v1.19/client-server-api/#size-limits)
    package static let maxBytes = 65_536
    /// `sender`, `room_id`, `event_id`, `type` and `state_key`.
    package static let maxFieldBytes = 255
    package static let maxPrevEvents = 20
    package static let maxAuthEvents = 10

    private let fields: Fields

    /// Reads an event from bytes as they came, canonical or not.
    ///
    /// - Parameter eventID: The hash of the event, since v3; nil before, where the event names itself.
    /// - Throws: `tooLarge`, or what is wrong with a field. Nothing is said of hashes, signatures and
    ///   the authorization rules.
    package init(
        parsing bytes: [UInt8], eventID: EventID? = nil, format: PDUFormat
    ) throws(JSONError) {
        // Whitespace and escapes may go, but this much of them nobody sends.
        let limits = JSONLimits(maxBytes: 16 * Self.maxBytes)
        let event = try JSONObject(parsing: bytes, mode: format.jsonMode, limits: limits)
        try self.init(event, eventID: eventID, format: format)
    }

    /// The same for an event that has been read, in the mode of its room version.
    package init(
        _ event: JSONObject, eventID: EventID? = nil, format: PDUFormat
    ) throws(JSONError) {
        var event = event
        if !event.json.isCanonical || event.bytes.count != event.json.document.bytes.count {
            event = try JSONObject(parsing: event.canonical(), mode: format.jsonMode)
        }
        fields = try Fields(event, eventID: eventID, format: format)
    }

    /// The whole event as canonical JSON.
    package var bytes: [UInt8] { fields.json.json.document.bytes }
    package var json: JSONObject { fields.json }

    package var eventID: EventID { fields.eventID }
    package var roomID: RoomID { fields.roomID }
    /// The event says its room itself: all do but the create events since v12.
    package var hasRoomID: Bool { fields.hasRoomID }
    package var sender: UserID { fields.sender }
    package var type: EventType { fields.type }
    /// Nil for message events.
    package var stateKey: String? { fields.stateKey }
    package var content: JSONObject { fields.content }
    /// Where `content` lies in `bytes`.
    package var contentRange: Range<Int> {
        fields.content.bytes.startIndex..<fields.content.bytes.endIndex
    }
    package var originServerTS: Timestamp { fields.originServerTS }
    /// In 0...2^53−1.
    package var depth: Int { fields.depth }
    /// At most 20, in the order of the event.
    package var prevEvents: [EventID] { fields.prevEvents }
    /// At most 10, in the order of the event; one may be there twice.
    package var authEvents: [EventID] { fields.authEvents }
    /// What this event redacts, read where its room version puts it. Nil if that is no event ID.
    package var redacts: EventID? { fields.redacts }
    package var hashes: JSONObject { fields.hashes }
    package var signatures: JSONObject { fields.signatures }
    /// Never to be trusted: no hash covers it.
    package var unsigned: JSONObject? { fields.unsigned }

    /// The place of the event in the state; nil for message events.
    package var key: StateKey? { stateKey.map { StateKey(type, $0) } }
}

extension PDU: CustomStringConvertible, CustomReflectable {
    package var description: String { "PDU(\(eventID))" }
    package var customMirror: Mirror { Mirror(self, children: ["eventID": eventID]) }
}

extension PDU {
    private final class Fields: Sendable {
        let json: JSONObject
        let eventID: EventID
        let roomID: RoomID
        let hasRoomID: Bool
        let sender: UserID
        let type: EventType
        let stateKey: String?
        let content: JSONObject
        let originServerTS: Timestamp
        let depth: Int
        let prevEvents: [EventID]
        let authEvents: [EventID]
        let redacts: EventID?
        let hashes: JSONObject
        let signatures: JSONObject
        let unsigned: JSONObject?

        init(_ json: JSONObject, eventID: EventID?, format: PDUFormat) throws(JSONError) {
            guard json.bytes.count <= PDU.maxBytes else { throw .tooLarge(limit: PDU.maxBytes) }
            self.json = json
            guard let type = try Self.text("type", of: json) else { throw .missing(key: "type") }
            self.type = EventType(type)
            stateKey = try Self.text("state_key", of: json)
            sender = try json.requiredIdentifier("sender")
            self.eventID = try Self.eventID(of: json, given: eventID, format)
            let roomID: RoomID? = try json.identifier("room_id")
            hasRoomID = roomID != nil
            if let roomID {
                self.roomID = roomID
            } else {
                self.roomID = try Self.roomID(
                    ofCreate: self.eventID, self.type, stateKey, format)
            }

            content = try json.requiredObject("content")
            originServerTS = Timestamp(try json.requiredInt("origin_server_ts"))
            depth = try json.requiredInt("depth")
            guard depth >= 0 else { throw .invalid(key: "depth") }
            prevEvents = try Self.references("prev_events", of: json, PDU.maxPrevEvents, format)
            authEvents = try Self.references("auth_events", of: json, PDU.maxAuthEvents, format)
            let redacts = format.redactsInContent ? content["redacts"] : json["redacts"]
            self.redacts = redacts?.string.flatMap(EventID.init)
            hashes = try json.object("hashes") ?? .empty
            signatures = try json.object("signatures") ?? .empty
            unsigned = try json.object("unsigned")
        }

        private static func text(
            _ key: String, of json: JSONObject
        ) throws(JSONError) -> String? {
            guard let text = try json.string(key) else { return nil }
            guard text.utf8.count <= PDU.maxFieldBytes else { throw .invalid(key: key) }
            return text
        }

        private static func eventID(
            of json: JSONObject, given: EventID?, _ format: PDUFormat
        ) throws(JSONError) -> EventID {
            if format.namesItself { return try json.requiredIdentifier("event_id") }
            guard let given else { throw .missing(key: "event_id") }
            return given
        }

        private static func roomID(
            ofCreate eventID: EventID, _ type: EventType, _ stateKey: String?, _ format: PDUFormat
        ) throws(JSONError) -> RoomID {
            guard format.roomIDIsCreateHash, type == .roomCreate, stateKey == "" else {
                throw .missing(key: "room_id")
            }
            return RoomID(ofCreateEvent: eventID)
        }

        /// `["$id", …]`, or until v2 `[["$id", {"sha256": "…"}], …]`.
        private static func references(
            _ key: String, of json: JSONObject, _ limit: Int, _ format: PDUFormat
        ) throws(JSONError) -> [EventID] {
            let references = try json.requiredArray(key)
            guard references.count <= limit else { throw .invalid(key: key) }
            var ids: [EventID] = []
            ids.reserveCapacity(references.count)
            for reference in references {
                let name: JSON?
                if format.namesItself {
                    guard let pair = reference.array, pair.count == 2, pair[1].kind == .object
                    else {
                        throw .wrongType(key: "\(key)[]", expected: .array)
                    }
                    name = pair[0]
                } else {
                    name = reference
                }
                guard let text = name?.string else {
                    throw .wrongType(key: "\(key)[]", expected: .string)
                }
                guard let id = EventID(text) else { throw .invalid(key: "\(key)[]") }
                ids.append(id)
            }
            return ids
        }
    }
}
