import HomeserverTesting
import MatrixTypes
import Testing

struct UpgradeRoomTests {
    @Test(
        "The new room has the old one's state, and each names the other",
        arguments: [("1", "11"), ("9", "10"), ("11", "12"), ("12", "12"), ("12", "11")])
    func carriesState(from: String, to: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let old = try await amelie.createRoom(
                """
                {"room_version": "\(from)", "preset": "public_chat", "visibility": "public",
                 "name": "Budget", "topic": "2026", "room_alias_name": "budget",
                 "creation_content": {"type": "m.space", "m.federate": false},
                 "initial_state": [
                    {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}},
                    {"type": "m.room.avatar", "content": {"url": "mxc://culture.example/a"}},
                    {"type": "m.space.child", "state_key": "!c:culture.example", "content": {"via": ["culture.example"]}},
                    {"type": "org.example.mine", "content": {"a": 1}}]}
                """)
            try await basile.join(old)
            try await amelie.ban(chloe.id, from: old, reason: "Hors sujet")
            let upgraded = try await amelie.upgrade(old, to: to)
            #expect(upgraded.status == 200, "\(upgraded.text)")
            let new = try upgraded.string("replacement_room")
            #expect(new.contains(":") == (to != "12"))

            let tombstone = try await basile.state("m.room.tombstone", "", in: old, "?format=event")
            #expect(tombstone["content", "replacement_room"]?.string == new)
            let create = try await amelie.state("m.room.create", in: new)
            #expect(create["predecessor", "room_id"]?.string == old)
            #expect(
                create["predecessor", "event_id"]?.string
                    == (to == "12" ? nil : tombstone["event_id"]?.string))
            #expect(create["type"]?.string == "m.space")
            #expect(create["m.federate"]?.bool == false)
            #expect(create["room_version"]?.string == to)

            for (type, member, value) in [
                ("m.room.name", "name", "Budget"), ("m.room.topic", "topic", "2026"),
                ("m.room.avatar", "url", "mxc://culture.example/a"),
                ("m.room.encryption", "algorithm", "m.megolm.v1.aes-sha2"),
                ("m.room.join_rules", "join_rule", "public"),
                ("m.room.canonical_alias", "alias", "#budget:culture.example"),
            ] {
                let state = try await amelie.state(type, in: new)
                #expect(state[member]?.string == value, "\(type): \(state.text)")
            }
            let child = try await amelie.state("m.space.child", "!c:culture.example", in: new)
            #expect(child.status == 200)
            #expect(try await amelie.state("org.example.mine", in: new).status == 404)
            let ban = try await amelie.state("m.room.member", chloe.id, in: new)
            #expect(ban["membership"]?.string == "ban")
            #expect(ban["reason"]?.string == "Hors sujet")
            #expect(try await chloe.join(new).status == 403)

            #expect(try await basile.resolve("#budget:culture.example").string("room_id") == new)
            let oldAlias = try await basile.state("m.room.canonical_alias", in: old)
            #expect(oldAlias["alias"] == nil)
            let listed = try await basile.publicRooms()
            #expect(listed.each("room_id", of: "chunk") == [new])

