import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct LeftRoomsInSyncTests {
    private let withLeft = #"{"room": {"include_leave": true}}"#

    @Test("A room that was left is told of once", arguments: TestEngine.allCases)
    func left(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await basile.now()
            try await amelie.say("avant", in: room)
            try await basile.leave(room)
            try await amelie.say("après", in: room)
            let answer = try await basile.sync(since: since)
            #expect(answer.left(room).said == ["avant", "m.room.member"])
            #expect(!answer.joined(room).isThere)
            let next = try await basile.sync(since: answer.nextBatch)
            #expect(next["rooms"] == nil)
            #expect(!(try await basile.sync()).left(room).isThere)
            let all = try await basile.sync(filter: withLeft)
            #expect(all.left(room).said.suffix(2) == ["avant", "m.room.member"])
            let old = try await basile.sync(since: answer.nextBatch, filter: withLeft)
            #expect(!old.left(room).isThere)
        }
    }

    @Test(
        "Of an archived room one has the state of when one left, also without a timeline",
        arguments: TestEngine.allCases)
    func archivedState(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await basile.now()
            try await amelie.setState("org.example.mood", #"{"mood": "avant"}"#, in: room)
            try await basile.leave(room)
            try await amelie.setState("org.example.mood", #"{"mood": "après"}"#, in: room)
            let filter =
                #"{"room": {"timeline": {"limit": 0}, "include_leave": true,"#
                + #" "state": {"types": ["org.example.mood", "m.room.member"]}}}"#
            for token in [nil, since] {
                for query in ["timeout=0", "timeout=0&use_state_after=true"] {
                    let part = try await basile.sync(since: token, filter: filter, query)
                        .left(room)
                    let state = part.events(query.hasSuffix("true") ? "state_after" : "state")
                    let mood = state.first { $0["type"]?.string == "org.example.mood" }
                    #expect(mood?["content"]?["mood"]?.string == "avant")
                    let own = state.first { $0["state_key"]?.string == "@basile:culture.example" }
                    #expect(own?["content"]?["membership"]?.string == "leave")
                }
            }
        }
    }

    @Test(
        "Who declines an invitation sees that, and nothing else of the room",
        arguments: TestEngine.allCases)
    func declined(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(#"{"preset": "private_chat"}"#)
            try await amelie.invite(basile, to: room)
            let since = try await basile.now()
            try await amelie.setState("m.room.topic", #"{"topic": "secret"}"#, in: room)
            try await amelie.say("secret", in: room)
            try await basile.leave(room)
            for query in ["timeout=0", "timeout=0&use_state_after=true", "full_state=true"] {
                let answer = try await basile.sync(since: since, query)
                #expect(answer.left(room).said == ["m.room.member"], "\(query)")
                #expect(!answer.text.contains("secret"))
            }
            let all = try await basile.sync(filter: withLeft)
            // The invitation and its end.
            #expect(all.left(room).said == ["m.room.member", "m.room.member"])
            #expect(!all.text.contains("secret"))
        }
    }

    @Test("Who is banned after having left learns that alone", arguments: TestEngine.allCases)
    func banned(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            try await basile.leave(room)
            let since = try await basile.now()
            try await amelie.setState("m.room.topic", #"{"topic": "secret"}"#, in: room)
            try await amelie.say("secret", in: room)
            _ = try await amelie.post(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/ban",
                #"{"user_id": "@basile:culture.example"}"#)
            let answer = try await basile.sync(since: since)
            #expect(answer.left(room).said == ["m.room.member"])
            #expect(!answer.text.contains("secret"))
        }
    }

    @Test("A room joined, left and joined again is joined", arguments: TestEngine.allCases)
    func joinLeaveJoin(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            let since = try await basile.now()
            try await basile.join(room)
            try await basile.leave(room)
            try await basile.join(room)
            let answer = try await basile.sync(since: since)
            #expect(answer.joined(room).isThere)
            #expect(!answer.left(room).isThere)
        }
    }

    @Test("A forgotten room is in no first sync any more", arguments: TestEngine.allCases)
    func forgotten(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await basile.now()
            try await basile.leave(room)
            _ = try await basile.post(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/forget")
            #expect(!(try await basile.sync(filter: withLeft)).left(room).isThere)
            // Another device still learns that it was left.
            #expect(try await basile.sync(since: since).left(room).isThere)
        }
    }
}
