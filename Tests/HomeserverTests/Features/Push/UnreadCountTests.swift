import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

struct UnreadCountTests {
    private static let threaded = #"{"room": {"timeline": {"unread_thread_notifications": true}}}"#

    private func unread(_ room: String, of client: TestClient) async throws -> [Int]? {
        try await client.sync().joined(room).unread
    }

    @Test("A packed count is added, subtracted and taken apart, also below zero")
    func packed() {
        for (a, b) in [(3, 1), (-1, 0), (0, -2), (-5, 4), (1_000_000, -1_000_000)] {
            let count = NotificationCount(notifications: a, highlights: b)
            #expect(count.notifications == a && count.highlights == b)
            let sum = count + NotificationCount(notifications: 7, highlights: -3)
            #expect(sum.notifications == a + 7 && sum.highlights == b - 3)
        }
    }

    @Test(
        "Threads are counted with the room or apart, and read apart or together",
        arguments: TestEngine.allCases)
    func threads(engine: TestEngine) async throws {
        // A<--B<--C<--E in a thread; D in the main timeline; F refers to A; G reacts to F.
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let bob = try await server.register("bob")
            let room = try await amelie.createRoom()
            try await bob.join(room)
            let since = try await bob.now()
            let a = try await amelie.say("Hello world!", in: room)
            let b = try await amelie.answer("Start thread!", to: a, in: room)
            try await amelie.mention([bob], in: room, thread: a)
            let d = try await amelie.mention([bob], in: room)
            try await amelie.answer("End thread", to: a, in: room)
            let f = try await amelie.send(
                #"{"body": "Reference!", "msgtype": "m.text", "m.mentions": {}, "m.relates_to":"#
                    + #" {"rel_type": "m.reference", "event_id": "\#(a)"}}"#, in: room)
            let g = try await amelie.send(
                #"{"m.relates_to": {"rel_type": "m.annotation", "event_id": "\#(f)", "key": "x"}}"#,
                in: room, type: "m.room.reaction")
            func expect(_ whole: [Int], _ main: [Int], _ thread: [Int]?) async throws {
                let together = try await bob.sync(since: since).joined(room)
                #expect(together.unread == whole)
                #expect(together.json?["unread_thread_notifications"] == nil)
                let apart = try await bob.sync(since: since, filter: Self.threaded).joined(room)
                #expect(apart.unread == main)
                #expect(apart.unread(in: a) == thread)
            }
            try await expect([6, 2], [3, 1], [3, 1])
            try await bob.read(a, in: room, thread: "main")
            try await expect([5, 2], [2, 1], [3, 1])
            try await bob.read(b, in: room, thread: a)
            try await expect([4, 2], [2, 1], [2, 1])
            try await bob.read(d, in: room)
            try await expect([2, 0], [1, 0], [1, 0])
            #expect(try await bob.read(g, in: room, thread: a).status == 200)
            try await expect([1, 0], [1, 0], nil)
        }
    }

