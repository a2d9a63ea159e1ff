import MatrixTypes
import Testing

@testable import MatrixRules

struct PushConditionTests {
    private func condition(_ text: String) throws -> PushCondition {
        try PushCondition(JSON(parsing: Array(text.utf8)))
    }

    private func holds(
        _ text: String, _ event: PushEvent, members: Int = 10, levels: PDU? = nil,
        for reader: PushReader? = PushStory.basile
    ) throws -> Bool {
        try condition(text).holds(
            of: event, in: PushStory.room(members, levels: levels), for: reader)
    }

    @Test(
        "`event_match` compares a whole property without regard to case",
        arguments: [
            (#""Lunch plans""#, true), (#""LUNCH""#, true), (#"" lunch""#, false),
            (#""lunc""#, false), ("null", false), ("5", false), ("[]", false),
        ])
    func eventMatch(topic: String, matches: Bool) throws {
        let match = #"{"kind":"event_match","key":"content.topic","pattern":"lunc?*"}"#
        let event = try PushStory.event(.roomTopic, #"{"topic":\#(topic)}"#, key: "")
        #expect(try holds(match, event) == matches)
    }

    @Test("An event is the same whether a server or a client wrote it")
    func fromPDU() throws {
        let pdu = try TestRoom(.v11).make(
            "e", .roomTopic, by: People.chloe, key: "", #"{"topic":"x"}"#)
        let event = PushEvent(pdu)
        #expect(event.type == pdu.type && event.sender == pdu.sender)
        #expect(event.roomID == pdu.roomID && event.stateKey == "")
        let topic = #"{"kind":"event_match","key":"content.topic","pattern":"X"}"#
        #expect(try holds(topic, event))
    }

    @Test("Values are the same by type and by byte")
    func values() {
        let values: [PushValue] = [
            .null, .bool(true), .bool(false), .int(0), .int(1), .string(""), .string("\u{E9}"),
            .string("e\u{301}"),
        ]
        #expect(Set(values + values).count == values.count)
    }

    @Test("A property that is not there matches no pattern")
    func absent() throws {
        let match = #"{"kind":"event_match","key":"content.topic","pattern":"*"}"#
        #expect(try !holds(match, PushStory.event(.roomTopic, "{}", key: "")))
        let key = #"{"kind":"event_match","key":"state_key","pattern":"*"}"#
        #expect(try !holds(key, PushStory.event()))
        #expect(try holds(key, PushStory.event(.roomTopic, "{}", key: "")))
        let body = #"{"kind":"event_match","key":"content.body","pattern":""}"#
        #expect(try !holds(body, PushStory.event(.roomTopic, "{}")))
        #expect(try holds(body, PushStory.event()))
    }

    @Test(
        "Of the body, some words are enough",
        arguments: [
            ("An example event.", true), ("exple", true), ("An exciting triple-whammy", true),
            ("examples", false), ("counterexample", false),
        ])
    func body(body: String, matches: Bool) throws {
        let match = #"{"kind":"event_match","key":"content.body","pattern":"ex*ple"}"#
        #expect(try holds(match, PushStory.message(body)) == matches)
        // An escape that is none is another key.
        let other = #"{"kind":"event_match","key":"content\\.body","pattern":"ex*ple"}"#
        #expect(try !holds(other, PushStory.message(body)))
    }

    @Test("The event's own fields have the first level of the path")
    func fields() throws {
        let event = try PushStory.event(.roomTopic, #"{"type":"inner"}"#, key: "k")
        for (key, value) in [
            ("type", "m.room.topic"), ("sender", People.chloe.rawValue),
            ("room_id", PushStory.roomID.rawValue), ("state_key", "k"), ("content.type", "inner"),
        ] {
            #expect(
                try holds(
                    #"{"kind":"event_property_is","key":"\#(key)","value":"\#(value)"}"#, event))
        }
        for key in ["", "type.x", "sender.x", "room_id.x", "state_key.x", "unsigned", "content"] {
            #expect(
                try !holds(#"{"kind":"event_match","key":"\#(key)","pattern":"*"}"#, event))
            #expect(
                try !holds(
                    #"{"kind":"event_property_contains","key":"\#(key)","value":"k"}"#, event))
        }
        #expect(
            try !holds(
                #"{"kind":"event_property_contains","key":"type","value":"m.room.topic"}"#, event))
    }

    @Test(
        "`event_property_is` compares exactly",
        arguments: [
            ("true", "true", true), ("true", #""true""#, false), ("true", "1", false),
            ("null", "null", true), ("null", "false", false), ("5", "5", true), ("5", "5.0", false),
            (#""a""#, #""a""#, true), (#""a""#, #""A""#, false), ("5", "[5]", false),
            (#""é""#, #""e\u0301""#, false),
        ])
    func propertyIs(value: String, found: String, matches: Bool) throws {
        let event = try PushStory.event(.message, #"{"m.federate":\#(found)}"#)
        #expect(
            try holds(
                #"{"kind":"event_property_is","key":"content.m\\.federate","value":\#(value)}"#,
                event) == matches)
    }

    @Test(
        "`event_property_contains` finds one element exactly",
        arguments: [
            (##""#myroom:example.com""##, true), (#"":example.com""#, false), ("7", true),
            ("null", true), ("true", false), ("8", false),
        ])
    func propertyContains(value: String, matches: Bool) throws {
        let event = try PushStory.event(
            .canonicalAlias, ##"{"alt_aliases":["#a:x","#myroom:example.com",7,null,[8]]}"##,
            key: "")
        let key = #""key":"content.alt_aliases""#
        #expect(
            try holds(#"{"kind":"event_property_contains",\#(key),"value":\#(value)}"#, event)
                == matches)
    }

    @Test("Paths escape dots and backslashes, and nothing else")
    func paths() {
        #expect(PropertyPath("content.body").names == ["content", "body"])
        #expect(PropertyPath(#"c.m\.relates_to.x"#).names == ["c", "m.relates_to", "x"])
        #expect(PropertyPath(#"content.m\\foo"#).names == ["content", #"m\foo"#])
        #expect(PropertyPath(#"a\xb"#).names == [#"a\xb"#])
        #expect(PropertyPath(#"a\\.b"#).names == [#"a\"#, "b"])
        #expect(PropertyPath(#"a\"#).names == [#"a\"#])
        #expect(PropertyPath("").names == [""])
        #expect(PropertyPath("a..b.").names == ["a", "", "b", ""])
    }

    @Test(
        "Members are counted",
        arguments: [
            ("2", [2]), ("==2", [2]), ("<2", [0, 1]), (">2", [3, 4]), (">=2", [2, 3, 4]),
            ("<=2", [0, 1, 2]), ("02", [2]),
        ])
    func memberCount(text: String, admitted: [Int]) throws {
        let condition = #"{"kind":"room_member_count","is":"\#(text)"}"#
        for count in 0..<5 {
            #expect(
                try holds(condition, PushStory.event(), members: count)
                    == admitted.contains(count))
        }
    }

    @Test("What is no number of members admits none", arguments: ["", "==", "a", "-1", "=2", "2 "])
    func noMemberCount(text: String) throws {
        #expect(MemberCount(text) == nil)
        let condition = #"{"kind":"room_member_count","is":"\#(text)"}"#
        #expect(try !holds(condition, PushStory.event(), members: 2))
        #expect(MemberCount("99999999999999999999") == nil)
    }

    @Test("A display name is found as words of the body")
    func displayName() throws {
        let condition = #"{"kind":"contains_display_name"}"#
        #expect(try holds(condition, PushStory.message("Hé, BASILE chappe !")))
        #expect(try !holds(condition, PushStory.message("Basile Chappement")))
        #expect(try !holds(condition, PushStory.message("Basile Chappe"), for: nil))
        #expect(try !holds(condition, PushStory.event(.roomTopic, "{}")))
        func named(_ name: String?, _ body: String) throws -> Bool {
            try holds(
                condition, PushStory.message(body),
                for: PushReader(userID: People.basile, displayName: name))
        }
        #expect(try named("Basile", "merci Basile"))
        #expect(try !named("Basile", "merci Basiles"))
        #expect(try !named("", "x"))
        #expect(try !named(nil, "x"))
        // A name is no pattern.
        #expect(try named("B*", "merci B*!"))
        #expect(try !named("B*", "merci Basile"))
    }

    @Test("Unknown conditions, and those that make no sense, match nothing and are kept")
    func unknown() throws {
        for text in [
            #"{"kind":"org.example.moon","phase":"full"}"#, #"{"kind":"event_match"}"#,
            #"{"key":"type","kind":"event_match"}"#, #"{"kind":"event_match","pattern":"*"}"#,
            #"{"key":"type","kind":"event_match","pattern":5}"#,
            #"{"key":"type","kind":"event_property_is"}"#,
            #"{"key":"type","kind":"event_property_is","value":{}}"#,
            #"{"kind":"event_property_contains","value":1}"#,
            #"{"kind":"room_member_count"}"#, #"{"kind":"sender_notification_permission"}"#,
        ] {
            let unknown = try condition(text)
            #expect(unknown == .unknown(Array(text.utf8)))
            #expect(
                !unknown.holds(of: try PushStory.event(), in: PushStory.room(), for: nil))
        }
        for text in ["5", "[]", "{}", #"{"kind":5}"#] {
            #expect(throws: PushRuleError.self) { try condition(text) }
        }
    }

    @Test(
        "Every kind is written as it is read",
        arguments: [
            #"{"kind":"event_match","key":"content.body","pattern":"b*"}"#,
            #"{"kind":"event_property_is","key":"content.a","value":null}"#,
            #"{"kind":"event_property_is","key":"content.a","value":-5}"#,
            #"{"kind":"event_property_contains","key":"content.a","value":"é"}"#,
            #"{"kind":"event_property_contains","key":"content.a","value":true}"#,
            #"{"kind":"contains_display_name"}"#, #"{"kind":"room_member_count","is":"<=10"}"#,
            #"{"kind":"sender_notification_permission","key":"room"}"#,
        ])
    func roundTrip(text: String) throws {
        var writer = JSONWriter()
        let condition = try condition(text)
        writer.array { condition.write(to: &$0, for: People.basile) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[\(text)]")
    }
}
