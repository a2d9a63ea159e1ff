import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct PushRulesTests {
    private let base = "/_matrix/client/v3/pushrules"

    @Test("The predefined rules are there, in their order", arguments: TestEngine.allCases)
    func predefined(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let rules = try await amelie.get("\(base)/")
            let ids = { (kind: String) in
                rules["global", kind]?.array?.compactMap { $0["rule_id"]?.string } ?? []
            }
            #expect(
                ids("override") == [
                    ".m.rule.master", ".m.rule.suppress_notices", ".m.rule.invite_for_me",
                    ".m.rule.member_event", ".m.rule.is_user_mention",
                    ".m.rule.is_room_mention", ".m.rule.tombstone", ".m.rule.reaction",
                    ".m.rule.room.server_acl", ".m.rule.suppress_edits",
                ])
            #expect(
                ids("underride") == [
                    ".m.rule.call", ".m.rule.encrypted_room_one_to_one",
                    ".m.rule.room_one_to_one", ".m.rule.message", ".m.rule.encrypted",
                ])
            #expect(ids("content") == [] && ids("room") == [] && ids("sender") == [])
            let global = try await amelie.get("\(base)/global/")
            #expect(
                try global.json.canonical() == rules["global"]?.canonical())
            let master = try await amelie.get("\(base)/global/override/.m.rule.master")
            #expect(master["enabled"]?.bool == false && master["default"]?.bool == true)
        }
    }

    @Test("Rules are added, ordered, changed and removed", arguments: TestEngine.allCases)
    func changes(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let content = "\(base)/global/content"
            let body = #"{"pattern": "gâteau", "actions": ["notify"]}"#
            #expect(try await amelie.put("\(content)/a", body).status == 200)
            #expect(try await amelie.put("\(content)/b", body).status == 200)
            #expect(try await amelie.put("\(content)/c?after=b", body).status == 200)
            #expect(try await amelie.put("\(content)/d?before=a", body).status == 200)
            let ids = { (answer: TestAnswer) in
                answer["global", "content"]?.array?.compactMap { $0["rule_id"]?.string }
            }
            #expect(ids(try await amelie.get("\(base)/")) == ["b", "c", "d", "a"])
            #expect(
                try await amelie.put("\(content)/a/enabled", #"{"enabled": false}"#).status == 200)
            #expect(try await amelie.get("\(content)/a/enabled")["enabled"]?.bool == false)
            #expect(
                try await amelie.put("\(content)/a/actions", #"{"actions": ["dont_notify"]}"#)
                    .status == 200)
            #expect(try await amelie.get("\(content)/a/actions")["actions"]?.array?.count == 0)
            #expect(try await amelie.get("\(content)/a")["pattern"]?.string == "gâteau")
            #expect(try await amelie.delete("\(content)/b").status == 200)
            #expect(try await amelie.delete("\(content)/b").status == 404)
            #expect(ids(try await amelie.get("\(base)/")) == ["c", "d", "a"])
            let shown = try await amelie.put(
                "\(base)/global/override/.m.rule.master/enabled", #"{"enabled": true}"#)
            #expect(shown.status == 200)
        }
    }

    @Test("What is no rule is refused", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let good = #"{"actions": []}"#
            let long = String(repeating: "x", count: 301)
            let large =
                #"{"actions": [], "conditions": [{"kind": "\#(String(repeating: "x", count: 2000))"}]}"#
            let cases: [(String, String, Int)] = [
                ("override/.mine", good, 400), ("nothing/a", good, 400),
                ("override/a%2Fb", good, 400), ("override/a%5Cb", good, 400),
                ("override/\(long)", good, 400), ("override/a", large, 413),
                ("override/a", "{}", 400), ("override/a", #"{"actions": 4}"#, 400),
                ("override/a", #"{"actions": [4]}"#, 400),
                ("override/a", #"{"actions": [], "conditions": [4]}"#, 400),
                ("content/a", good, 400), ("override/a?before=b", good, 400),
                ("override/a?after=.m.rule.master", good, 400),
                ("override/a/enabled", #"{"enabled": true}"#, 404),
                ("override/a/enabled", #"{"enabled": 1}"#, 400),
                ("override/a/actions", good, 404),
                ("override/a", good, 200),
            ]
            for (path, body, status) in cases {
                let answer = try await amelie.put("\(base)/global/\(path)", body)
                #expect(answer.status == status, "\(path.prefix(40)): \(answer.text)")
            }
            #expect(try await amelie.get("\(base)/global/override/none").status == 404)
            #expect(try await amelie.delete("\(base)/global/override/.m.rule.master").status == 404)
        }
    }

    @Test("Every change wakes a sync, which brings all rules", arguments: TestEngine.allCases)
    func wakes(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let first = try await amelie.sync()
            #expect(first.accountData("m.push_rules")?["global"]?["override"]?.array != nil)
            var since = first.nextBatch
            let rule = "\(base)/global/room/\(pathComponent("!foo:example.com"))"
            for (path, body) in [
                (rule, #"{"actions": ["notify"]}"#), ("\(rule)/enabled", #"{"enabled": false}"#),
                ("\(rule)/enabled", #"{"enabled": true}"#),
                ("\(rule)/actions", #"{"actions": []}"#),
            ] {
                let token = since
                async let woken = amelie.wait(since: token)
                #expect(try await amelie.put(path, body).status == 200)
                let answer = try await woken
                #expect(answer.accountData("m.push_rules")?["global"]?["room"]?.array?.count == 1)
                since = answer.nextBatch
            }
            #expect(try await amelie.sync(since: since)["account_data"] == nil)
        }
    }

    @Test("Hostile patterns cost little", arguments: TestEngine.allCases)
    func hostile(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let pattern = String(repeating: "*a", count: 200)
            for number in 0..<20 {
                let answer = try await basile.put(
                    "\(base)/global/content/r\(number)",
                    #"{"pattern": "\#(pattern)b\#(number)", "actions": ["notify"]}"#)
                #expect(answer.status == 200)
            }
            let start = ContinuousClock.now
            try await amelie.say(String(repeating: "a", count: 20_000), in: room)
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }
}
