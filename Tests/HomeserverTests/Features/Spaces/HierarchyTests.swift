import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct HierarchyTests {
    private func space(_ client: TestClient, _ name: String, _ more: String = "") async throws
        -> String
    {
        try await client.createRoom(
            #"{"preset": "public_chat", "name": "\#(name)", "creation_content": {"type": "m.space"}\#(more)}"#
        )
    }

    private func add(
        _ child: String, to space: String, by client: TestClient, _ more: String = ""
    ) async throws {
        let content = #"{"via": ["culture.example"]\#(more)}"#
        #expect(try await client.setState("m.space.child", child, in: space, content).status == 200)
    }

    @Test("A space is walked depth first, its rooms in their order", arguments: TestEngine.allCases)
    func order(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let root = try await space(amelie, "Racine")
            let inner = try await space(amelie, "Intérieur")
            var rooms: [String: String] = [:]
            for name in ["a", "b", "c", "d", "e"] {
                rooms[name] = try await amelie.createRoom(
                    #"{"preset": "public_chat", "name": "\#(name)"}"#)
            }
            func room(_ name: String) -> String { rooms[name] ?? "" }
            try await add(room("a"), to: root, by: amelie)
            server.clock.advance(by: .seconds(1))
            try await add(room("b"), to: root, by: amelie, #", "order": "zz""#)
            try await add(inner, to: root, by: amelie, #", "order": " ""#)
            try await add(room("c"), to: root, by: amelie, #", "order": "\u00e9""#)
            try await add(room("d"), to: inner, by: amelie, #", "suggested": true"#)
            // Not there any more.
            try await add(room("e"), to: root, by: amelie)
            try await amelie.setState("m.space.child", room("e"), in: root, "{}")
            try await amelie.setState("m.space.child", "rien", in: root, #"{"via": ["x"]}"#)

            let answer = try await amelie.hierarchy(root)
            #expect(
                answer.each("name", of: "rooms") == ["Racine", "Intérieur", "d", "b", "a", "c"])
            #expect(answer["next_batch"] == nil)
            let first = try #require(answer["rooms"]?.array?.first)
            #expect(first["room_type"]?.string == "m.space")
            #expect(first["num_joined_members"]?.int == 1)
            #expect(first["room_version"]?.string == "12")
            let children = try #require(first["children_state"]?.array)
            #expect(
                children.compactMap { $0["state_key"]?.string } == [
                    inner, room("b"), room("a"), room("c"),
                ])
            #expect(children.first?["type"]?.string == "m.space.child")
            #expect(children.first?["sender"]?.string == amelie.id)
            #expect(children.first?["content"]?["order"]?.string == " ")
            #expect(children.first?["origin_server_ts"]?.int != nil)
            #expect(answer["rooms"]?.array?.last?["children_state"]?.array?.isEmpty == true)

            let flat = try await amelie.hierarchy(root, "?max_depth=1")
            #expect(flat.each("name", of: "rooms") == ["Racine", "Intérieur", "b", "a", "c"])
            #expect(
                try await amelie.hierarchy(root, "?max_depth=0").each("name", of: "rooms") == [
                    "Racine"
                ])
            let suggested = try await amelie.hierarchy(root, "?suggested_only=true")
            #expect(suggested.each("name", of: "rooms") == ["Racine"])
            let innerOnly = try await amelie.hierarchy(inner, "?suggested_only=true")
            #expect(innerOnly.each("name", of: "rooms") == ["Intérieur", "d"])
        }
    }

    @Test("Pages go on where the last one ended, for the same question alone")
    func pages() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let root = try await space(amelie, "Racine")
            for number in 0..<7 {
                let room = try await amelie.createRoom(#"{"name": "\#(number)"}"#)
                server.clock.advance(by: .seconds(1))
                try await add(room, to: root, by: amelie)
            }
            var names: [String] = []
            var query = "?limit=3"
            var pages = 0
            while true {
                let answer = try await amelie.hierarchy(root, query)
                names += answer.each("name", of: "rooms")
                pages += 1
                guard let next = answer["next_batch"]?.string else { break }
                let other = try await amelie.hierarchy(root, "?from=\(next)&suggested_only=true")
                #expect(other.errcode == "M_INVALID_PARAM")
                let deeper = try await amelie.hierarchy(root, "?from=\(next)&max_depth=3")
                #expect(deeper.errcode == "M_INVALID_PARAM")
                query = "?limit=3&from=\(next)"
            }
            #expect(names == ["Racine", "0", "1", "2", "3", "4", "5", "6"])
            #expect(pages == 3)
            for query in [
                "?limit=0", "?limit=-1", "?max_depth=-1", "?from=x", "?from=t_x_0_20",
                "?suggested_only=x",
            ] {
                #expect(
                    try await amelie.hierarchy(root, query).errcode == "M_INVALID_PARAM", "\(query)"
                )
            }
            #expect(try await amelie.hierarchy(root, "?limit=1000000000").status == 200)
        }
    }

    @Test("Loops end where they close")
    func loops() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let one = try await space(amelie, "Un")
            let two = try await space(amelie, "Deux")
            try await add(two, to: one, by: amelie)
            try await add(one, to: two, by: amelie)
            try await add(one, to: one, by: amelie)
            #expect(try await amelie.hierarchy(one).each("name", of: "rooms") == ["Un", "Deux"])
        }
    }

    @Test("Only rooms are listed of which one may know", arguments: TestEngine.allCases)
    func access(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.hasPolicies = false }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let root = try await space(amelie, "Racine")
            func child(_ name: String, _ state: String) async throws -> String {
                let room = try await amelie.createRoom(
                    #"{"name": "\#(name)", "initial_state": [\#(state)]}"#)
                server.clock.advance(by: .seconds(1))
                try await add(room, to: root, by: amelie)
                return room
            }
            let hidden = try await child("privé", "")
            _ = try await child(
                "public", #"{"type": "m.room.join_rules", "content": {"join_rule": "public"}}"#)
            _ = try await child(
                "knock", #"{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}"#)
            _ = try await child(
                "lisible",
                #"{"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}}"#
            )
            let restricted = try await child(
                "membres",
                """
                {"type": "m.room.join_rules", "content": {"join_rule": "restricted",
                 "allow": [{"type": "m.room_membership", "room_id": "\(root)"}]}}
                """)
            let invited = try await child("invité", "")
            let banned = try await child(
                "banni", #"{"type": "m.room.join_rules", "content": {"join_rule": "public"}}"#)
            try await amelie.invite(basile.id, to: invited)
            try await amelie.ban(basile.id, from: banned)

            func names() async throws -> [String] {
                try await basile.hierarchy(root).each("name", of: "rooms")
            }
            #expect(try await names() == ["Racine", "public", "knock", "lisible", "invité"])
            try await basile.join(root)
            #expect(
                try await names() == ["Racine", "public", "knock", "lisible", "membres", "invité"])
            let answer = try await basile.hierarchy(root)
            let entry = answer["rooms"]?.array?.first { $0["room_id"]?.string == restricted }
            #expect(entry?["allowed_room_ids"]?.array?.strings == [root])
            #expect(try await basile.hierarchy(hidden).errcode == "M_FORBIDDEN")
            #expect(try await basile.hierarchy("!none:culture.example").errcode == "M_FORBIDDEN")
            try await amelie.ban(basile.id, from: root)
            #expect(try await basile.hierarchy(root).errcode == "M_FORBIDDEN")

            // Summaries follow the same rule, and do not tell the hidden from what is not there.
            let secret = try await basile.summary(hidden)
            #expect(secret.status == 404)
            #expect(try await basile.summary("!none:culture.example").text == secret.text)
            #expect(try await basile.summary(banned).text == secret.text)
            #expect(try await basile.summary(restricted).text == secret.text)
            #expect(try await basile.summary(invited).status == 200)
        }
    }
}

