import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct InvitationsInSyncTests {
    @Test("An invitation wakes, and brings what names the room", arguments: TestEngine.allCases)
    func invitation(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"{"preset": "private_chat", "name": "Salon", "topic": "Sujet"}"#)
            let since = try await basile.now()
            async let woken = basile.wait(since: since)
            try await amelie.invite(basile, to: room)
            let answer = try await woken
            let events = answer["rooms", "invite", room, "invite_state", "events"]?.array
            let types = Set(events?.compactMap { $0["type"]?.string } ?? [])
            #expect(
                types.isSuperset(of: [
                    "m.room.create", "m.room.name", "m.room.topic", "m.room.join_rules",
                    "m.room.member",
                ]))
            let own = events?.first { $0["state_key"]?.string == "@basile:culture.example" }
            #expect(own?["content"]?["membership"]?.string == "invite")
            let next = try await basile.sync(since: answer.nextBatch)
            #expect(next["rooms"] == nil)
            let whole = try await basile.sync(since: answer.nextBatch, "full_state=true")
            #expect(whole["rooms", "invite", room] != nil)
            try await basile.join(room)
            let joined = try await basile.sync(since: answer.nextBatch)
            #expect(joined.joined(room).isThere)
            #expect(joined["rooms", "invite"] == nil)
        }
    }

    @Test("A knock is told to who knocked", arguments: TestEngine.allCases)
    func knock(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"""
                {"preset": "private_chat", "initial_state":
                 [{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}]}
                """#)
            let since = try await basile.now()
            _ = try await basile.post("/_matrix/client/v3/knock/\(pathComponent(room))")
            let answer = try await basile.sync(since: since)
            #expect(
                answer["rooms", "knock", room, "knock_state", "events"]?.array?.isEmpty == false)
        }
    }

    @Test(
        "Of those one ignores, neither invitations nor messages come, but state does",
        arguments: TestEngine.allCases)
    func ignored(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            try await chloe.join(room)
            let since = try await chloe.now()
            try await chloe.ignore([amelie])
            let private1 = try await amelie.createRoom(#"{"preset": "private_chat"}"#)
            try await amelie.invite(chloe, to: private1)
            try await amelie.say("bruit", in: room)
            try await basile.say("calme", in: room)
            try await amelie.setState("m.room.topic", #"{"topic": "Sujet"}"#, in: room)
            for token in [since, nil] {
                let answer = try await chloe.sync(since: token)
                #expect(answer["rooms", "invite"] == nil)
                #expect(answer.joined(room).said.suffix(2) == ["calme", "m.room.topic"])
                #expect(!answer.text.contains("bruit"))
                #expect(answer.joined(room).unread == [1, 0])
            }
            // From memory it is the same.
            let seen = try await chloe.now()
            try await amelie.say("bruit", in: room)
            #expect(try await chloe.sync(since: seen)["rooms"] == nil)
            try await chloe.ignore([])
            let heard = try await chloe.now()
            try await amelie.say("pardon", in: room)
            #expect(try await chloe.sync(since: heard).joined(room).said == ["pardon"])
        }
    }
}
