import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct PresenceTests {
    @Test("Presence is set, read and told to who shares a room", arguments: TestEngine.allCases)
    func told(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await amelie.now("set_presence=offline")
            let elsewhere = try await chloe.now("set_presence=offline")
            async let woken = amelie.wait(since: since, "&set_presence=offline")
            let set = try await basile.setPresence(
                #"{"presence": "online", "status_msg": "en réunion"}"#)
            #expect(set.status == 200)
            let answer = try await woken
            #expect(answer.presence == ["@basile:culture.example": "online"])
            let content = answer["presence", "events"]?.array?.first?["content"]
            #expect(content?["status_msg"]?.string == "en réunion")
            #expect(content?["currently_active"]?.bool == true)
            let status = try await amelie.get(Self.path("basile"))
            #expect(status["status_msg"]?.string == "en réunion")
            #expect(status["last_active_ago"]?.int == 0)
            #expect(try await chloe.get(Self.path("basile")).status == 403)
            let other = try await chloe.sync(since: elsewhere, "timeout=0&set_presence=offline")
            #expect(other["presence"] == nil)
            let next = try await amelie.sync(
                since: answer.nextBatch, "timeout=0&set_presence=offline")
            #expect(next["presence"] == nil)
        }
    }

    @Test(
        "Whoever one meets is told of, in a room one joins or that they join",
        arguments: TestEngine.allCases)
    func met(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            _ = try await amelie.setPresence(#"{"presence": "online"}"#)
            _ = try await basile.setPresence(#"{"presence": "online"}"#)
            let room = try await amelie.createRoom()
            let sinceA = try await amelie.now("set_presence=offline")
            let sinceB = try await basile.now("set_presence=offline")
            try await basile.join(room)
            let joined = try await basile.sync(since: sinceB, "timeout=0&set_presence=offline")
            #expect(joined.presence["@amelie:culture.example"] == "online")
            let grown = try await amelie.sync(since: sinceA, "timeout=0&set_presence=offline")
            #expect(grown.presence["@basile:culture.example"] == "online")
            let next = try await amelie.sync(
                since: grown.nextBatch, "timeout=0&set_presence=offline")
            #expect(next["presence"] == nil)
        }
    }

    @Test("Who syncs is online, unless they do not want to be", arguments: TestEngine.allCases)
    func bySync(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            _ = try await basile.sync(nil, "set_presence=offline")
            #expect(try await amelie.get(Self.path("basile")).string("presence") == "offline")
            _ = try await basile.sync(nil, "timeout=0")
            #expect(try await amelie.get(Self.path("basile")).string("presence") == "online")
            _ = try await basile.sync(nil, "set_presence=unavailable")
            #expect(
                try await amelie.get(Self.path("basile")).string("presence") == "unavailable")
            server.clock.advance(by: .seconds(31))
            let since = try await amelie.now("set_presence=offline")
            if try await amelie.get(Self.path("basile")).string("presence") != "offline" {
                let told = try await amelie.wait(since: since, "&set_presence=offline")
                #expect(told.presence["@basile:culture.example"] == "offline")
            }
        }
    }

    @Test("Odd presence is refused", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            for (body, status) in [
                ("{}", 400), (#"{"presence": "asleep"}"#, 400), (#"{"presence": 1}"#, 400),
                (#"{"presence": "online", "status_msg": 1}"#, 400),
                (
                    #"{"presence": "online", "status_msg": "\#(String(repeating: "x", count: 2000))"}"#,
                    413
                ),
                (#"{"presence": "online", "status_msg": null}"#, 200),
            ] {
                #expect(try await amelie.setPresence(body).status == status, "\(body.prefix(60))")
            }
            #expect(
                try await amelie.put(Self.path("basile"), #"{"presence": "online"}"#).status == 403)
        }
    }

    @Test("Where it is turned off, everyone is offline and nobody is told")
    func off() async throws {
        try await TestServer.run(on: .sqlite, { $0.hasPresence = false }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let since = try await amelie.now()
            #expect(try await basile.setPresence(#"{"presence": "online"}"#).status == 200)
            #expect(try await amelie.sync(since: since)["presence"] == nil)
            #expect(try await amelie.get(Self.path("basile")).string("presence") == "offline")
        }
    }

    @Test("A status message outlives a restart", arguments: TestEngine.allCases)
    func restart(engine: TestEngine) async throws {
        try await TestServer.runTwice(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await amelie.setPresence(#"{"presence": "online", "status_msg": "là"}"#)
            return amelie
        } then: { server, kept in
            let amelie = kept.on(server)
            let message = try await amelie.get(Self.path("amelie")).string("status_msg")
            #expect(message == "là")
        }
    }

    private static func path(_ name: String) -> String {
        "/_matrix/client/v3/presence/\(pathComponent("@\(name):culture.example"))/status"
    }
}

struct PresenceStateTests {
    private let start = Timestamp(0)

    @Test("Who does nothing becomes idle, and comes back by doing something")
    func idle() {
        var state = PresenceState()
        state.beganSync(as: .online, at: start)
        #expect(state.status == .online && state.isCurrentlyActive)
        state.passTime(to: start + .seconds(61))
        #expect(state.status == .online && !state.isCurrentlyActive)
        state.passTime(to: start + .seconds(301))
        #expect(state.status == .unavailable)
        state.wasActive(at: start + .seconds(400))
        #expect(state.status == .online && state.isCurrentlyActive)
    }

    @Test("Who does not sync any more is gone")
    func gone() {
        var state = PresenceState()
        state.beganSync(as: .online, at: start)
        state.passTime(to: start + .seconds(100))
        #expect(state.status == .online)
        state.endedSync(at: start + .seconds(100))
        state.passTime(to: start + .seconds(130))
        #expect(state.status == .online)
        state.passTime(to: start + .seconds(131))
        #expect(state.status == .offline)
    }

    @Test("Who wants to be seen as away is, until they want otherwise")
    func byChoice() {
        var state = PresenceState()
        state.beganSync(as: .unavailable, at: start)
        #expect(state.status == .unavailable)
        state.beganSync(as: .online, at: start + .seconds(1))
        #expect(state.status == .online)
        state.set(.offline, at: start + .seconds(2))
        #expect(state.status == .offline)
        state.wasActive(at: start + .seconds(3))
        #expect(state.status == .offline)
        #expect(state.lastActive == start + .seconds(3))
    }
}

extension TestClient {
    fileprivate func setPresence(_ body: String) async throws -> TestAnswer {
        let user = pathComponent(userID?.rawValue ?? "")
        return try await put("/_matrix/client/v3/presence/\(user)/status", body)
    }

    fileprivate func sync(_ since: String?, _ query: String) async throws -> TestAnswer {
        try await sync(since: since, query)
    }
}
