import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct CreateRoomTests {
    private let createRoom = "/_matrix/client/v3/createRoom"

    @Test("Each preset brings its rules", arguments: TestEngine.allCases)
    func presets(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.hasPolicies = false }) { server in
            let amelie = try await server.register("amelie")
            for (body, rule, guests) in [
                (#"{"preset": "private_chat"}"#, "invite", "can_join"),
                (#"{"preset": "trusted_private_chat"}"#, "invite", "can_join"),
                (#"{"preset": "public_chat"}"#, "public", "forbidden"),
                (#"{"visibility": "public"}"#, "public", "forbidden"),
                (#"{}"#, "invite", "can_join"),
            ] {
                let room = try await amelie.createRoom(body)
                let joinRules = try await amelie.state("m.room.join_rules", in: room)
                #expect(joinRules["join_rule"]?.string == rule)
                let access = try await amelie.state("m.room.guest_access", in: room)
                #expect(access["guest_access"]?.string == guests)
                let history = try await amelie.state("m.room.history_visibility", in: room)
                #expect(history["history_visibility"]?.string == "shared")
            }
        }
    }

    @Test("A room is made in every version", arguments: roomVersions)
    func versions(version: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                """
                {"room_version": "\(version)", "preset": "trusted_private_chat", "name": "Conseil",
                 "topic": "Ordre du jour", "room_alias_name": "conseil", "invite": ["\(basile.id)"],
                 "creation_content": {"room_version": "999", "creator": "@x:y", "type": "org.example"}}
                """)
            let create = try await amelie.state("m.room.create", in: room)
            #expect(create["room_version"]?.string == version)
            #expect(create["type"]?.string == "org.example")
            #expect(create["creator"]?.string == (Int(version) ?? 0 < 11 ? amelie.id : nil))
            #expect(room.contains(":") == (version != "12"))

            let levels = try await amelie.state("m.room.power_levels", in: room)
            if version == "12" {
                let creators = create["additional_creators"]?.array?.strings
                #expect(creators == [basile.id])
                #expect(levels["users"]?.object?.isEmpty == true)
                #expect(levels["events", "m.room.tombstone"]?.int == 150)
            } else {
                #expect(levels["users", amelie.id]?.int == 100)
                #expect(levels["users", basile.id]?.int == 100)
            }
            #expect(try await basile.join("#conseil:culture.example").status == 200)
            try await basile.say("bonjour", in: room)
            let alias = try await basile.state("m.room.canonical_alias", in: room)
            #expect(alias["alias"]?.string == "#conseil:culture.example")
        }
    }

    @Test("The first events come in the order of the specification")
    func order() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                """
                {"name": "Conseil", "topic": "Ordre du jour", "room_alias_name": "conseil",
                 "initial_state": [
                    {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
                    {"type": "m.room.name", "content": {"name": "Autre"}},
                    {"type": "m.room.join_rules", "content": {"join_rule": "knock"}}],
                 "is_direct": true, "invite": ["\(basile.id)"]}
                """)
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/messages?dir=f&limit=50"
            let messages = try await amelie.get(path)
            #expect(
                messages.each("type", of: "chunk") == [
                    "m.room.create", "m.room.member", "m.room.power_levels",
                    "m.room.canonical_alias", "m.room.history_visibility", "m.room.guest_access",
                    "m.room.encryption", "m.room.join_rules", "m.room.name", "m.room.topic",
                    "m.room.member",
                ])
            #expect(try await amelie.state("m.room.name", in: room)["name"]?.string == "Conseil")
            let topic = try await amelie.state("m.room.topic", in: room)
            #expect(topic["topic"]?.string == "Ordre du jour")
            #expect(topic["m.topic", "m.text"]?.array?.first?["body"]?.string == "Ordre du jour")
            let invite = try await amelie.state("m.room.member", basile.id, in: room)
            #expect(invite["is_direct"]?.bool == true)
            #expect(invite["displayname"]?.string == "basile")
            let join = try await amelie.state("m.room.member", amelie.id, in: room)
            #expect(join["displayname"]?.string == "amelie")
        }
    }

    @Test("Power levels are overridden by their names")
    func powerLevelOverride() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom(
                """
                {"power_level_content_override":
                    {"events_default": 100, "events": {"m.room.name": 10}}}
                """)
            let levels = try await amelie.state("m.room.power_levels", in: room)
            #expect(levels["events_default"]?.int == 100)
            #expect(levels["events"]?.object?.count == 1)
            #expect(levels["ban"]?.int == 50)
        }
    }

    @Test("What does not hold together makes no room", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            try await amelie.createRoom(#"{"room_alias_name": "pris"}"#)
            let rooms = try await server.count("rooms")
            let aliases = try await server.count("room_aliases")
            let events = try await server.count("events")
            for (body, status, code) in [
                (#"{"room_version": 12}"#, 400, "M_BAD_JSON"),
                (#"{"room_version": "ahf"}"#, 400, "M_UNSUPPORTED_ROOM_VERSION"),
                (#"{"room_alias_name": "pris"}"#, 400, "M_ROOM_IN_USE"),
                (##"{"room_alias_name": "#pris:culture.example"}"##, 400, "M_INVALID_PARAM"),
                (#"{"room_alias_name": "a b"}"#, 400, "M_INVALID_PARAM"),
                (#"{"room_alias_name": ""}"#, 400, "M_INVALID_PARAM"),
                (#"{"visibility": "secret"}"#, 400, "M_INVALID_PARAM"),
                (#"{"preset": "party"}"#, 400, "M_INVALID_PARAM"),
                (#"{"invite": ["basile"]}"#, 400, "M_INVALID_PARAM"),
                (#"{"invite": "@basile:culture.example"}"#, 400, "M_BAD_JSON"),
                (#"{"name": 5}"#, 400, "M_BAD_JSON"),
                (#"{"initial_state": [5]}"#, 400, "M_BAD_JSON"),
                (#"{"initial_state": [{"type": "m.room.name"}]}"#, 400, "M_MISSING_PARAM"),
                (#"{"creation_content": {"m.federate": "no"}}"#, 400, "M_BAD_JSON"),
                (#"{"creation_content": {"type": 5}}"#, 400, "M_BAD_JSON"),
                (#"{"creation_content": {"additional_creators": "@b:c"}}"#, 400, "M_BAD_JSON"),
                (#"{"creation_content": {"additional_creators": ["b"]}}"#, 400, "M_INVALID_PARAM"),
                (
                    #"{"power_level_content_override": {"users": {"@amelie:culture.example": 100}}}"#,
                    400, "M_INVALID_ROOM_STATE"
                ),
                (
                    #"{"room_version": "11", "name": "x", "power_level_content_override": {"users": {}}}"#,
                    400, "M_INVALID_ROOM_STATE"
                ),
                (
                    #"{"initial_state": [{"type": "m.room.create", "content": {}}]}"#,
                    400, "M_INVALID_ROOM_STATE"
                ),
                (
                    #"{"initial_state": [{"type": "a", "content": {"n": 1.5}}]}"#, 400, "M_BAD_JSON"
                ),
                (
                    ##"{"initial_state": [{"type": "m.room.canonical_alias", "content": {"alias": "#pris:culture.example"}}]}"##,
                    400, "M_BAD_ALIAS"
                ),
                (
                    #"{"invite_3pid": [{"medium": "email", "address": "a@b.example"}]}"#,
                    403, "M_THREEPID_DENIED"
                ),
                (#"{"invite": ["@zoe:elsewhere.example"]}"#, 400, "M_INVALID_ROOM_STATE"),
                ("[]", 400, "M_BAD_JSON"),
                ("{", 400, "M_NOT_JSON"),
            ] {
                let answer = try await amelie.post(createRoom, body)
                #expect(answer.status == status, "\(body): \(answer.text)")
                #expect(answer.errcode == code, "\(body): \(answer.text)")
            }
            #expect(try await server.count("rooms") == rooms)
            #expect(try await server.count("room_aliases") == aliases)
            #expect(try await server.count("events") == events)
        }
    }

    @Test(
        "Members of any shape in what others define do not break anything",
        arguments: ["5", #""x""#, "{}", "[]", "null", "[[[]]]", "true"])
    func oddMembers(value: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let created = try await amelie.post(
                createRoom,
                """
                {"creation_content": {"predecessor": \(value), "org.example": \(value)},
                 "initial_state": [
                    {"type": "m.room.name", "content": {"name": \(value)}},
                    {"type": "m.room.topic", "content": {"topic": \(value), "m.topic": \(value)}},
                    {"type": "m.room.avatar", "content": {"url": \(value)}},
                    {"type": "m.room.join_rules", "content": {"join_rule": "public", "allow": \(value)}},
                    {"type": "m.room.encryption", "content": {"algorithm": \(value)}},
                    {"type": "m.room.guest_access", "content": {"guest_access": \(value)}},
                    {"type": "m.room.history_visibility", "content": {"history_visibility": \(value)}},
                    {"type": "m.space.child", "state_key": "!a:b", "content":
                        {"via": \(value), "order": \(value), "suggested": \(value)}}],
                 "visibility": "public"}
                """)
            let room = try created.string("room_id")
            let invite =
                #"{"membership": "invite", "invite_room_state": \#(value), "is_direct": \#(value)}"#
            let invited = try await amelie.setState("m.room.member", basile.id, in: room, invite)
            #expect(invited.status == 200, "\(invited.text)")
            #expect(try await basile.sync().status == 200)
            #expect(try await basile.join(room).status == 200)
            #expect(try await basile.sync().status == 200)
            #expect(try await basile.publicRooms().status == 200)
            #expect(try await basile.summary(room).status == 200)
            #expect(try await basile.hierarchy(room).status == 200)
            #expect(try await amelie.upgrade(room, to: "12").status == 200)
        }
    }

    @Test("A room with hundreds of first events is made, and one with thousands is not")
    func limits() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            func body(_ count: Int) -> String {
                let states = (0..<count).map {
                    #"{"type": "a", "state_key": "\#($0)", "content": {}}"#
                }
                return #"{"initial_state": [\#(states.joined(separator: ","))]}"#
            }
            #expect(try await amelie.post(createRoom, body(300)).status == 200)
            #expect(try await amelie.post(createRoom, body(2000)).status == 400)
            let deep = String(repeating: "[", count: 100_000)
            let nested = try await amelie.post(createRoom, #"{"name": \#(deep)}"#)
            #expect(nested.status == 400)
            let large = #"{"name": "\#(String(repeating: "x", count: 70_000))"}"#
            #expect(try await amelie.post(createRoom, large).errcode == "M_TOO_LARGE")
            #expect(
                try await amelie.post(
                    createRoom, #"{"name": "\#(String(repeating: "x", count: 1_100_000))"}"#
                ).status == 413)
        }
    }
}
