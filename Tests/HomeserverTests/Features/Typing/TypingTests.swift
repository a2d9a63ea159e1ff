import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct TypingTests {
    @Test("Who types is told in that room alone, and so is the end", arguments: TestEngine.allCases)
    func told(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            let other = try await amelie.createRoom()
            try await basile.join(room)
            try await basile.join(other)
            let since = try await amelie.now()
            async let woken = amelie.wait(since: since)
            #expect(try await basile.type(in: room).status == 200)
            let began = try await woken
            let typing = began.joined(room).content("m.typing")?["user_ids"]?.array
            #expect(typing?.map(\.string) == ["@basile:culture.example"])
            #expect(began.joined(room).ephemeral.first?["room_id"] == nil)
            #expect(!began.joined(other).isThere)
            // Going on is no news.
            try await basile.type(in: room)
            #expect(try await amelie.sync(since: began.nextBatch)["rooms"] == nil)
            #expect(
                try await amelie.sync().joined(room).content("m.typing")?["user_ids"]?.array?
                    .count == 1)
            async let ended = amelie.wait(since: began.nextBatch)
            try await basile.type(in: room, #"{"typing": false}"#)
            #expect(
                try await ended.joined(room).content("m.typing")?["user_ids"]?.array?.isEmpty
                    == true)
            #expect(try await amelie.sync().joined(room).content("m.typing") == nil)
        }
    }

    @Test("Typing ends by itself, and when one leaves", arguments: TestEngine.allCases)
    func ends(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            try await basile.type(in: room, #"{"typing": true, "timeout": 1}"#)
            let since = try await amelie.now()
            let isOver = try await amelie.sync().joined(room).content("m.typing") == nil
            if !isOver {
                let ended = try await amelie.wait(since: since).joined(room)
                #expect(ended.content("m.typing")?["user_ids"]?.array?.isEmpty == true)
            }
            try await basile.type(in: room)
            let typing = try await amelie.now()
            try await basile.leave(room)
            let left = try await amelie.sync(since: typing).joined(room)
            #expect(left.content("m.typing")?["user_ids"]?.array?.isEmpty == true)
        }
    }

    @Test("Only members type, and only for themselves", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            #expect(try await basile.type(in: room).status == 403)
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/typing"
            let other = try await amelie.put(
                "\(path)/\(pathComponent("@basile:culture.example"))", #"{"typing": true}"#)
            #expect(other.status == 403)
            for body in ["{}", #"{"typing": 1}"#, #"{"typing": true, "timeout": "x"}"#] {
                #expect(try await amelie.type(in: room, body).status == 400, "\(body)")
            }
        }
    }

    @Test("A time-out is held to the longest one")
    func longest() {
        let users = TypingUsers(notifier: Notifier())
        let room = RoomNumber(rawValue: 1)
        let user = UserID(unchecked: "@basile:culture.example")
        let now = ContinuousClock.now
        users.start(user, in: room, for: .seconds(100_000), now: now)
        #expect(users.typing(in: room)?.users == [user])
        users.endOverdue(at: now + TypingUsers.longestTimeout - .seconds(1))
        #expect(users.typing(in: room)?.users == [user])
        users.endOverdue(at: now + TypingUsers.longestTimeout)
        #expect(users.typing(in: room)?.users == [])
    }
}

extension TestClient {
    @discardableResult
    fileprivate func type(
        in room: String, _ body: String = #"{"typing": true, "timeout": 60000}"#
    ) async throws -> TestAnswer {
        let user = pathComponent(userID?.rawValue ?? "")
        return try await put(
            "/_matrix/client/v3/rooms/\(pathComponent(room))/typing/\(user)", body)
    }
}
