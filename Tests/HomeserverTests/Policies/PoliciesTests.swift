import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct PoliciesTests {
    private func run(
        _ engine: TestEngine, encrypts: Bool = true,
        _ body: (TestServer, TestClient) async throws -> Void
    ) async throws {
        try await TestServer.run(on: engine, { $0.encryptsPrivateRooms = encrypts }) { server in
            try await body(server, try await server.register("amelie"))
        }
    }

    private func encryption(of room: String, _ user: TestClient) async throws -> String? {
        try await user.state("m.room.encryption", in: room)["algorithm"]?.string
    }

    @Test(
        "Every private room is encrypted from its creation, and no public one",
        arguments: TestEngine.allCases)
    func encryptedFromCreation(engine: TestEngine) async throws {
        try await run(engine) { _, amelie in
            let rule = #"{"type": "m.room.join_rules", "content": {"join_rule": "public"}}"#
            let weak = #"{"type": "m.room.encryption", "content": {"algorithm": "rot13"}}"#
            let rows: [(String, Bool)] = [
                ("{}", true), (#"{"preset": "private_chat"}"#, true),
                (#"{"preset": "trusted_private_chat", "is_direct": true}"#, true),
                (#"{"initial_state": [\#(weak)]}"#, true),
                (#"{"preset": "public_chat"}"#, false), (#"{"visibility": "public"}"#, false),
                (#"{"initial_state": [\#(rule)]}"#, false),
                (#"{"creation_content": {"type": "m.space"}}"#, false),
            ]
            for (body, isEncrypted) in rows {
                let room = try await amelie.createRoom(body)
                let algorithm = try await encryption(of: room, amelie)
                #expect(algorithm == (isEncrypted ? "m.megolm.v1.aes-sha2" : nil), "\(body)")
            }
        }
    }

    @Test("The setting alone decides whether rooms are encrypted", arguments: TestEngine.allCases)
    func setting(engine: TestEngine) async throws {
        try await run(engine, encrypts: false) { _, amelie in
            let room = try await amelie.createRoom("{}")
            let algorithm = try await encryption(of: room, amelie)
            #expect(algorithm == nil)
            try await amelie.setState(
                "m.room.encryption", #"{"algorithm": "m.megolm.v1.aes-sha2"}"#, in: room)
            #expect(try await amelie.say("En clair", in: room).hasPrefix("$"))
        }
    }

    @Test("Nothing is said in the clear in an encrypted room", arguments: TestEngine.allCases)
    func noPlainMessages(engine: TestEngine) async throws {
        try await run(engine) { _, amelie in
            let room = try await amelie.createRoom("{}")
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/send"
            for type in ["m.room.message", "m.sticker", "m.poll.start", "fr.chappe.autre"] {
                let answer = try await amelie.put("\(path)/\(type)/1", #"{"body": "x"}"#)
                #expect(answer.errcode == "M_FORBIDDEN", "\(type)")
            }
            let said = try await amelie.send(
                #"{"algorithm": "m.megolm.v1.aes-sha2"}"#, in: room, type: "m.room.encrypted")
            try await amelie.send(
                #"""
                {"m.relates_to": {"rel_type": "m.annotation", "event_id": "\#(said)", "key": "+"}}
                """#, in: room, type: "m.reaction")
            try await amelie.setState("m.room.name", #"{"name": "Secret"}"#, in: room)
            try await amelie.redact(said, in: room)
            let event = try await amelie.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/event/\(pathComponent(said))")
            #expect(event["content"]?.object?.isEmpty == true)
            // A public room that was not encrypted is spoken in as before.
            let open = try await amelie.createRoom()
            #expect(try await amelie.say("Bonjour", in: open).hasPrefix("$"))
        }
    }

    @Test(
        "The encryption of a room is neither removed nor weakened", arguments: TestEngine.allCases)
    func encryptionStays(engine: TestEngine) async throws {
        try await run(engine, encrypts: false) { _, amelie in
            let room = try await amelie.createRoom()
            let good = #"{"algorithm": "m.megolm.v1.aes-sha2"}"#
            let event = try await amelie.setState("m.room.encryption", good, in: room)
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/state/m.room.encryption"
            for content in [
                "{}", #"{"algorithm": "rot13"}"#, #"{"algorithm": null}"#,
                #"{"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 101}"#,
                #"{"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_ms": 604800001}"#,
            ] {
                #expect(try await amelie.put(path, content).errcode == "M_FORBIDDEN", "\(content)")
            }
            let stronger =
                #"{"algorithm": "m.megolm.v1.aes-sha2", "rotation_period_msgs": 10}"#
            #expect(try await amelie.put(path, stronger).status == 200)
            let redaction = try await amelie.put(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/redact/\(pathComponent(event))/1")
            #expect(redaction.errcode == "M_FORBIDDEN")
        }
    }

    @Test("The create event is not redacted, on either way", arguments: TestEngine.allCases)
    func foundations(engine: TestEngine) async throws {
        try await run(engine) { _, amelie in
            let room = try await amelie.createRoom()
            let state = try await amelie.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/state")
            let create = try state.json.array?.first { $0["type"]?.string == "m.room.create" }
            let id = create?["event_id"]?.string ?? ""
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))"
            let answers = [
                try await amelie.put("\(path)/redact/\(pathComponent(id))/1"),
                try await amelie.put("\(path)/send/m.room.redaction/2", #"{"redacts": "\#(id)"}"#),
            ]
            for answer in answers { #expect(answer.errcode == "M_FORBIDDEN") }
            let said = try await amelie.say("x", in: room)
            try await amelie.redact(said, in: room)
        }
    }

    @Test(
        "A private room is made public by no API, now or in its first events",
        arguments: TestEngine.allCases)
    func privateStaysPrivate(engine: TestEngine) async throws {
        try await run(engine) { server, amelie in
            let room = try await amelie.createRoom("{}")
            let opening: [(String, String)] = [
                ("m.room.join_rules", #"{"join_rule": "public"}"#),
                ("m.room.history_visibility", #"{"history_visibility": "world_readable"}"#),
                ("m.room.guest_access", #"{"guest_access": "can_join"}"#),
            ]
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/state"
            for (type, content) in opening {
                let answer = try await amelie.put("\(path)/\(type)", content)
                #expect(answer.errcode == "M_FORBIDDEN", "\(type)")
            }
            for (type, content) in opening.dropFirst() {
                let answer = try await amelie.post(
                    "/_matrix/client/v3/createRoom",
                    #"{"initial_state": [{"type": "\#(type)", "content": \#(content)}]}"#)
                #expect(answer.errcode == "M_INVALID_ROOM_STATE", "\(type)")
            }
            let listing = "/_matrix/client/v3/directory/list/room/\(pathComponent(room))"
            let listed = try await amelie.put(listing, #"{"visibility": "public"}"#)
            #expect(listed.errcode == "M_FORBIDDEN")
            #expect(try await amelie.put(listing, #"{"visibility": "private"}"#).status == 200)
            let guests = try await amelie.state("m.room.guest_access", in: room)
            #expect(guests["guest_access"]?.string == "forbidden")
            // Knocking and rooms for members of others open it to nobody else.
            for content in [
                #"{"join_rule": "knock"}"#, #"{"join_rule": "invite"}"#,
                #"{"join_rule": "restricted", "allow": []}"#,
            ] {
                let answer = try await amelie.put("\(path)/m.room.join_rules", content)
                #expect(answer.status == 200)
            }
        }
    }

    @Test("The latch holds after a restart", arguments: TestEngine.allCases)
    func restart(engine: TestEngine) async throws {
        try await TestServer.runTwice(on: engine) { server in
            let amelie = try await server.register("amelie")
            return (amelie, try await amelie.createRoom("{}"))
        } then: { server, kept in
            let answer = try await kept.0.on(server).put(
                "/_matrix/client/v3/rooms/\(pathComponent(kept.1))/state/m.room.join_rules",
                #"{"join_rule": "public"}"#)
            #expect(answer.errcode == "M_FORBIDDEN")
        }
    }

    @Test("A room that is replaced keeps its kind, or tightens it", arguments: TestEngine.allCases)
    func upgrade(engine: TestEngine) async throws {
        try await run(engine) { _, amelie in
            for (body, isPrivate) in [("{}", true), (#"{"preset": "public_chat"}"#, false)] {
                let old = try await amelie.createRoom(body)
                let new = try await amelie.post(
                    "/_matrix/client/v3/rooms/\(pathComponent(old))/upgrade",
                    #"{"new_version": "11"}"#
                ).string("replacement_room")
                let algorithm = try await encryption(of: new, amelie)
                #expect((algorithm != nil) == isPrivate)
                let opened = try await amelie.put(
                    "/_matrix/client/v3/rooms/\(pathComponent(new))/state/m.room.join_rules",
                    #"{"join_rule": "public"}"#)
                #expect((opened.errcode == "M_FORBIDDEN") == isPrivate)
            }
        }
    }

    @Test(
        "Where only the specification decides, nothing of this holds",
        arguments: TestEngine.allCases)
    func plain(engine: TestEngine) async throws {
        try await TestServer.run(
            on: engine,
            {
                $0.hasPolicies = false
                $0.encryptsPrivateRooms = true
            }
        ) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom("{}")
            let algorithm = try await encryption(of: room, amelie)
            #expect(algorithm == nil)
            try await amelie.setState(
                "m.room.history_visibility", #"{"history_visibility": "world_readable"}"#,
                in: room)
            try await amelie.setState("m.room.join_rules", #"{"join_rule": "public"}"#, in: room)
            let basile = try await server.register("basile")
            let read = try await basile.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/messages?dir=b")
            #expect(read.status == 200)
            let close = try await amelie.post(MakePrivateTests.path(room))
            #expect(close.errcode == "M_UNRECOGNIZED")
        }
    }
}

@Suite(.serialized)
struct MakePrivateTests {
    static func path(_ room: String) -> String {
        "/_matrix/client/unstable/fr.chappe/rooms/\(pathComponent(room))/make_private"
    }

    @Test("A public room becomes private in one step, and stays so", arguments: TestEngine.allCases)
    func once(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.encryptsPrivateRooms = true }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom(
                #"""
                {"preset": "public_chat", "visibility": "public", "initial_state": [
                  {"type": "m.room.history_visibility",
                   "content": {"history_visibility": "world_readable"}},
                  {"type": "im.vector.room.access_rules",
                   "content": {"rule": "restricted", "visibility": "public"}}]}
                """#)
            try await basile.join(room)
            // Not by somebody who may not do each part of it.
            #expect(try await basile.post(Self.path(room)).errcode == "M_FORBIDDEN")
            #expect(try await chloe.post(Self.path(room)).errcode == "M_FORBIDDEN")
            let before = try await amelie.state("m.room.join_rules", in: room)
            #expect(before["join_rule"]?.string == "public")

            #expect(try await amelie.post(Self.path(room)).status == 200)
            let expected: [(String, String, String)] = [
                ("m.room.join_rules", "join_rule", "invite"),
                ("m.room.encryption", "algorithm", "m.megolm.v1.aes-sha2"),
                ("m.room.history_visibility", "history_visibility", "invited"),
                ("im.vector.room.access_rules", "visibility", "private"),
            ]
            for (type, member, value) in expected {
                let content = try await amelie.state(type, in: room)
                #expect(content[member]?.string == value)
            }
            let listing = "/_matrix/client/v3/directory/list/room/\(pathComponent(room))"
            #expect(try await amelie.get(listing)["visibility"]?.string == "private")
            let listed = try await amelie.put(listing, #"{"visibility": "public"}"#)
            #expect(listed.errcode == "M_FORBIDDEN")
            #expect(try await chloe.join(room).status == 403)
            let read = try await chloe.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/messages?dir=b")
            #expect(read.status == 403)
            let members = try await basile.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/joined_members")
            #expect(members["joined"]?.object?.count == 2)

            // Asked again, nothing is said again.
            let events = try await server.count("events")
            #expect(try await amelie.post(Self.path(room)).status == 200)
            #expect(try await server.count("events") == events)
            let opened = try await amelie.put(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/state/m.room.join_rules",
                #"{"join_rule": "public"}"#)
            #expect(opened.errcode == "M_FORBIDDEN")
        }
    }

    @Test(
        "Where one of the events is refused the room stays as it was",
        arguments: TestEngine.allCases)
    func atomic(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            // He may change the join rule, and encrypt, but not what is read.
            let room = try await amelie.createRoom(
                #"""
                {"preset": "public_chat", "power_level_content_override": {
                  "users": {"@basile:culture.example": 60},
                  "events": {"m.room.encryption": 50, "m.room.join_rules": 50,
                             "m.room.history_visibility": 100}}}
                """#)
            try await basile.join(room)
            let events = try await server.count("events")
            #expect(try await basile.post(Self.path(room)).errcode == "M_FORBIDDEN")
            #expect(try await server.count("events") == events)
            let rule = try await amelie.state("m.room.join_rules", in: room)
            #expect(rule["join_rule"]?.string == "public")
            let answer = try await amelie.put(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/state/m.room.join_rules",
                #"{"join_rule": "invite"}"#)
            #expect(answer.status == 200)
        }
    }
}
