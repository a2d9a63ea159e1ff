import MatrixTypes
import Testing

@testable import MatrixRules

/// A room of which a test writes each event by hand.
///
/// Events are named by short texts, `create` for instance; the room makes event IDs of them in the
/// form of its version, and hands the events out by either.
struct TestRoom {
    let rules: RoomRules
    let id: RoomID
    private(set) var events: [EventID: PDU] = [:]
    private var clock = 1_000_000

    init(_ rules: RoomRules) {
        self.rules = rules
        id = RoomID(unchecked: rules.roomIDIsCreateHash ? "!create" : "!room:culture.example")
    }

    /// The ID of the event that is called `name`.
    func eventID(_ name: String) -> EventID {
        EventID(
            unchecked: rules.eventIDFormat == .chosenBySender
                ? "$\(name):culture.example" : "$\(name)")
    }

    /// Makes an event, and keeps it.
    ///
    /// - Parameters:
    ///   - content: JSON.
    ///   - prev: Names of events; none for the create event, else one that is not here.
    ///   - auth: Names of events; those of the create event are left out since v12.
    @discardableResult
    mutating func add(
        _ name: String, _ type: EventType, by sender: UserID, key: String? = nil,
        _ content: String = "{}", prev: [String]? = nil, auth: [String] = [], at time: Int? = nil,
        depth: Int = 1, roomID: RoomID? = nil, redacts: String? = nil
    ) throws -> PDU {
        clock += 1000
        let event = try make(
            name, type, by: sender, key: key, content, prev: prev, auth: auth, at: time ?? clock,
            depth: depth, roomID: roomID, redacts: redacts)
        events[event.eventID] = event
        return event
    }

    /// Makes an event without keeping it.
    func make(
        _ name: String, _ type: EventType, by sender: UserID, key: String? = nil,
        _ content: String = "{}", prev: [String]? = nil, auth: [String] = [], at time: Int = 1,
        depth: Int = 1, roomID: RoomID? = nil, redacts: String? = nil
    ) throws -> PDU {
        let auth = rules.citesCreateEvent ? auth : auth.filter { $0 != "create" }
        let isCreate = type == .roomCreate
        let bytes = try jsonBytes { event in
            event["type"] = type
            event["sender"] = sender
            event["state_key"] = key
            if !(rules.roomIDIsCreateHash && isCreate) || roomID != nil {
                event["room_id"] = roomID ?? id
            }
            event["content"] = try JSONObject(
                parsing: Array(content.utf8), mode: rules.jsonMode)
            event["origin_server_ts"] = time
            event["depth"] = depth
            write(prev ?? (isCreate ? [] : ["before"]), as: "prev_events", to: &event)
            write(auth, as: "auth_events", to: &event)
            if let redacts, !rules.redactsInContent { event["redacts"] = eventID(redacts) }
            if rules.eventIDFormat == .chosenBySender { event["event_id"] = eventID(name) }
        }
        return try PDU(parsing: bytes, eventID: eventID(name), format: rules.format)
    }

    private func write(_ names: [String], as key: String, to event: inout JSONObjectWriter) {
        event.array(key) { array in
            for name in names {
                if rules.eventIDFormat == .chosenBySender {
                    array.array { pair in
                        pair.append(eventID(name))
                        pair.object { _ in }
                    }
                } else {
                    array.append(eventID(name))
                }
            }
        }
    }

    /// The state in which these events stand.
    func state(_ names: [String]) -> AuthEvents {
        AuthEvents(names.compactMap { events[eventID($0)] })
    }

    func stateMap(_ names: [String]) -> StateMap {
        var map: StateMap = [:]
        for name in names {
            let id = eventID(name)
            if let key = events[id]?.key { map[key] = id }
        }
        return map
    }

    /// The names in a state, sorted.
    func names(_ state: StateMap) -> [String] {
        state.values.compactMap { id in
            id.rawValue.dropFirst().split(separator: ":").first.map(String.init)
        }.sorted()
    }
}

extension TestRoom {
    /// Amélie's room: she made it, Basile moderates, Chloé is in from another server, and Dario has
    /// been asked in. Eve has nothing to do with it.
    static func ofAmelie(
        _ rules: RoomRules, joinRule: String = "invite", create: String = ""
    ) throws -> TestRoom {
        var room = TestRoom(rules)
        let creator = #""creator":"@amelie:culture.example""#
        let content = [rules.creatorIsSender ? "" : creator, create].filter { !$0.isEmpty }
        try room.add(
            "create", .roomCreate, by: People.amelie, key: "",
            "{\(content.joined(separator: ","))}")
        for (name, user, membership) in [
            ("amelie", People.amelie, "join"), ("basile", People.basile, "join"),
            ("chloe", People.chloe, "join"), ("dario", People.dario, "invite"),
        ] {
            let inviter = membership == "invite" ? People.amelie : user
            try room.add(
                name, .roomMember, by: inviter, key: user.rawValue,
                #"{"membership":"\#(membership)"}"#, auth: ["create"])
        }
        let amelie = rules.privilegesCreators ? "" : #""@amelie:culture.example":100,"#
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"{"users":{\#(amelie)"@basile:culture.example":50},"invite":0}"#,
            auth: ["create", "amelie"])
        try room.add(
            "rules", .joinRules, by: People.amelie, key: "", #"{"join_rule":"\#(joinRule)"}"#,
            auth: ["create", "amelie", "levels"])
        return room
    }

    /// All that `ofAmelie` puts in the room.
    static let everything = ["create", "amelie", "basile", "chloe", "dario", "levels", "rules"]
}

/// Judges events of a room by a state.
struct Judge {
    let room: TestRoom
    var signatures = SignatureChecks(isSigned: { _, _ in true }, isSignedWithKey: { _, _ in true })
    var names = TestRoom.everything

    /// Nil when the event is allowed.
    func rejection(_ event: PDU) -> Rejection? {
        let authorization = Authorization(rules: room.rules, signatures: signatures)
        do {
            try authorization.check(event, against: room.state(names))
            return nil
        } catch {
            return error
        }
    }

    /// The same for an event of the room that is not kept.
    func rejection(
        of type: EventType, by sender: UserID, key: String? = nil, _ content: String = "{}",
        prev: [String]? = nil, redacts: String? = nil
    ) throws -> Rejection? {
        rejection(
            try room.make(
                "judged", type, by: sender, key: key, content, prev: prev, redacts: redacts))
    }

    /// The same for a change of a membership.
    func rejection(
        ofMember target: UserID, by sender: UserID, _ membership: String, more: String = ""
    ) throws -> Rejection? {
        try rejection(
            of: .roomMember, by: sender, key: target.rawValue,
            #"{"membership":"\#(membership)"\#(more)}"#)
    }
}

extension RoomRules: CustomTestStringConvertible {
    package var testDescription: String { "v\(version)" }
}