struct RoomSummaryTests {
    @Test("A summary tells of a room by ID and alias, also where clients used to look")
    func summary() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                """
                {"preset": "public_chat", "name": "Congés", "room_alias_name": "conges", "initial_state": [
                    {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]}
                """)
            let answer = try await basile.summary("#conges:culture.example")
            #expect(answer["room_id"]?.string == room)
            #expect(answer["name"]?.string == "Congés")
            #expect(answer["encryption"]?.string == "m.megolm.v1.aes-sha2")
            #expect(answer["room_version"]?.string == "12")
            #expect(answer["join_rule"]?.string == "public")
            #expect(answer["membership"] == nil)
            try await basile.join(room)
            #expect(try await basile.summary(room)["membership"]?.string == "join")
            #expect(try await basile.summary(room)["num_joined_members"]?.int == 2)
            let unstable = "/_matrix/client/unstable/im.nheko.summary"
            for path in [
                "/summary/\(pathComponent(room))", "/rooms/\(pathComponent(room))/summary",
            ] {
                let before = try await basile.get(unstable + path)
                #expect(before["im.nheko.summary.room_version"]?.string == "12")
                #expect(before["name"]?.string == "Congés")
            }
            #expect(try await basile.summary("conges").errcode == "M_INVALID_PARAM")
            #expect(try await basile.summary("#none:culture.example").errcode == "M_NOT_FOUND")
        }
    }
}
