import MatrixTypes
import Testing

@testable import MatrixRules

struct DefaultPushRulesTests {
    private let silent = PushOutcome(notifies: true)
    private let loud = PushOutcome(notifies: true, sound: "default")

    private func outcome(
        _ event: PushEvent, members: Int = 10, levels: PDU? = nil,
        for reader: PushReader? = PushStory.basile
    ) -> PushOutcome {
        PushRuleSet.default.outcome(
            of: event, in: PushStory.room(members, levels: levels), for: reader)
    }

    @Test("Messages notify, and in a room for two with a sound", arguments: [1, 2, 3, 10_000])
    func messages(members: Int) throws {
        let expected = members == 2 ? loud : silent
        #expect(outcome(try PushStory.event(), members: members) == expected)
        #expect(outcome(try PushStory.event(.encrypted, "{}"), members: members) == expected)
    }

    @Test("A call rings")
    func call() throws {
        #expect(
            outcome(try PushStory.event(.callInvite, "{}"))
                == PushOutcome(notifies: true, sound: "ring"))
    }

    @Test("Notices, reactions, edits, and others' comings and goings do not notify")
    func suppressed() throws {
        #expect(
            outcome(try PushStory.event(.message, #"{"msgtype":"m.notice","body":"x"}"#))
                == .nothing)
        #expect(outcome(try PushStory.event(.reaction, "{}")) == .nothing)
        let edit = #"{"msgtype":"m.text","body":"x","m.relates_to":{"rel_type":"m.replace"}}"#
        #expect(outcome(try PushStory.event(.message, edit)) == .nothing)
        let thread = #"{"msgtype":"m.text","body":"x","m.relates_to":{"rel_type":"m.thread"}}"#
        #expect(outcome(try PushStory.event(.message, thread)) == silent)
        #expect(outcome(try PushStory.event(.serverACL, "{}", key: "")) == .nothing)
        #expect(
            outcome(
                try PushStory.event(
                    .roomMember, #"{"membership":"join"}"#, key: People.chloe.rawValue))
                == .nothing)
        #expect(outcome(try PushStory.event(.roomTopic, "{}", key: "")) == .nothing)
    }

    @Test("An invitation notifies whom it invites, and nobody else")
    func invitation() throws {
        let invite = #"{"membership":"invite"}"#
        let basile = People.basile.rawValue
        #expect(outcome(try PushStory.event(.roomMember, invite, key: basile)) == loud)
        #expect(
            outcome(try PushStory.event(.roomMember, invite, key: People.dario.rawValue))
                == .nothing)
        // Another user, whatever a comparison without case might say.
        #expect(
            outcome(try PushStory.event(.roomMember, invite, key: "@Basile:culture.example"))
                == .nothing)
        #expect(
            outcome(
                try PushStory.event(.roomMember, #"{"membership":"ban"}"#, key: basile))
                == .nothing)
    }

    @Test("A mention highlights, also in a notice that is none by another rule")
    func mention() throws {
        let both = PushOutcome(notifies: true, highlights: true, sound: "default")
        let mentions = #"{"user_ids":["@eve:x","\#(People.basile)"]}"#
        #expect(outcome(try PushStory.message("Basile ?", mentions: mentions)) == both)
        #expect(
            outcome(
                try PushStory.event(
                    .roomTopic, #"{"m.mentions":\#(mentions)}"#, key: "")) == both)
        #expect(
            outcome(try PushStory.message("x", mentions: #"{"user_ids":"\#(People.basile)"}"#))
                == silent)
        #expect(
            outcome(try PushStory.message("x", mentions: #"{"user_ids":["@eve:x"]}"#)) == silent)
        // Names in the text mention nobody any more.
        #expect(outcome(try PushStory.message("Basile Chappe")) == silent)
    }

    @Test("A mention of the room highlights, from those who may")
    func roomMention() throws {
        let event = try PushStory.message("@room", mentions: #"{"room":true}"#)
        let highlight = PushOutcome(notifies: true, highlights: true)
        #expect(outcome(event) == silent)
        func levels(_ content: String) throws -> PDU {
            try TestRoom(.v11).make("levels", .powerLevels, by: People.amelie, key: "", content)
        }
        let chloe = People.chloe.rawValue
        #expect(outcome(event, levels: try levels(#"{"users":{"\#(chloe)":50}}"#)) == highlight)
        #expect(outcome(event, levels: try levels(#"{"users":{"\#(chloe)":49}}"#)) == silent)
        #expect(outcome(event, levels: try levels(#"{"notifications":{"room":0}}"#)) == highlight)
        #expect(
            outcome(
                try PushStory.message("@room", mentions: #"{"room":"true"}"#),
                levels: try levels(#"{"notifications":{"room":0}}"#)) == silent)
        #expect(outcome(try PushStory.message("@room")) == silent)
    }

    @Test("An upgrade of the room highlights")
    func tombstone() throws {
        let highlight = PushOutcome(notifies: true, highlights: true)
        #expect(outcome(try PushStory.event(.tombstone, "{}", key: "")) == highlight)
        #expect(outcome(try PushStory.event(.tombstone, "{}", key: "x")) == .nothing)
        #expect(outcome(try PushStory.event(.tombstone, "{}")) == .nothing)
    }

    @Test("Nobody is told of what they said themselves")
    func ownEvent() throws {
        let event = try PushStory.event(by: People.basile)
        #expect(outcome(event) == .nothing)
        #expect(outcome(event, for: nil) == silent)
    }

    @Test("The rules are those of the specification, in its order")
    func list() throws {
        let global = try PushStory.json(
            String(decoding: PushRuleSet.default.content(for: People.basile), as: UTF8.self)
        ).requiredObject("global")
        func ids(_ kind: PushRuleKind) throws -> [String] {
            try global.requiredArray(kind.rawValue).compactMap { $0["rule_id"]?.string }
        }
        #expect(
            try ids(.override) == [
                ".m.rule.master", ".m.rule.suppress_notices", ".m.rule.invite_for_me",
                ".m.rule.member_event", ".m.rule.is_user_mention", ".m.rule.is_room_mention",
                ".m.rule.tombstone", ".m.rule.reaction", ".m.rule.room.server_acl",
                ".m.rule.suppress_edits",
            ])
        #expect(
            try ids(.underride) == [
                ".m.rule.call", ".m.rule.encrypted_room_one_to_one", ".m.rule.room_one_to_one",
                ".m.rule.message", ".m.rule.encrypted",
            ])
        #expect(try ids(.content).isEmpty && ids(.room).isEmpty && ids(.sender).isEmpty)
        #expect(try global.requiredArray("override").first?["enabled"]?.bool == false)
    }

    @Test("Rules about oneself name the user whose they are")
    func ownID() throws {
        func rule(_ id: String) throws -> String {
            let rule = try #require(PushRuleSet.default.rule(.override, id))
            return String(
                decoding: jsonBytes { rule.write(to: &$0, for: People.basile) }, as: UTF8.self)
        }
        #expect(
            try rule(".m.rule.is_user_mention")
                == #"{"rule_id":".m.rule.is_user_mention","default":true,"enabled":true,"#
                + #""conditions":[{"kind":"event_property_contains","#
                + #""key":"content.m\\.mentions.user_ids","value":"@basile:culture.example"}],"#
                + #""actions":["notify",{"set_tweak":"sound","value":"default"},"#
                + #"{"set_tweak":"highlight"}]}"#)
        #expect(
            try rule(".m.rule.invite_for_me").contains(
                #"{"kind":"event_match","key":"state_key","pattern":"@basile:culture.example"}"#))
    }
}