            // The old room is mute.
            let muted = try await basile.put(
                "/_matrix/client/v3/rooms/\(pathComponent(old))/send/m.room.message/1", "{}")
            #expect(muted.status == 403)
            let levels = try await amelie.state("m.room.power_levels", in: old)
            #expect(levels["events_default"]?.int == 50)
            #expect(levels["invite"]?.int == 50)
            try await amelie.say("ici", in: new)
        }
    }

    @Test("Who is a creator in the new room has no level in it, and the other way round")
    func creators() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let old = try await amelie.createRoom(
                """
                {"room_version": "11", "preset": "public_chat", "power_level_content_override":
                    {"users": {"\(amelie.id)": 100, "\(basile.id)": 100, "@zoe:culture.example": 50}}}
                """)
            try await basile.join(old)
            let twelve = try await amelie.upgrade(
                old, to: "12", #", "additional_creators": ["\#(basile.id)"]"#
            ).string("replacement_room")
            let levels = try await amelie.state("m.room.power_levels", in: twelve)
            #expect(levels["users"]?.object?.map(\.key) == ["@zoe:culture.example"])
            #expect(levels["events", "m.room.tombstone"]?.int == 150)
            let create = try await amelie.state("m.room.create", in: twelve)
            #expect(create["additional_creators"]?.array?.strings == [basile.id])

            let back = try await amelie.upgrade(twelve, to: "11").string("replacement_room")
            let lower = try await amelie.state("m.room.power_levels", in: back)
            #expect(lower["users", amelie.id]?.int == 150)
            #expect(lower["users", basile.id]?.int == 150)
            #expect(lower["users", "@zoe:culture.example"]?.int == 50)

            // Additional creators are not carried over by themselves.
            let again = try await basile.join(twelve)
            #expect(again.status == 200)
        }
    }

    @Test("A moderator who may replace the room ends with the level they had")
    func moderator() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let old = try await amelie.createRoom(
                """
                {"room_version": "10", "preset": "public_chat", "power_level_content_override": {
                    "users": {"\(amelie.id)": 100, "\(basile.id)": 50},
                    "events": {"m.room.tombstone": 50, "m.room.power_levels": 100,
                               "m.room.encryption": 100, "m.room.history_visibility": 100}},
                 "initial_state": [
                    {"type": "m.room.encryption", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]}
                """)
            try await basile.join(old)
            let new = try await basile.upgrade(old, to: "11").string("replacement_room")
            let levels = try await basile.state("m.room.power_levels", in: new)
            #expect(levels["users", basile.id]?.int == 50)
            #expect(levels["users", amelie.id]?.int == 100)
            #expect(try await basile.state("m.room.encryption", in: new).status == 200)
            // They may not change the old room's levels, and replace it all the same.
            let old50 = try await amelie.state("m.room.power_levels", in: old)
            #expect(old50["events_default"]?.int == 0)
        }
    }

    @Test("Only who may send the tombstone replaces a room, and nothing is left by half")
    func refused() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let (rooms, events) = (
                try await server.count("rooms"), try await server.count("events")
            )
            #expect(try await basile.upgrade(room, to: "12").status == 403)
            #expect(try await amelie.upgrade("!none:culture.example", to: "12").status == 403)
            #expect(
                try await amelie.upgrade(room, to: "99").errcode == "M_UNSUPPORTED_ROOM_VERSION")
            let bad = try await amelie.upgrade(room, to: "12", #", "additional_creators": [5]"#)
            #expect(bad.status == 400)
            let worse = try await amelie.upgrade(room, to: "12", #", "additional_creators": "x""#)
            #expect(worse.status == 400)
            #expect(
                try await amelie.upgrade(room, to: "11", #", "additional_creators": 5"#).status
                    == 200)
            #expect(try await server.count("rooms") == rooms + 1)
            #expect(try await server.count("events") > events)
        }
    }

    @Test("A room that says it replaces another takes nothing from it")
    func falsePredecessor() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"{"room_alias_name": "vrai", "visibility": "public"}"#)
            let fake = try await basile.createRoom(
                #"{"creation_content": {"predecessor": {"room_id": "\#(room)", "event_id": "$x"}}}"#
            )
            #expect(try await basile.resolve("#vrai:culture.example").string("room_id") == room)
            #expect(try await basile.publicRooms().each("room_id", of: "chunk") == [room])
            #expect(fake != room)
            #expect(try await amelie.state("m.room.tombstone", in: room).status == 404)
        }
    }

    @Test(
        "Tags and direct conversations follow their user, and nobody who only claims to succeed",
        arguments: ["11", "12"])
    func settings(version: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let old = try await amelie.createRoom()
            try await basile.join(old)
            func path(_ client: TestClient, _ rest: String) -> String {
                "/_matrix/client/v3/user/\(pathComponent(client.id))/\(rest)"
            }
            func tags(_ client: TestClient, _ room: String) async throws -> TestAnswer {
                try await client.get(path(client, "rooms/\(pathComponent(room))/tags"))
            }
            for client in [amelie, basile] {
                let tag = path(client, "rooms/\(pathComponent(old))/tags/m.favourite")
                #expect(try await client.put(tag, #"{"order": 0.5}"#).status == 200)
                let direct = #"{"@x:y": ["\#(old)"], "@z:y": ["!other:y"], "odd": 5}"#
                #expect(
                    try await client.put(path(client, "account_data/m.direct"), direct).status
                        == 200)
            }
            let fake = try await basile.createRoom(
                #"{"creation_content": {"predecessor": {"room_id": "\#(old)"}}}"#)
            #expect(try await tags(basile, fake)["tags"]?.object?.isEmpty == true)

            let new = try await amelie.upgrade(old, to: version).string("replacement_room")
            #expect(try await tags(amelie, new)["tags", "m.favourite", "order"]?.double == 0.5)
            #expect(try await tags(basile, new)["tags"]?.object?.isEmpty == true)
            try await basile.join(new)
            try await basile.leave(new)
            try await basile.join(new)
            #expect(try await tags(basile, new)["tags", "m.favourite", "order"]?.double == 0.5)
            let direct = try await basile.get(path(basile, "account_data/m.direct"))
            #expect(direct["@x:y"]?.array?.strings == [old, new])
            #expect(direct["@z:y"]?.array?.strings == ["!other:y"])
            #expect(direct["odd"]?.int == 5)
        }
    }

    @Test("Levels that were strings become numbers, as large as numbers can be")
    func stringLevels() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let old = try await amelie.createRoom(
                """
                {"room_version": "9", "power_level_content_override": {
                    "users": {"\(amelie.id)": " 100 "}, "users_default": "5",
                    "kick": "9223372036854775807", "notifications": {"room": "20"}}}
                """)
            let upgraded = try await amelie.upgrade(old, to: "10")
            #expect(upgraded.status == 200, "\(upgraded.text)")
            let new = try upgraded.string("replacement_room")
            let levels = try await amelie.state("m.room.power_levels", in: new)
            #expect(levels["users", amelie.id]?.int == 100)
            #expect(levels["users_default"]?.int == 5)
            #expect(levels["kick"]?.int == 9_007_199_254_740_991)
            #expect(levels["notifications", "room"]?.int == 20)
            let muted = try await amelie.state("m.room.power_levels", in: old)
            #expect(muted["events_default"]?.int == 50)
            #expect(muted["kick"]?.string == "9223372036854775807")
        }
    }

    @Test("A join rule that the new version lacks becomes an invitation")
    func unknownJoinRule() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let old = try await amelie.createRoom(
                """
                {"room_version": "10", "initial_state": [
                    {"type": "m.room.join_rules", "content": {"join_rule": "knock_restricted"}}]}
                """)
            let new = try await amelie.upgrade(old, to: "6").string("replacement_room")
            let rules = try await amelie.state("m.room.join_rules", in: new)
            #expect(rules["join_rule"]?.string == "invite")
        }
    }
}
