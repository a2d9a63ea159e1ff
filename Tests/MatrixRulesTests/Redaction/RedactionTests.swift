import MatrixSigning
import MatrixTypes
import Testing

@testable import MatrixRules

struct RedactionTests {
    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    private func content(
        _ rules: RoomRules, _ type: EventType, _ content: String
    ) throws -> String {
        text(
            try redactedContent(
                JSONObject(parsing: Array(content.utf8)), type: type, under: rules))
    }

    @Test("Of the event, the keys of its version stay", arguments: RoomRules.all)
    func keys(rules: RoomRules) throws {
        let event = try JSONObject(
            parsing: Array(
                #"""
                {"unsigned":{"age":1},"type":"m.room.topic","state_key":"","sender":"@a:x",
                 "signatures":{"x":{}},"room_id":"!r:x","redacts":"$1","prev_state":[],
                 "prev_events":[],"origin_server_ts":1,"origin":"x","membership":"join",
                 "hashes":{"sha256":"h"},"event_id":"$0","depth":2,"content":{"topic":"t"},
                 "auth_events":[],"own":true}
                """#.utf8))
        let old = [
            "auth_events", "content", "depth", "event_id", "hashes", "membership", "origin",
            "origin_server_ts", "prev_events", "prev_state", "room_id", "sender", "signatures",
            "state_key", "type",
        ]
        let new = old.filter { !["membership", "origin", "prev_state"].contains($0) }
        let redacted = try JSONObject(parsing: redact(event, under: rules))
        #expect(redacted.map(\.key) == (rules.creatorIsSender ? new : old))
        #expect(redacted["content"]?.object?.isEmpty == true)
    }

    @Test("The result is canonical, and redacting it again changes nothing")
    func twice() throws {
        let event = Array(
            #"""
            {"type" : "m.room.member", "depth": 1,
             "content": {"membership": "jo\u0069n", "displayname": "Am\u00e9lie"}, "a": {}}
            """#.utf8)
        let once = try redact(JSONObject(parsing: event), under: .v11)
        #expect(
            text(once)
                == #"{"content":{"membership":"join"},"depth":1,"type":"m.room.member"}"#)
        #expect(try redact(JSONObject(parsing: once), under: .v11) == once)
    }

    @Test("What is no event is redacted too")
    func odd() throws {
        #expect(text(try redact(.empty, under: .v1)) == "{}")
        let event = try JSONObject(parsing: Array(#"{"content":[1],"type":5}"#.utf8))
        #expect(text(try redact(event, under: .v12)) == #"{"content":{},"type":5}"#)
    }

    @Test("What has no canonical form is not redacted to something else")
    func noForm() throws {
        let event = try JSONObject(parsing: Array(#"{"type":"\ud800","content":{}}"#.utf8))
        #expect(throws: JSONError.self) { try redact(event, under: .v1) }
    }

    @Test("Of a membership, more stays with each version", arguments: RoomRules.all)
    func member(rules: RoomRules) throws {
        let given = #"""
            {"membership":"join","displayname":"x","join_authorised_via_users_server":"@a:x",
             "third_party_invite":{"display_name":"y","signed":{"token":"t"}}}
            """#
        let expected =
            switch rules.version {
            case "11", "12":
                #"{"join_authorised_via_users_server":"@a:x","membership":"join","#
                    + #""third_party_invite":{"signed":{"token":"t"}}}"#
            case "9", "10": #"{"join_authorised_via_users_server":"@a:x","membership":"join"}"#
            default: #"{"membership":"join"}"#
            }
        #expect(try content(rules, .roomMember, given) == expected)
    }

    @Test("Of an invitation by e-mail without a signature, an empty object stays")
    func unsignedInvite() throws {
        #expect(
            try content(.v11, .roomMember, #"{"third_party_invite":{"display_name":"y"}}"#)
                == #"{"third_party_invite":{}}"#)
        #expect(try content(.v11, .roomMember, #"{"third_party_invite":5}"#) == "{}")
    }

    @Test("Of a create event, the creator stays, and since v11 all", arguments: RoomRules.all)
    func create(rules: RoomRules) throws {
        let given = #"{"creator":"@a:x","m.federate":false,"own":1}"#
        #expect(
            try content(rules, .roomCreate, given)
                == (rules.creatorIsSender ? given : #"{"creator":"@a:x"}"#))
    }

    @Test("Of join rules, the rule stays, and since v8 the conditions", arguments: RoomRules.all)
    func joinRules(rules: RoomRules) throws {
        #expect(
            try content(rules, .joinRules, #"{"join_rule":"restricted","allow":[],"own":1}"#)
                == (rules.hasRestrictedJoins
                    ? #"{"allow":[],"join_rule":"restricted"}"#
                    : #"{"join_rule":"restricted"}"#))
    }

    @Test("Of power levels, all that decides stays", arguments: RoomRules.all)
    func powerLevels(rules: RoomRules) throws {
        let given = #"""
            {"ban":1,"events":{},"events_default":2,"invite":3,"kick":4,"notifications":{},
             "redact":5,"state_default":6,"users":{"@a:x":7},"users_default":8}
            """#
        let invite = rules.creatorIsSender ? #""invite":3,"# : ""
        #expect(
            try content(rules, .powerLevels, given)
                == #"{"ban":1,"events":{},"events_default":2,\#(invite)"kick":4,"redact":5,"#
                + #""state_default":6,"users":{"@a:x":7},"users_default":8}"#)
    }

    @Test("Aliases stay until v5", arguments: RoomRules.all)
    func aliases(rules: RoomRules) throws {
        #expect(
            try content(rules, .roomAliases, ##"{"aliases":["#a:x"],"own":1}"##)
                == (rules.hasAliasesRule ? ##"{"aliases":["#a:x"]}"## : "{}"))
    }

    @Test("What a redaction redacts stays in its content since v11", arguments: RoomRules.all)
    func redaction(rules: RoomRules) throws {
        #expect(
            try content(rules, .redaction, #"{"redacts":"$1","reason":"x"}"#)
                == (rules.redactsInContent ? #"{"redacts":"$1"}"# : "{}"))
    }

    @Test("Who may read the past stays; of other types nothing does", arguments: RoomRules.all)
    func others(rules: RoomRules) throws {
        let given = #"{"history_visibility":"shared","membership":"join","join_rule":"public"}"#
        #expect(
            try content(rules, .historyVisibility, given) == #"{"history_visibility":"shared"}"#)
        for type in [EventType.roomTopic, .message, .encryption, .thirdPartyInvite, .serverACL] {
            #expect(try content(rules, type, given) == "{}")
        }
    }

    @Test("Synapse redacts its own events in the same way")
    func synapse() throws {
        guard let vectors = try SpecVectors.read("events-by-synapse.json") else { return }
        for vector in try vectors.requiredArray("vectors") {
            let version = RoomVersion(try #require(vector["room_version"]?.string))
            let rules = try #require(RoomRules.of(version))
            let event = try #require(vector["event"]?.object)
            let expected = try #require(vector["redacted"]?.object)
            // The hashes and signatures were added before.
            let signed = try JSONObject(
                parsing: event.canonical(changing: [
                    "hashes": expected["hashes"]?.canonical(),
                    "signatures": expected["signatures"]?.canonical(),
                ]))
            let redacted = try redact(signed, under: rules)
            let name = vector["name"]?.string ?? ""
            #expect(try redacted == expected.canonical(), "v\(version) \(name)")
        }
    }

    @Test("Synapse's event IDs are those that our redactions have")
    func eventIDs() throws {
        guard let vectors = try SpecVectors.read("events-by-synapse.json") else { return }
        for vector in try vectors.requiredArray("vectors") {
            let version = RoomVersion(try #require(vector["room_version"]?.string))
            let rules = try #require(RoomRules.of(version))
            let redacted = try redact(try #require(vector["redacted"]?.object), under: rules)
            let id = try eventID(ofRedactedCanonical: redacted, format: rules.eventIDFormat)
            #expect(id?.rawValue == vector["event_id"]?.string, "v\(version)")
        }
    }
}
