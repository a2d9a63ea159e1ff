import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct SyncTests {
    @Test(
        "The first sync brings rooms with state, timeline and counts",
        arguments: TestEngine.allCases)
    func first(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(#"{"preset": "public_chat", "name": "Salon"}"#)
            try await basile.join(room)
            try await basile.say("bonjour", in: room)
            let answer = try await amelie.sync(filter: #"{"room": {"timeline": {"limit": 1}}}"#)
            let part = answer.joined(room)
            #expect(part.said == ["bonjour"])
            #expect(part.isLimited == true)
            #expect(part.unread == [1, 0])
            #expect(
                part.keys() == [
                    "m.room.create", "m.room.guest_access", "m.room.history_visibility",
                    "m.room.join_rules", "m.room.member @amelie:culture.example",
                    "m.room.member @basile:culture.example", "m.room.name",
                    "m.room.power_levels",
                ])
            #expect(part.json?["summary"]?["m.joined_member_count"]?.int == 2)
            #expect(answer.accountData("m.push_rules")?["global"] != nil)
        }
    }

    @Test("A sync brings what is new since its token, once", arguments: TestEngine.allCases)
    func incremental(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let other = try await amelie.createRoom()
            let since = try await amelie.now()
            try await amelie.say("un", in: room)
            let first = try await amelie.sync(since: since)
            #expect(first.joined(room).said == ["un"])
            #expect(first.joined(room).isLimited == false)
            #expect(first.joined(room).state.isEmpty)
            #expect(!first.joined(other).isThere)
            let second = try await amelie.sync(since: first.nextBatch)
            #expect(second["rooms"] == nil)
            #expect(second.nextBatch == first.nextBatch)
        }
    }

    @Test("A sync that waits is woken by a message", arguments: TestEngine.allCases)
    func waiting(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await basile.now()
            async let woken = basile.wait(since: since)
            try await amelie.say("debout", in: room)
            #expect(try await woken.joined(room).said == ["debout"])
        }
    }

    @Test(
        "A wait that ends with nothing goes on from the same place",
        arguments: TestEngine.allCases)
    func nothing(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            _ = try await amelie.createRoom()
            let since = try await amelie.now("set_presence=offline")
            // What happens elsewhere is no news.
            _ = try await basile.createRoom()
            let answer = try await amelie.sync(since: since, "timeout=30&set_presence=offline")
            #expect(answer.nextBatch == since)
            #expect(answer["rooms"] == nil)
        }
    }

    @Test("A token that is none is refused", arguments: TestEngine.allCases)
    func garbage(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            for token in ["x", "s1_", "s1_a_b_c_d", "s1_1_-5_1_1", "s2_1_1_1_1"] {
                let answer = try await amelie.sync(since: token)
                #expect(answer.status == 400, "\(token)")
                #expect(answer.errcode == "M_INVALID_PARAM")
            }
        }
    }

    @Test(
        "A token of another incarnation, or from a future that was lost, begins anew",
        arguments: TestEngine.allCases)
    func otherIncarnation(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let token = try await amelie.now()
            var parts = token.split(separator: "_").map(String.init)
            parts[1] = "zz"
            let foreign = try await amelie.sync(since: parts.joined(separator: "_"))
            #expect(foreign.joined(room).said.contains("m.room.create"))
            parts = token.split(separator: "_").map(String.init)
            parts[2] = "999999999"
            let future = try await amelie.sync(since: parts.joined(separator: "_"))
            #expect(future.joined(room).said.contains("m.room.create"))
        }
    }

    @Test(
        "After a restart nothing is missed, and who is typing is told again",
        arguments: TestEngine.allCases)
    func restart(engine: TestEngine) async throws {
        struct Kept {
            let amelie: TestClient
            let basile: TestClient
            let room: String
            let since: String
        }
        try await TestServer.runTwice(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await amelie.now()
            try await basile.say("avant", in: room)
            return Kept(amelie: amelie, basile: basile, room: room, since: since)
        } then: { server, kept in
            let amelie = kept.amelie.on(server)
            let basile = kept.basile.on(server)
            let path = "/_matrix/client/v3/rooms/\(pathComponent(kept.room))/typing"
            _ = try await basile.put(
                "\(path)/\(pathComponent("@basile:culture.example"))",
                #"{"typing": true, "timeout": 60000}"#)
            try await basile.say("après", in: kept.room)
            let answer = try await amelie.sync(since: kept.since)
            #expect(answer.joined(kept.room).said == ["avant", "après"])
            #expect(answer.joined(kept.room).unread == [2, 0])
            #expect(answer.joined(kept.room).content("m.typing")?["user_ids"]?.array?.count == 1)
            let next = try await amelie.sync(since: answer.nextBatch)
            #expect(next["rooms"] == nil)
        }
    }

    @Test("Odd parameters are refused", arguments: TestEngine.allCases)
    func parameters(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            for query in [
                "timeout=-1", "timeout=x", "full_state=maybe", "set_presence=asleep",
                "filter=nosuchfilter", "filter=%7B", "filter=%7B%22room%22%3A1%7D",
            ] {
                let answer = try await amelie.sync(query)
                #expect(answer.status == 400, "\(query) gave \(answer.text)")
            }
        }
    }
}
