import MatrixTypes
import SeededTesting
import Testing

@testable import MatrixRules

struct PushRuleSetTests {
    private func outcome(
        _ rules: PushRuleSet, _ event: PushEvent, members: Int = 10
    ) -> PushOutcome {
        rules.outcome(of: event, in: PushStory.room(members), for: PushStory.basile)
    }

    private func rules(
        _ changes: (inout PushRuleSet) throws -> Void
    ) throws -> PushRuleSet {
        var rules = PushRuleSet.default
        try changes(&rules)
        return rules
    }

    @Test("The first rule that matches decides, by kind and then by order")
    func priority() throws {
        let event = try PushStory.message("Du thé à l'heure du thé")
        var rules = PushRuleSet.default
        // From the least important kind to the most.
        #expect(outcome(rules, event).sound == nil)
        for (kind, id, body) in [
            (PushRuleKind.underride, "u", #"{"conditions":[],"actions":["notify",S]}"#),
            (.sender, People.chloe.rawValue, #"{"actions":["notify",S]}"#),
            (.room, PushStory.roomID.rawValue, #"{"actions":["notify",S]}"#),
            (.content, "tea", #"{"pattern":"heure","actions":["notify",S]}"#),
            (.override, "o", #"{"conditions":[],"actions":["notify",S]}"#),
        ] {
            let sound = #"{"set_tweak":"sound","value":"\#(kind)"}"#
            try rules.put(
                kind, id, PushStory.json(body.replacing("S", with: sound)))
            #expect(outcome(rules, event).sound == kind.rawValue)
        }
        try rules.setEnabled(.override, ".m.rule.master", true)
        #expect(outcome(rules, event) == .nothing)
    }

    @Test("The user's own rules come before the default ones of their kind")
    func ownFirst() throws {
        let rules = try rules { rules in
            try rules.put(.override, "a", PushStory.json(#"{"actions":[]}"#))
            try rules.put(.underride, "b", PushStory.json(#"{"actions":[]}"#))
        }
        #expect(
            rules.rules(.override).prefix(3).map(\.id)
                == [".m.rule.master", "a", ".m.rule.suppress_notices"])
        #expect(rules.rules(.underride).prefix(2).map(\.id) == ["b", ".m.rule.call"])
    }

    @Test("A room and a sender are muted by their IDs")
    func muted() throws {
        let event = try PushStory.event()
        let muted = try PushStory.json(#"{"actions":[]}"#)
        let old = try PushStory.json(#"{"actions":["dont_notify"]}"#)
        for (kind, id) in [
            (PushRuleKind.room, PushStory.roomID.rawValue), (.sender, People.chloe.rawValue),
        ] {
            #expect(outcome(try rules { try $0.put(kind, id, muted) }, event) == .nothing)
            #expect(outcome(try rules { try $0.put(kind, id, old) }, event) == .nothing)
            #expect(outcome(try rules { try $0.put(kind, "other", muted) }, event).notifies)
            let disabled = try rules { rules in
                try rules.put(kind, id, muted)
                try rules.setEnabled(kind, id, false)
            }
            #expect(outcome(disabled, event).notifies)
        }
    }

    @Test("The examples of the specification: cake, lies and beer")
    func examples() throws {
        let rules = try rules { rules in
            try rules.put(
                .content, "SSByZWFsbHkgbGlrZSBjYWtl",
                PushStory.json(
                    #"""
                    {"pattern":"cake",
                     "actions":["notify",{"set_tweak":"sound","value":"cakealarm.wav"}]}
                    """#))
            try rules.put(
                .content, "U3BvbmdlIGNha2UgaXMgYmVzdA",
                PushStory.json(#"{"pattern":"cake*lie","actions":["notify"]}"#),
                before: "SSByZWFsbHkgbGlrZSBjYWtl")
            try rules.put(
                .override, "U2VlIHlvdSBpbiBUaGUgRHVrZQ",
                PushStory.json(
                    #"""
                    {"conditions":[{"kind":"event_match","key":"content.body","pattern":"beer"},
                                   {"kind":"room_member_count","is":"<=10"}],
                     "actions":["notify",{"set_tweak":"sound","value":"beeroclock.wav"}]}
                    """#))
        }
        #expect(outcome(rules, try PushStory.message("Cake!")).sound == "cakealarm.wav")
        #expect(outcome(rules, try PushStory.message("The cake is a lie")).sound == nil)
        #expect(outcome(rules, try PushStory.message("cake and beer")).sound == "beeroclock.wav")
        #expect(
            outcome(rules, try PushStory.message("cake and beer"), members: 11).sound
                == "cakealarm.wav")
    }

    @Test("What actions come to")
    func actions() throws {
        func outcome(_ actions: String) throws -> PushOutcome {
            let json = try PushStory.json(#"{"a":\#(actions)}"#).requiredArray("a")
            return try PushActions(json).outcome
        }
        #expect(try outcome("[]") == .nothing)
        #expect(try outcome(#"["dont_notify","coalesce","org.example.other"]"#) == .nothing)
        #expect(try outcome(#"["notify"]"#) == PushOutcome(notifies: true))
        #expect(
            try outcome(#"["notify",{"set_tweak":"highlight"}]"#)
                == PushOutcome(notifies: true, highlights: true))
        #expect(
            try outcome(#"["notify",{"set_tweak":"highlight","value":false}]"#)
                == PushOutcome(notifies: true))
        #expect(
            try outcome(#"["notify",{"set_tweak":"highlight","value":"x"}]"#)
                == PushOutcome(notifies: true))
        // A tweak of what is not told changes nothing.
        #expect(try outcome(#"[{"set_tweak":"highlight"}]"#) == .nothing)
        let tweaks = try outcome(
            #"["notify",{"set_tweak":"light","value":{"b":1,"a":2}},{"set_tweak":"x"},{"y":1}]"#)
        #expect(
            tweaks.otherTweaks
                == ["light": Array(#"{"a":2,"b":1}"#.utf8), "x": Array("null".utf8)])
        for bad in ["[5]", "[null]", "[[]]", #"[{"set_tweak":5}]"#] {
            #expect(throws: PushRuleError.self) { try outcome(bad) }
        }
    }

    @Test("Members with equal rules are asked at once, but for those whom the event names")
    func groups() throws {
        var random = SeededGenerator(seed: 7)
        let mentions = #"{"user_ids":["\#(People.basile)","\#(People.eve)"]}"#
        let events = try [
            PushStory.event(), PushStory.message("café", mentions: mentions),
            PushStory.event(.roomMember, #"{"membership":"invite"}"#, key: People.dario.rawValue),
            PushStory.message("Basile", mentions: #"{"room":true}"#),
            PushStory.event(.reaction, "{}"), PushStory.event(by: People.amelie),
        ]
        for _ in 0..<40 {
            let rules = try rules { rules in
                for (id, pattern) in [("a", "café"), ("b", "bon*")] {
                    guard Bool.random(using: &random) else { continue }
                    try rules.put(
                        .content, id,
                        PushStory.json(#"{"pattern":"\#(pattern)","actions":["notify"]}"#))
                }
                if Bool.random(using: &random) {
                    try rules.setEnabled(.override, ".m.rule.is_user_mention", false)
                }
            }
            #expect(!rules.asksForDisplayName)
            for event in events {
                let group = rules.outcome(of: event, in: PushStory.room(), for: nil)
                for user in People.all where !event.namedUsers.contains(user) {
                    let reader = PushReader(userID: user, displayName: "Basile")
                    #expect(
                        rules.outcome(of: event, in: PushStory.room(), for: reader) == group)
                }
            }
        }
        #expect(events[1].namedUsers == [People.basile, People.eve, People.chloe])
        #expect(events[2].namedUsers == [People.dario, People.chloe])
    }

    @Test("A group whose rules ask for display names says so")
    func displayNames() throws {
        var rules = try rules { rules in
            try rules.put(
                .override, "name",
                PushStory.json(
                    #"""
                    {"conditions":[{"kind":"contains_display_name"}],
                     "actions":["notify",{"set_tweak":"highlight"}]}
                    """#))
        }
        #expect(rules.asksForDisplayName)
        #expect(outcome(rules, try PushStory.message("merci, Basile Chappe")).highlights)
        try rules.setEnabled(.override, "name", false)
        #expect(!rules.asksForDisplayName)
    }

    @Test("Sets are equal when their rules are, however they came to be")
    func equality() throws {
        let rule = try PushStory.json(#"{"pattern":"x","actions":["notify"]}"#)
        var rules = PushRuleSet.default
        try rules.put(.content, "x", rule)
        #expect(rules != .default && !rules.isDefault)
        try rules.remove(.content, "x")
        #expect(rules == .default)
        try rules.setEnabled(.underride, ".m.rule.message", false)
        #expect(rules != .default)
        try rules.setEnabled(.underride, ".m.rule.message", true)
        #expect(rules == .default && rules.isDefault)
        let same = try ["1", "2"].map { _ in try self.rules { try $0.put(.content, "x", rule) } }
        #expect(Set(same).count == 1)
    }
}