    @Test(
        "The further of a public and a private receipt counts", arguments: TestEngine.allCases)
    func twoReceipts(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            var events: [String] = []
            for number in 1...4 { events.append(try await amelie.say("\(number)", in: room)) }
            try await basile.read(events[2], in: room, type: "m.read.private")
            #expect(try await unread(room, of: basile) == [1, 0])
            try await basile.read(events[1], in: room)
            #expect(try await unread(room, of: basile) == [1, 0])
            try await basile.read(events[3], in: room)
            #expect(try await unread(room, of: basile) == [0, 0])
        }
    }

    @Test("Who says something has read what was said before", arguments: TestEngine.allCases)
    func bySending(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let root = try await amelie.say("un", in: room)
            try await amelie.mention([basile], in: room)
            try await amelie.answer("fil", to: root, in: room)
            #expect(try await unread(room, of: basile) == [3, 1])
            try await basile.say("deux", in: room)
            #expect(try await unread(room, of: basile) == [1, 0])
            try await basile.answer("réponse", to: root, in: room)
            #expect(try await unread(room, of: basile) == [0, 0])
            #expect(try await unread(room, of: amelie) == [2, 0])
        }
    }

    @Test(
        "Names count as mentions where the client says nothing of mentions, and only there",
        arguments: TestEngine.allCases)
    func names(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            try await chloe.join(room)
            try await basile.setState(
                "m.room.member", #"{"membership": "join", "displayname": "Basile Élan"}"#, in: room,
                key: "@basile:culture.example")
            let cases: [(String, [Int])] = [
                (#"{"body": "basile ?", "msgtype": "m.text"}"#, [1, 1]),
                (#"{"body": "Salut BASILE ÉLAN !", "msgtype": "m.text"}"#, [2, 2]),
                (#"{"body": "@basile:culture.example: oui", "msgtype": "m.text"}"#, [3, 3]),
                (#"{"body": "basilet", "msgtype": "m.text"}"#, [4, 3]),
                (#"{"body": "basile", "msgtype": "m.text", "m.mentions": {}}"#, [5, 3]),
                (#"{"body": "basile", "msgtype": "m.notice"}"#, [5, 3]),
                (#"{"body": "@room debout", "msgtype": "m.text"}"#, [6, 4]),
                (#"{"body": "x", "m.mentions": {"room": true}, "msgtype": "m.text"}"#, [7, 5]),
            ]
            for (content, expected) in cases {
                try await amelie.send(content, in: room)
                #expect(try await unread(room, of: basile) == expected, "\(content)")
            }
            #expect(try await unread(room, of: chloe) == [7, 2])
            // Who may not notify the room does not.
            try await chloe.send(
                #"{"body": "x", "m.mentions": {"room": true}, "msgtype": "m.text"}"#, in: room)
            #expect(try await unread(room, of: basile) == [8, 5])
        }
    }

    @Test("What was said before one came does not count", arguments: TestEngine.allCases)
    func sinceJoining(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await amelie.say("avant", in: room)
            try await basile.join(room)
            #expect(try await unread(room, of: basile) == [0, 0])
            try await amelie.say("un", in: room)
            #expect(try await unread(room, of: basile) == [1, 0])
            try await basile.leave(room)
            try await amelie.say("sans vous", in: room)
            try await basile.join(room)
            #expect(try await unread(room, of: basile) == [0, 0])
            try await amelie.mention([basile], in: room)
            #expect(try await unread(room, of: basile) == [1, 1])
        }
    }

    @Test("What is redacted does not count any more", arguments: TestEngine.allCases)
    func redacted(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let first = try await amelie.say("un", in: room)
            let second = try await amelie.mention([basile], in: room)
            try await amelie.say("trois", in: room)
            #expect(try await unread(room, of: basile) == [3, 1])
            try await amelie.redact(second, in: room)
            #expect(try await unread(room, of: basile) == [2, 0])
            try await basile.read(first, in: room)
            #expect(try await unread(room, of: basile) == [1, 0])
            try await amelie.redact(first, in: room)
            #expect(try await unread(room, of: basile) == [1, 0])
        }
    }

    @Test(
        "What mentions nobody writes as many rows among many, most of whom muted it, as among few",
        arguments: TestEngine.allCases)
    func rows(engine: TestEngine) async throws {
        var written: [[Int]] = []
        for size in [10, engine == .sqlite ? 300 : 60] {
            try await TestServer.run(on: engine) { server in
                let amelie = try await server.register("amelie")
                let room = try await amelie.createRoom()
                var members: [TestClient] = []
                for number in 1..<size {
                    let member = try await server.register("m\(number)")
                    try await member.join(room)
                    members.append(member)
                }
                for member in members.dropFirst(2) {
                    let rule = "/_matrix/client/v3/pushrules/global/override/muet"
                    let muted = try await member.put(
                        rule,
                        #"""
                        {"actions": [], "conditions":
                         [{"kind": "event_match", "key": "room_id", "pattern": "\#(room)"}]}
                        """#)
                    #expect(muted.status == 200)
                }
                try await amelie.say("un", in: room)
                let before = try await rowCounts(server)
                try await amelie.say("deux", in: room)
                let after = try await rowCounts(server)
                written.append(zip(after, before).map { $0 - $1 })
                #expect(try await unread(room, of: members[0]) == [2, 0])
                #expect(try await unread(room, of: members[5]) == [0, 0])
            }
        }
        #expect(written[0] == written[1])
    }

    private func rowCounts(_ server: TestServer) async throws -> [Int] {
        [
            try await server.count("events"), try await server.count("push_outcomes"),
            try await server.count("read_positions"), try await server.count("push_modes"),
            try await server.count("thread_heads"), try await server.count("receipts"),
            try await server.count("state_nodes"), try await server.count("memberships"),
        ]
    }
}
