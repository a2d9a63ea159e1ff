import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct RoomStateTests {
    @Test(
        "State is set, read whole and one by one, as content and as event",
        arguments: TestEngine.allCases)
    func readBack(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/state"
            let set = try await amelie.put(path + "/m.room.name", #"{"name":"Été"}"#)
            let eventID = try set.string("event_id")
            let again = try await amelie.put(path + "/m.room.name/", #"{ "name": "Été" }"#)
            #expect(try again.string("event_id") == eventID)
            #expect(try await amelie.get(path + "/m.room.name").text == #"{"name":"Été"}"#)
            #expect(try await amelie.get(path + "/m.room.name/").text == #"{"name":"Été"}"#)
            let event = try await amelie.get(path + "/m.room.name/?format=event")
            #expect(try event.string("event_id") == eventID)
            #expect(event["content", "name"]?.string == "Été")
            #expect(event["room_id"]?.string == room)
            #expect(event["state_key"]?.string == "")
            #expect(try await amelie.get(path + "/m.room.name?format=x").status == 400)
            #expect(try await amelie.get(path + "/m.room.nothing").errcode == "M_NOT_FOUND")

            let all = try await amelie.get(path)
            let types = try all.json.array?.compactMap { $0["type"]?.string } ?? []
            #expect(
                Set(types) == [
                    "m.room.create", "m.room.member", "m.room.power_levels", "m.room.join_rules",
                    "m.room.history_visibility", "m.room.guest_access", "m.room.name",
                ])
            #expect(types.count == 7)
        }
    }

    @Test("State keys of any text come back, and a zero byte is in none")
    func stateKeys() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            for key in ["é/à", "a b", "%2F", "\u{301}", "日本"] {
                #expect(try await amelie.setState("t", key, in: room, #"{"k": 1}"#).status == 200)
                #expect(try await amelie.state("t", key, in: room).text.contains("1"))
            }
            #expect(
                try await amelie.setState("t", "e\u{301}", in: room, #"{"k": 2}"#).status == 200)
            #expect(try await amelie.state("t", "é", in: room).status == 404)
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/state"
            #expect(try await amelie.put(path + "/t/%00", "{}").status == 400)
            #expect(try await amelie.put(path + "/t%00/a", "{}").status == 400)
            #expect(try await amelie.get(path + "/t/%00").status == 404)
            let name = #"{"name": "a\u0000b", "displayname": "\u0000"}"#
            #expect(try await amelie.put(path + "/m.room.name", name).status == 200)
            let member = #"{"membership": "join", "displayname": "a\u0000b"}"#
            #expect(
                try await amelie.setState("m.room.member", amelie.id, in: room, member).status
                    == 200)
            #expect(try await amelie.joinedMembers(room).status == 200)
            let long = String(repeating: "k", count: 255)
            #expect(try await amelie.setState("t", long, in: room, "{}").status == 200)
            #expect(
                try await amelie.setState("t", long + "k", in: room, "{}").errcode == "M_TOO_LARGE")
            #expect(try await amelie.setState(long, "", in: room, "{}").status == 200)
            #expect(
                try await amelie.setState(long + "t", "", in: room, "{}").errcode == "M_TOO_LARGE")
        }
    }

    @Test("Bad bodies are refused and change nothing")
    func badBodies() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let events = try await server.count("events")
            let deep = String(repeating: #"{"a":"#, count: 1_000)
            for (body, status) in [
                ("", 400), ("{", 400), ("[]", 400), ("5", 400), ("null", 400),
                (#"{"a": 1.5}"#, 400), (#"{"a": 9007199254740992}"#, 400), (#"{"a": NaN}"#, 400),
                (#"{"a": 1e400}"#, 400), (#"{"a": 1, "a": 2}"#, 400),
                (#"{"a": "\ud800"}"#, 400), ("\u{FEFF}{}", 400), (deep, 400),
                (#"{"a": "\#(String(repeating: "x", count: 65_500))"}"#, 413),
                (#"{"a": "\#(String(repeating: "x", count: 70_000))"}"#, 413),
            ] {
                let answer = try await amelie.setState("t", in: room, body)
                #expect(answer.status == status, "\(body.prefix(40)): \(answer.text)")
            }
            #expect(try await server.count("events") == events)
        }
    }

    @Test("Member events that are none are refused in every version", arguments: roomVersions)
    func badMembers(version: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"{"room_version": "\#(version)", "preset": "public_chat"}"#)
            try await basile.join(room)
            for (user, content) in [
                (basile.id, "{}"), (basile.id, #"{"membership": 5}"#),
                (basile.id, #"{"membership": "emperor"}"#),
                (basile.id, #"{"membership": "join", "join_authorised_via_users_server": 5}"#),
                (basile.id, #"{"membership": "invite", "third_party_invite": 5}"#),
                (basile.id, #"{"membership": "invite", "third_party_invite": {}}"#),
                ("basile", #"{"membership": "join"}"#), ("", #"{"membership": "join"}"#),
                (amelie.id, #"{"membership": "leave"}"#),
            ] {
                let answer = try await basile.setState("m.room.member", user, in: room, content)
                // What the server decides is dropped from a join, not refused.
                let isOurs = content.contains("join_authorised")
                #expect(
                    answer.status == 200 ? isOurs : [400, 403].contains(answer.status),
                    "\(answer.text)")
            }
            #expect(try await basile.sync().status == 200)
            #expect(try await amelie.members(room).status == 200)
            #expect(try await amelie.membership(of: basile.id, in: room) == "join")
        }
    }

    @Test("Power levels are judged as each version says", arguments: roomVersions)
    func powerLevels(version: String) async throws {
        try await TestServer.run { server in
            let number = Int(version) ?? 0
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"{"room_version": "\#(version)", "preset": "public_chat"}"#)
            try await basile.join(room)
            func levels(_ member: String) -> String {
                number >= 12 ? "{\(member)}" : #"{"users": {"\#(amelie.id)": 100}, \#(member)}"#
            }
            for (member, isAllowed) in [
                (#""kick": 0"#, true), (#""kick": "50""#, number < 10),
                (#""kick": "+ 5""#, false), (#""kick": "x""#, false),
                (#""kick": 1.5"#, number < 6), (#""kick": null"#, false),
                (#""kick": []"#, false), (#""kick": 9007199254740991"#, number >= 12),
                (#""kick": 9007199254740992"#, false), (#""events": 5"#, false),
                (#""events": {"a": "x"}"#, false), (#""kick": true"#, false),
            ] {
                let answer = try await amelie.setState(
                    "m.room.power_levels", in: room, levels(member))
                #expect(
                    (answer.status == 200) == isAllowed, "v\(version) \(member): \(answer.text)")
                #expect(answer.status < 500)
            }
            // Whoever has none gives none.
            let grab =
                number >= 12
                ? #"{"users": {"\#(basile.id)": 100}}"#
                : #"{"users": {"\#(amelie.id)": 100, "\#(basile.id)": 100}}"#
            #expect(try await basile.setState("m.room.power_levels", in: room, grab).status == 403)
            if number >= 12 {
                let own = #"{"users": {"\#(amelie.id)": 100}}"#
                #expect(
                    try await amelie.setState("m.room.power_levels", in: room, own).status == 403)
            }
        }
    }

    @Test("State of another user is not set, nor what takes more power")
    func forbidden() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            #expect(try await basile.setState("m.room.name", in: room, "{}").status == 403)
            #expect(
                try await basile.setState("m.room.name", in: "!none:culture.example", "{}").status
                    == 403)
            try await basile.join(room)
            #expect(
                try await basile.setState("m.room.name", in: room, "{}").errcode == "M_FORBIDDEN")
            #expect(
                try await amelie.setState("t", basile.id, in: room, "{}").errcode == "M_FORBIDDEN")
            #expect(try await amelie.setState("t", amelie.id, in: room, "{}").status == 200)
            #expect(try await amelie.setState("m.room.create", in: room, "{}").status == 403)
        }
    }

    @Test("A world-readable room's state is read by anybody, a shared one's by its members")
    func worldReadable() async throws {
        try await TestServer.run({ $0.hasPolicies = false }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(#"{"name": "Ouvert"}"#)
            #expect(try await basile.allState(room).status == 403)
            try await amelie.setState(
                "m.room.history_visibility", in: room, #"{"history_visibility": "world_readable"}"#)
            #expect(try await basile.allState(room).status == 200)
            #expect(try await basile.state("m.room.name", in: room).status == 200)
            #expect(try await basile.members(room).status == 200)
            #expect(try await basile.joinedMembers(room).status == 403)
            let aliases = try await basile.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/aliases")
            #expect(aliases["aliases"]?.array?.isEmpty == true)
        }
    }
}

struct MembersTests {
    @Test("Members are listed by membership", arguments: TestEngine.allCases)
    func byMembership(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom(#"{"preset": "public_chat"}"#)
            try await basile.join(room)
            try await chloe.join(room)
            try await chloe.leave(room)
            try await amelie.invite("@denis:culture.example", to: room)

            func names(_ query: String) async throws -> Set<String> {
                let answer = try await amelie.members(room, query)
                #expect(answer.status == 200)
                return Set(
                    answer.each("state_key", of: "chunk").map {
                        String($0.dropFirst().prefix { $0 != ":" })
                    })
            }
            #expect(try await names("") == ["amelie", "basile", "chloe", "denis"])
            #expect(try await names("?membership=join") == ["amelie", "basile"])
            #expect(try await names("?not_membership=join") == ["chloe", "denis"])
            #expect(
                try await names("?membership=join&not_membership=leave") == [
                    "amelie", "basile", "denis",
                ])
            #expect(try await names("?membership=ban") == [])
            #expect(try await amelie.members(room, "?membership=x").errcode == "M_INVALID_PARAM")
            #expect(try await amelie.members(room, "?at=x").errcode == "M_INVALID_PARAM")
        }
    }

    @Test("Members are listed as of a place in the room's history")
    func atPlace() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(#"{"preset": "public_chat"}"#)
            let before = try await amelie.sync().string("next_batch")
            try await basile.join(room)
            let after = try await amelie.sync().string("next_batch")
            try await basile.leave(room)
            func members(_ token: String, _ query: String = "") async throws -> Set<String> {
                Set(
                    try await amelie.members(room, "?at=\(token)\(query)").each(
                        "state_key", of: "chunk"))
            }
            #expect(try await members(before) == [amelie.id])
            #expect(try await members(after, "&membership=join") == [amelie.id, basile.id])
            #expect(try await members(after, "&membership=leave") == [])
            #expect(try await amelie.members(room, "?at=h-9223372036854775808").status == 403)
        }
    }

    @Test("What a redacted member was called is told nowhere")
    func redactedMember() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.setState(
                "m.room.member", basile.id, in: room,
                #"{"membership": "join", "displayname": "Gros mot"}"#)
            let event = try await basile.state(
                "m.room.member", basile.id, in: room, "?format=event")
            let redaction = #"{"redacts": "\#(try event.string("event_id"))"}"#
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/send/m.room.redaction/1"
            #expect(try await amelie.put(path, redaction).status == 200)
            for answer in [
                try await amelie.joinedMembers(room), try await amelie.members(room),
                try await amelie.allState(room),
            ] {
                #expect(answer.text.contains(basile.id))
                #expect(!answer.text.contains("Gros mot"))
            }
            let state = try await amelie.allState(room)
            #expect(state.text.contains("redacted_because"))
        }
    }
}
