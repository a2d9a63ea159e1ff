import MatrixTypes
import Testing

@testable import MatrixRules

struct PushRuleChangesTests {
    private func body(_ pattern: String = "x") throws -> JSONObject {
        try PushStory.json(#"{"pattern":"\#(pattern)","actions":["notify"]}"#)
    }

    private func three() throws -> PushRuleSet {
        var rules = PushRuleSet.default
        for id in ["c", "b", "a"] { try rules.put(.content, id, body(id)) }
        return rules
    }

    private func ids(_ rules: PushRuleSet) -> [String] { rules.rules(.content).map(\.id) }

    @Test("A new rule comes first, and is enabled")
    func first() throws {
        let rules = try three()
        #expect(ids(rules) == ["a", "b", "c"])
        #expect(rules.rule(.content, "b")?.isEnabled == true)
        #expect(rules.rule(.content, "b")?.isDefault == false)
        #expect(rules.rule(.content, "d") == nil)
        #expect(rules.rule(.room, "a") == nil)
    }

    @Test("It may come right before or right after another one")
    func neighbors() throws {
        var rules = try three()
        try rules.put(.content, "d", body(), before: "b")
        #expect(ids(rules) == ["a", "d", "b", "c"])
        try rules.put(.content, "e", body(), after: "b")
        #expect(ids(rules) == ["a", "d", "b", "e", "c"])
        // If both are given, `before` counts.
        try rules.put(.content, "f", body(), before: "a", after: "c")
        #expect(ids(rules) == ["f", "a", "d", "b", "e", "c"])
    }

    @Test("A rule that is there is changed, and moves only when told to")
    func again() throws {
        var rules = try three()
        try rules.setEnabled(.content, "b", false)
        try rules.put(.content, "b", body("y"))
        #expect(ids(rules) == ["a", "b", "c"])
        #expect(rules.rule(.content, "b")?.pattern?.pattern == "y")
        #expect(rules.rule(.content, "b")?.isEnabled == false)
        try rules.put(.content, "c", body(), before: "a")
        #expect(ids(rules) == ["c", "a", "b"])
        try rules.put(.content, "c", body(), after: "b")
        #expect(ids(rules) == ["a", "b", "c"])
    }

    @Test("Neighbors are rules of the user's own, of the same kind, and others than the rule")
    func noNeighbor() throws {
        let rules = try three()
        for neighbor in ["d", "b", ".m.rule.master"] {
            var changed = rules
            #expect(throws: PushRuleError.neighborNotFound(neighbor)) {
                try changed.put(.content, "b", body(), before: neighbor)
            }
            #expect(throws: PushRuleError.neighborNotFound(neighbor)) {
                try changed.put(.content, "b", body(), after: neighbor)
            }
            #expect(changed == rules)
        }
        var changed = rules
        #expect(throws: PushRuleError.neighborNotFound(".m.rule.call")) {
            try changed.put(.underride, "u", body(), before: ".m.rule.call")
        }
    }

    @Test("Own rules are removed; default ones are not")
    func remove() throws {
        var rules = try three()
        try rules.remove(.content, "b")
        #expect(ids(rules) == ["a", "c"])
        for (kind, id) in [
            (PushRuleKind.content, "b"), (.override, "a"), (.override, ".m.rule.master"),
        ] {
            #expect(throws: PushRuleError.notFound) { try rules.remove(kind, id) }
        }
    }

    @Test("Default rules are switched, and given other actions")
    func defaults() throws {
        var rules = PushRuleSet.default
        let actions = try PushStory.json(#"{"a":["notify"]}"#).requiredArray("a")
        try rules.setActions(.override, ".m.rule.suppress_notices", actions)
        let notice = try PushStory.event(.message, #"{"msgtype":"m.notice","body":"x"}"#)
        #expect(rules.outcome(of: notice, in: PushStory.room(), for: nil).notifies)
        try rules.setEnabled(.override, ".m.rule.suppress_notices", false)
        let rule = try #require(rules.rule(.override, ".m.rule.suppress_notices"))
        #expect(!rule.isEnabled && rule.isDefault && rule.actions.outcome.notifies)
    }

    @Test("Own rules are given other actions")
    func ownActions() throws {
        var rules = try three()
        let actions = try PushStory.json(#"{"a":[]}"#).requiredArray("a")
        try rules.setActions(.content, "b", actions)
        #expect(rules.rule(.content, "b")?.actions == PushActions())
        #expect(throws: PushRuleError.notFound) { try rules.setActions(.content, "d", actions) }
        #expect(throws: PushRuleError.notFound) { try rules.setEnabled(.room, "b", true) }
        #expect(throws: PushRuleError.notFound) {
            try rules.setEnabled(.override, ".m.rule.contains_display_name", true)
        }
        let bad = try PushStory.json(#"{"a":[5]}"#).requiredArray("a")
        #expect(throws: PushRuleError.self) { try rules.setActions(.content, "b", bad) }
    }

    @Test("Some IDs are ours, and some are none")
    func ids() throws {
        var rules = PushRuleSet.default
        for id in [".", ".m.rule.master", ".own"] {
            #expect(throws: PushRuleError.reservedID) { try rules.put(.content, id, body()) }
        }
        for id in ["", "a/b", #"a\b"#] {
            #expect(throws: PushRuleError.invalidID) { try rules.put(.content, id, body()) }
        }
        try rules.put(.content, String(repeating: "a", count: 300), body())
        #expect(throws: PushRuleError.idTooLong(limit: 300)) {
            try rules.put(.content, String(repeating: "a", count: 301), body())
        }
        #expect(throws: PushRuleError.idTooLong(limit: 300)) {
            try rules.put(.content, String(repeating: "é", count: 151), body())
        }
    }

    @Test("A rule has at most 1,024 bytes")
    func size() throws {
        var rules = PushRuleSet.default
        let frame = try body("").bytes.count
        try rules.put(.content, "a", body(String(repeating: "*a", count: (1024 - frame) / 2)))
        #expect(throws: PushRuleError.tooLarge(limit: 1024)) {
            try rules.put(.content, "b", body(String(repeating: "a", count: 1025 - frame)))
        }
        let tweak = #"{"set_tweak":"\#(String(repeating: "a", count: 1024))"}"#
        let actions = try PushStory.json(#"{"a":[\#(tweak)]}"#).requiredArray("a")
        #expect(throws: PushRuleError.tooLarge(limit: 1024)) {
            try rules.setActions(.content, "a", actions)
        }
    }

    @Test("A user has at most 10,000 rules")
    func number() throws {
        var rules = PushRuleSet.default
        let rule = try PushRule(id: "x", kind: .room, body: PushStory.json(#"{"actions":[]}"#))
        rules.own[.room] = Array(repeating: rule, count: 9999)
        try rules.put(.content, "last", body())
        for kind in [PushRuleKind.content, .sender] {
            #expect(throws: PushRuleError.tooMany(limit: 10_000)) {
                try rules.put(kind, "more", body())
            }
        }
        try rules.put(.content, "last", body("y"))
    }

    @Test("What a rule needs is there, and of its type")
    func malformed() throws {
        var rules = PushRuleSet.default
        let cases: [(PushRuleKind, String)] = [
            (.content, #"{"actions":[]}"#), (.content, #"{"pattern":5,"actions":[]}"#),
            (.content, #"{"pattern":"x"}"#), (.room, "{}"), (.sender, #"{"actions":"notify"}"#),
            (.override, #"{"actions":[],"conditions":{}}"#),
            (.override, #"{"actions":[],"conditions":[5]}"#),
            (.underride, #"{"actions":[],"conditions":[{}]}"#), (.room, #"{"actions":[null]}"#),
            (.override, #"{"actions":[],"conditions":[{"kind":"x","a":"\ud800"}]}"#),
            (.room, #"{"actions":["\ud800"]}"#),
        ]
        for (kind, body) in cases {
            #expect(throws: PushRuleError.self, "\(body)") {
                try rules.put(kind, "a", PushStory.json(body))
            }
        }
        #expect(rules == .default)
    }
}

struct PushRuleSetJSONTests {
    private func changed() throws -> PushRuleSet {
        var rules = PushRuleSet.default
        try rules.put(
            .content, "cake", PushStory.json(#"{"pattern":"cake*","actions":["notify"]}"#))
        try rules.put(.room, "!mute:x", PushStory.json(#"{"actions":["dont_notify"]}"#))
        try rules.put(
            .override, "new",
            PushStory.json(
                #"{"conditions":[{"kind":"org.example.moon"}],"actions":["notify",{"x":1}]}"#))
        try rules.put(
            .override, "first", PushStory.json(#"{"conditions":[],"actions":[]}"#))
        try rules.setEnabled(.room, "!mute:x", false)
        try rules.setEnabled(.override, ".m.rule.master", true)
        let loud = try PushStory.json(#"{"a":["notify",{"set_tweak":"highlight"}]}"#)
        try rules.setActions(.underride, ".m.rule.message", loud.requiredArray("a"))
        return rules
    }

    @Test("What is written for clients and for ourselves is read as the same rules")
    func roundTrip() throws {
        for rules in [PushRuleSet.default, try changed()] {
            let content = try JSONObject(parsing: rules.content(for: People.basile))
            #expect(try PushRuleSet(reading: content.requiredObject("global")) == rules)
            let stored = try JSONObject(parsing: rules.stored(for: People.basile))
            #expect(try PushRuleSet(reading: stored) == rules)
        }
    }

    @Test("What is stored has nothing in it that nobody changed")
    func stored() throws {
        #expect(
            String(decoding: PushRuleSet.default.stored(for: People.basile), as: UTF8.self)
                == #"{"override":[],"content":[],"room":[],"sender":[],"underride":[]}"#)
        let stored = try JSONObject(parsing: changed().stored(for: People.basile))
        #expect(
            try stored.requiredArray("override").compactMap { $0["rule_id"]?.string }
                == ["first", "new", ".m.rule.master"])
    }

    @Test("Rules are in the shape of the specification")
    func shape() throws {
        let rule = try #require(try changed().rule(.content, "cake"))
        #expect(
            String(
                decoding: jsonBytes { rule.write(to: &$0, for: People.basile) }, as: UTF8.self)
                == #"{"rule_id":"cake","default":false,"enabled":true,"pattern":"cake*","#
                + #""actions":["notify"]}"#)
        let content = try JSONObject(parsing: changed().content(for: People.basile))
        let kinds = try content.requiredObject("global").map(\.key)
        #expect(kinds == ["override", "content", "room", "sender", "underride"])
    }

    @Test("Default rules that are no more are left out, and what is no rule is refused")
    func odd() throws {
        let old = #"{"override":[{"rule_id":".m.rule.roomnotif","enabled":false,"actions":[]}]}"#
        #expect(try PushRuleSet(reading: PushStory.json(old)) == .default)
        #expect(try PushRuleSet(reading: PushStory.json(#"{"room":5}"#)) == .default)
        for text in [#"{"room":[5]}"#, #"{"room":[{}]}"#, #"{"room":[{"rule_id":"a"}]}"#] {
            #expect(throws: PushRuleError.self) {
                try PushRuleSet(reading: PushStory.json(text))
            }
        }
    }
}
