import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct RoomInSyncTests {
    @Test(
        "A gap is limited, brings the state that changed in it, and can be filled",
        arguments: TestEngine.allCases)
    func gap(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            let since = try await amelie.now()
            try await amelie.setState("m.room.topic", #"{"topic": "un"}"#, in: room)
            try await chloe.join(room)
            for number in 1...6 { try await amelie.say("m\(number)", in: room) }
            for query in ["", "&use_state_after=true"] {
                let answer = try await amelie.sync(
                    since: since, filter: #"{"room": {"timeline": {"limit": 3}}}"#,
                    "timeout=0" + query)
                let part = answer.joined(room)
                #expect(part.said == ["m4", "m5", "m6"])
                #expect(part.isLimited == true)
                let name = query.isEmpty ? "state" : "state_after"
                #expect(
                    part.keys(name) == ["m.room.member @chloe:culture.example", "m.room.topic"])
                let gap = try await amelie.get(
                    "/_matrix/client/v3/rooms/\(pathComponent(room))/messages?dir=b&limit=20"
                        + "&from=\(part.prevBatch ?? "")&to=\(since)")
                let missed = gap["chunk"]?.array?.map { $0["content"]?["body"]?.string ?? "-" }
                #expect(missed == ["m3", "m2", "m1", "-", "-"])
            }
        }
    }

    @Test(
        "State events that a filter keeps out of the timeline come in the state",
        arguments: TestEngine.allCases)
    func filteredState(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let since = try await amelie.now()
            try await amelie.say("un", in: room)
            try await amelie.setState("m.room.topic", #"{"topic": "sujet"}"#, in: room)
            try await amelie.say("deux", in: room)
            let filter = #"{"room": {"timeline": {"types": ["m.room.message"]}}}"#
            let part = try await amelie.sync(since: since, filter: filter).joined(room)
            #expect(part.said == ["un", "deux"])
            #expect(part.keys() == ["m.room.topic"])
            let empty = try await amelie.sync(
                since: since, filter: #"{"room": {"timeline": {"limit": 0}}}"#
            ).joined(room)
            #expect(empty.said == [])
            #expect(empty.isLimited == true)
            #expect(empty.keys() == ["m.room.topic"])
        }
    }

    @Test(
        "Full state is sent whole, the timeline since the token alone",
        arguments: TestEngine.allCases)
    func fullState(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let since = try await amelie.now()
            let part = try await amelie.sync(since: since, "timeout=30000&full_state=true")
                .joined(room)
            #expect(part.said == [])
            #expect(part.prevBatch != nil)
            #expect(part.keys().contains("m.room.create"))
            try await amelie.say("un", in: room)
            let more = try await amelie.sync(since: since, "full_state=true").joined(room)
            #expect(more.said == ["un"])
            #expect(more.keys() == part.keys())
        }
    }

    @Test(
        "`state_after` brings state events of the timeline, under the name that was asked for",
        arguments: TestEngine.allCases)
    func stateAfter(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let since = try await amelie.now()
            try await amelie.setState("m.room.topic", #"{"topic": "sujet"}"#, in: room)
            let before = try await amelie.sync(since: since).joined(room)
            #expect(before.keys() == [])
            #expect(before.json?["state_after"] == nil)
            let after = try await amelie.sync(since: since, "use_state_after=true").joined(room)
            #expect(after.keys("state_after") == ["m.room.topic"])
            #expect(after.json?["state"] == nil)
            let unstable = try await amelie.sync(
                since: since, "org.matrix.msc4222.use_state_after=true"
            ).joined(room)
            #expect(unstable.keys("org.matrix.msc4222.state_after") == ["m.room.topic"])
            try await amelie.say("un", in: room)
            let message = try await amelie.sync(
                since: try await amelie.now(), "use_state_after=true")
            #expect(message["rooms"] == nil)
        }
    }

    @Test(
        "A room joined since the token is sent whole, also where one was in it before",
        arguments: TestEngine.allCases)
    func newlyJoined(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await amelie.say("avant", in: room)
            let since = try await basile.now()
            try await basile.join(room)
            let joined = try await basile.sync(since: since)
            #expect(joined.joined(room).said.contains("avant"))
            #expect(joined.joined(room).isLimited == true)
            #expect(
                (joined.joined(room).keys() + joined.joined(room).keys("timeline"))
                    .contains("m.room.create"))

            try await basile.leave(room)
            try await amelie.setState("m.room.topic", #"{"topic": "sans vous"}"#, in: room)
            try await basile.join(room)
            let again = try await basile.sync(
                since: joined.nextBatch, filter: #"{"room": {"timeline": {"limit": 1}}}"#)
            #expect(again.joined(room).said == ["m.room.member"])
            #expect(again.joined(room).keys().contains("m.room.topic"))
            #expect(again.joined(room).keys().contains("m.room.create"))
            #expect(!again.left(room).isThere)
        }
    }

    @Test(
        "A new display name is news, and does not make the room a new one",
        arguments: TestEngine.allCases)
    func renamed(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let since = try await amelie.now()
            try await amelie.setState(
                "m.room.member", #"{"membership": "join", "displayname": "Amélie"}"#, in: room,
                key: "@amelie:culture.example")
            let part = try await amelie.sync(since: since).joined(room)
            #expect(part.said == ["m.room.member"])
            #expect(part.isLimited == false)
            #expect(part.keys() == [])
        }
    }

    @Test(
        "Members are loaded for who speaks, once, and all that changed in a gap",
        arguments: TestEngine.allCases)
    func lazyMembers(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom(
                #"{"preset": "public_chat", "name": "Salon"}"#)
            try await basile.join(room)
            try await chloe.join(room)
            let lazy =
                #"{"room": {"timeline": {"limit": 1}, "state": {"lazy_load_members": true}}}"#
            try await amelie.say("un", in: room)
            let first = try await amelie.sync(filter: lazy)
            let members = { (part: RoomInAnswer) in
                part.keys().filter { $0.hasPrefix("m.room.member") }
            }
            #expect(members(first.joined(room)) == ["m.room.member @amelie:culture.example"])
            try await basile.say("deux", in: room)
            let second = try await amelie.sync(since: first.nextBatch, filter: lazy)
            #expect(members(second.joined(room)) == ["m.room.member @basile:culture.example"])
            // An answer that was lost is asked for again, and as before.
            let repeated = try await amelie.sync(since: first.nextBatch, filter: lazy)
            #expect(members(repeated.joined(room)) == ["m.room.member @basile:culture.example"])
            try await basile.say("trois", in: room)
            let third = try await amelie.sync(since: second.nextBatch, filter: lazy)
            #expect(third.joined(room).said == ["trois"])
            #expect(members(third.joined(room)) == [])
            let redundant =
                #"{"room": {"timeline": {"limit": 1}, "state": {"lazy_load_members": true,"#
                + #" "include_redundant_members": true}}}"#
            let all = try await amelie.sync(since: second.nextBatch, filter: redundant)
            #expect(members(all.joined(room)) == ["m.room.member @basile:culture.example"])

            try await chloe.leave(room)
            try await basile.say("quatre", in: room)
            try await basile.say("cinq", in: room)
            let gap = try await amelie.sync(since: third.nextBatch, filter: lazy)
            #expect(gap.joined(room).said == ["cinq"])
            #expect(members(gap.joined(room)) == ["m.room.member @chloe:culture.example"])
        }
    }

    @Test(
        "With lazy members `state_after` holds those of the senders, whatever the timeline brings",
        arguments: TestEngine.allCases)
    func lazyMembersAfter(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom(
                #"{"preset": "public_chat", "name": "Salon"}"#)
            let since = try await amelie.now()
            try await chloe.join(room)
            try await chloe.say("me voilà", in: room)
            let lazy = #"{"room": {"state": {"lazy_load_members": true}}}"#
            let part = try await amelie.sync(since: since, filter: lazy, "use_state_after=true")
                .joined(room)
            #expect(part.said == ["m.room.member", "me voilà"])
            #expect(part.keys("state_after") == ["m.room.member @chloe:culture.example"])
        }
    }

    @Test(
        "The summary tells who is there, and names heroes where there is no name",
        arguments: TestEngine.allCases)
    func summary(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom(
                #"{"preset": "public_chat", "invite": ["@basile:culture.example"]}"#)
            let first = try await amelie.sync()
            let summary = first.joined(room).json?["summary"]
            #expect(summary?["m.joined_member_count"]?.int == 1)
            #expect(summary?["m.invited_member_count"]?.int == 1)
            #expect(
                summary?["m.heroes"]?.array?.map(\.string) == ["@basile:culture.example"])
            try await amelie.say("un", in: room)
            let second = try await amelie.sync(since: first.nextBatch)
            #expect(second.joined(room).json?["summary"] == nil)
            try await basile.join(room)
            try await chloe.join(room)
            let third = try await amelie.sync(since: second.nextBatch)
            let grown = third.joined(room).json?["summary"]
            #expect(grown?["m.joined_member_count"]?.int == 3)
            #expect(grown?["m.invited_member_count"]?.int == 0)
            #expect(grown?["m.heroes"]?.array?.count == 2)
            try await amelie.setState("m.room.name", #"{"name": "Salon"}"#, in: room)
            let named = try await amelie.sync().joined(room).json?["summary"]
            #expect(named?["m.heroes"] == nil)
            #expect(named?["m.joined_member_count"]?.int == 3)
        }
    }

    @Test(
        "One sees of a room's history what its visibility lets one", arguments: TestEngine.allCases)
    func visibility(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"""
                {"preset": "public_chat", "initial_state": [{"type": "m.room.history_visibility",
                 "content": {"history_visibility": "joined"}}]}
                """#)
            try await amelie.say("secret", in: room)
            try await basile.join(room)
            try await amelie.say("bienvenue", in: room)
            let part = try await basile.sync().joined(room)
            #expect(part.said.suffix(2) == ["m.room.member", "bienvenue"])
            #expect(!part.said.contains("secret"))
        }
    }

    @Test("A long room through a narrow filter is read in bounds", arguments: TestEngine.allCases)
    func narrowFilter(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            try await amelie.send(#"{"body": "rare"}"#, in: room, type: "org.example.rare")
            for number in 1...60 { try await amelie.say("m\(number)", in: room) }
            let filter = #"{"room": {"timeline": {"types": ["org.example.rare"], "limit": 5}}}"#
            let part = try await amelie.sync(filter: filter).joined(room)
            #expect(part.said == ["rare"])
            #expect(part.isLimited == false)
        }
    }
}
