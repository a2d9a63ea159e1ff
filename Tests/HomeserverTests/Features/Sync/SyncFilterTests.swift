import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct SyncFilterTests {
    @Test(
        "A filter that is not well formed is refused",
        arguments: [
            #"{"room": 4}"#, #"{"room": {"timeline": "x"}}"#, #"{"room": {"state": {"types": 1}}}"#,
            #"{"room": {"timeline": {"limit": -1}}}"#, #"{"room": {"timeline": {"limit": "x"}}}"#,
            #"{"room": {"rooms": ["not_a_room_id"]}}"#,
            #"{"room": {"timeline": {"rooms": ["not_a_room_id"]}}}"#,
            #"{"room": {"timeline": {"senders": ["not_a_sender_id"]}}}"#,
            #"{"presence": {"not_senders": [4]}}"#, #"{"event_format": "cbor"}"#,
            #"{"event_fields": "body"}"#,
        ])
    func malformed(text: String) throws {
        let object = try JSONObject(parsing: Array(text.utf8))
        #expect(throws: MatrixError.self) { try SyncFilter(from: object) }
    }

    @Test("Types match with wildcards, and what is excluded wins")
    func types() throws {
        let object = try JSONObject(
            parsing: Array(#"{"types": ["m.*", "a*c"], "not_types": ["m.room.*"]}"#.utf8))
        let filter = try EventFilter(from: object)
        #expect(filter.admits(type: "m.reaction"))
        #expect(filter.admits(type: "abc"))
        #expect(filter.admits(type: "ac"))
        #expect(!filter.admits(type: "a"))
        #expect(!filter.admits(type: "m.room.message"))
        #expect(!filter.admits(type: "org.example"))
    }

    @Test("Timelines are filtered by type, sender, room and URL", arguments: TestEngine.allCases)
    func timeline(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await amelie.now()
            try await amelie.say("un", in: room)
            try await basile.say("deux", in: room)
            try await basile.send(#"{"body": "image", "url": "mxc://a/b"}"#, in: room)
            try await basile.send(#"{"body": "truc"}"#, in: room, type: "org.example.thing")
            let cases: [(String, [String])] = [
                (#""types": ["m.room.*"]"#, ["un", "deux", "image"]),
                (#""not_types": ["m.room.*"]"#, ["truc"]),
                (#""senders": ["@basile:culture.example"]"#, ["deux", "image", "truc"]),
                (#""not_senders": ["@basile:culture.example"]"#, ["un"]),
                (#""contains_url": true"#, ["image"]),
                (#""contains_url": false"#, ["un", "deux", "truc"]),
                (#""rooms": ["\#(room)"]"#, ["un", "deux", "image", "truc"]),
                (#""not_rooms": ["\#(room)"]"#, []),
                (#""types": []"#, []),
                (#""limit": 2"#, ["image", "truc"]),
            ]
            for (filter, expected) in cases {
                let answer = try await amelie.sync(
                    since: since, filter: #"{"room": {"timeline": {\#(filter)}}}"#)
                #expect(answer.joined(room).said == expected, "\(filter)")
            }
            let elsewhere = try await amelie.sync(
                since: since, filter: #"{"room": {"not_rooms": ["\#(room)"]}}"#)
            #expect(elsewhere["rooms"] == nil)
        }
    }

    @Test("Events are found by what relates to them", arguments: TestEngine.allCases)
    func related(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await amelie.now()
            let root = try await amelie.say("racine", in: room)
            try await amelie.say("feuille", in: room)
            try await basile.answer("réponse", to: root, in: room)
            for (filter, expected) in [
                (#""related_by_rel_types": ["m.thread"]"#, ["racine"]),
                (#""related_by_rel_types": ["m.annotation"]"#, []),
                (#""related_by_senders": ["@basile:culture.example"]"#, ["racine"]),
                (#""related_by_senders": ["@amelie:culture.example"]"#, []),
            ] {
                let answer = try await amelie.sync(
                    since: since, filter: #"{"room": {"timeline": {\#(filter)}}}"#)
                #expect(answer.joined(room).said == expected, "\(filter)")
            }
        }
    }

    @Test("Only the fields that were asked for are sent", arguments: TestEngine.allCases)
    func fields(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let since = try await amelie.now()
            try await amelie.send(
                #"{"body": "un", "msgtype": "m.text", "a.b": {"c": 1, "d": 2}}"#, in: room)
            let filter = #"{"event_fields": ["content.body", "content.a\\.b.c", "type"]}"#
            let event = try await amelie.sync(since: since, filter: filter).joined(room)
                .timeline.first
            let expected = try JSON(
                parsing: Array(
                    #"{"content":{"a.b":{"c":1},"body":"un"},"type":"m.room.message"}"#.utf8))
            #expect(try event?.canonical() == expected.canonical())
        }
    }

    @Test(
        "Events come as servers have them where that was asked for", arguments: TestEngine.allCases)
    func federationFormat(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let since = try await amelie.now()
            let id = try await amelie.say("un", in: room)
            let event = try await amelie.sync(
                since: since, filter: #"{"event_format": "federation"}"#
            ).joined(room).timeline.first
            #expect(event?["auth_events"]?.array != nil)
            #expect(event?["signatures"]?.object != nil)
            #expect(event?["event_id"]?.string == id)
        }
    }

    @Test("Other sections are filtered too", arguments: TestEngine.allCases)
    func otherSections(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let event = try await amelie.say("un", in: room)
            try await amelie.read(event, in: room)
            try await amelie.setAccountData("org.example.a", #"{"a": 1}"#)
            let answer = try await amelie.sync(
                filter: #"""
                    {"account_data": {"not_types": ["m.push_rules"]}, "presence": {"types": []},
                     "room": {"ephemeral": {"types": []}, "state": {"types": ["m.room.create"]},
                              "timeline": {"limit": 1}}}
                    """#)
            #expect(answer.accountData("m.push_rules") == nil)
            #expect(answer.accountData("org.example.a") != nil)
            #expect(answer["presence"] == nil)
            #expect(answer.joined(room).ephemeral.isEmpty)
            #expect(answer.joined(room).keys() == ["m.room.create"])
        }
    }
}
