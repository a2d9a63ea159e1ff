import MatrixTypes
import Testing

@testable import MatrixRules

struct InviteRulesTests {
    @Test("4.4.2 to 4.4.5: Members with the power to invite those who are outside")
    func invite() throws {
        for rules in RoomRules.all {
            var room = try TestRoom.ofAmelie(rules)
            try room.add(
                "banned", .roomMember, by: People.amelie, key: "@banned:x",
                #"{"membership":"ban"}"#)
            func rejection(_ target: UserID, by sender: UserID) throws -> Rejection? {
                try Judge(room: room, names: TestRoom.everything + ["banned"])
                    .rejection(ofMember: target, by: sender, "invite")
            }
            #expect(try rejection(People.eve, by: People.chloe) == nil)
            #expect(try rejection(People.dario, by: People.chloe) == nil)
            #expect(try rejection(People.eve, by: People.dario) == .senderNotJoined)
            #expect(try rejection(People.basile, by: People.chloe) == .alreadyJoinedOrBanned)
            #expect(
                try rejection(UserID(unchecked: "@banned:x"), by: People.amelie)
                    == .alreadyJoinedOrBanned)
            try room.add(
                "levels", .powerLevels, by: People.amelie, key: "",
                #"{"users":{"@basile:culture.example":50},"invite":50}"#)
            #expect(try rejection(People.eve, by: People.chloe) == .inviteNeedsPower)
            #expect(try rejection(People.eve, by: People.basile) == nil)
        }
    }

    /// Basile has asked someone in by e-mail, who turns out to be Eve.
    private func judge(
        _ rules: RoomRules,
        keys: String = #""public_key":"K1","public_keys":[{"public_key":"K2"}]"#,
        good: Set<String> = ["K1", "K2"]
    ) throws -> Judge {
        var room = try TestRoom.ofAmelie(rules)
        try room.add(
            "letter", .thirdPartyInvite, by: People.basile, key: "t1",
            #"{"display_name":"e…@ailleurs.example",\#(keys)}"#)
        try room.add(
            "banned", .roomMember, by: People.amelie, key: "@banned:x", #"{"membership":"ban"}"#)
        return Judge(
            room: room,
            signatures: SignatureChecks(
                isSigned: { _, _ in true },
                isSignedWithKey: { signed, key in
                    signed["signatures"] != nil && good.contains(key)
                }),
            names: TestRoom.everything + ["letter", "banned"])
    }

    private func rejection(
        _ judge: Judge, _ invite: String, target: UserID = People.eve,
        by sender: UserID = People.basile
    ) throws -> Rejection? {
        try judge.rejection(
            ofMember: target, by: sender, "invite", more: #","third_party_invite":\#(invite)"#)
    }

    private func signed(
        mxid: String = "@eve:ailleurs.example", token: String = "t1",
        signatures: String = #","signatures":{}"#
    ) -> String {
        #"{"display_name":"e","signed":{"mxid":"\#(mxid)","token":"\#(token)"\#(signatures)}}"#
    }

    @Test("4.4.1.7: Eve takes the invitation up, with either of its keys", arguments: RoomRules.all)
    func takenUp(rules: RoomRules) throws {
        for good in [["K1"], ["K2"], ["K1", "K2"]] as [Set<String>] {
            #expect(try rejection(judge(rules, good: good), signed()) == nil)
        }
        // The sender need not be in the room any more, nor have the power.
        var left = try judge(rules)
        left.names.removeAll { $0 == "basile" }
        #expect(try rejection(left, signed()) == nil)
    }

    @Test("4.4.1.1: Nobody comes back by e-mail who is banned", arguments: RoomRules.all)
    func banned(rules: RoomRules) throws {
        #expect(
            try rejection(
                judge(rules), signed(mxid: "@banned:x"), target: UserID(unchecked: "@banned:x"))
                == .alreadyJoinedOrBanned)
    }

    @Test("4.4.1.2: The identity server has signed it", arguments: RoomRules.all)
    func notSigned(rules: RoomRules) throws {
        for invite in ["null", "5", "{}", #"{"signed":null}"#, #"{"signed":"x"}"#] {
            #expect(try rejection(judge(rules), invite) == .thirdPartyNotSigned)
        }
    }

    @Test("4.4.1.3: It has signed for whom, and which invitation", arguments: RoomRules.all)
    func incomplete(rules: RoomRules) throws {
        for content in [
            #"{"mxid":"@eve:ailleurs.example"}"#, #"{"token":"t1"}"#, #"{"mxid":5,"token":"t1"}"#,
            #"{"mxid":"@eve:ailleurs.example","token":null}"#,
        ] {
            #expect(
                try rejection(judge(rules), #"{"signed":\#(content)}"#) == .thirdPartyIncomplete)
        }
    }

    @Test("4.4.1.4: It is Eve for whom it was signed", arguments: RoomRules.all)
    func another(rules: RoomRules) throws {
        #expect(
            try rejection(judge(rules), signed(mxid: "@dario:sante.example"))
                == .thirdPartyOfAnother)
    }

    @Test("4.4.1.5 and 4.4.1.6: The room has the invitation, by the same sender")
    func invitation() throws {
        for rules in RoomRules.all {
            #expect(
                try rejection(judge(rules), signed(token: "t2")) == .noSuchThirdPartyInvite)
            #expect(
                try rejection(judge(rules), signed(), by: People.chloe)
                    == .thirdPartyInviteOfAnotherSender)
        }
    }

    @Test("4.4.1.8: A signature with another key is none", arguments: RoomRules.all)
    func signature(rules: RoomRules) throws {
        #expect(
            try rejection(judge(rules, good: ["K3"]), signed()) == .thirdPartySignatureInvalid)
        #expect(
            try rejection(judge(rules), signed(signatures: "")) == .thirdPartySignatureInvalid)
        // An invitation that was taken back has no keys.
        #expect(
            try rejection(judge(rules, keys: #""a":1"#), signed()) == .thirdPartySignatureInvalid)
        #expect(
            try rejection(judge(rules, keys: #""public_key":5,"public_keys":"K1""#), signed())
                == .thirdPartySignatureInvalid)
    }
}
