import MatrixTypes
import Testing

@testable import MatrixRules

struct MembershipRulesTests {
    @Test("4.1: A membership is of someone, and says which", arguments: RoomRules.all)
    func incomplete(rules: RoomRules) throws {
        let judge = Judge(room: try .ofAmelie(rules))
        #expect(
            try judge.rejection(of: .roomMember, by: People.basile, #"{"membership":"join"}"#)
                == .incompleteMembership)
        #expect(
            try judge.rejection(of: .roomMember, by: People.basile, key: People.basile.rawValue)
                == .incompleteMembership)
    }

    @Test("4.8: Other memberships there are none", arguments: RoomRules.all)
    func unknown(rules: RoomRules) throws {
        let judge = Judge(room: try .ofAmelie(rules))
        for value in [#""banned""#, #""Join""#, #""""#, "null", "5", #"{"join":true}"#] {
            #expect(
                try judge.rejection(
                    of: .roomMember, by: People.basile, key: People.basile.rawValue,
                    #"{"membership":\#(value)}"#) == .unknownMembership)
        }
    }

    @Test("4.3.1: Who made the room joins first", arguments: RoomRules.all)
    func first(rules: RoomRules) throws {
        let room = try TestRoom.ofAmelie(rules)
        let judge = Judge(room: room, names: ["create"])
        func rejection(
            _ target: UserID, by sender: UserID, prev: [String] = ["create"]
        ) throws -> Rejection? {
            try judge.rejection(
                of: .roomMember, by: sender, key: target.rawValue, #"{"membership":"join"}"#,
                prev: prev)
        }
        #expect(try rejection(People.amelie, by: People.amelie) == nil)
        // The rule does not ask who sends it.
        #expect(try rejection(People.amelie, by: People.basile) == nil)
        #expect(try rejection(People.basile, by: People.basile) == .notInvited)
        #expect(try rejection(People.amelie, by: People.amelie, prev: ["other"]) == .notInvited)
        #expect(
            try rejection(People.amelie, by: People.amelie, prev: ["create", "other"])
                == .notInvited)
    }

    @Test("4.3.1: Until v10, the creator is whom the content names")
    func creatorOfContent() throws {
        for rules in RoomRules.all {
            var room = TestRoom(rules)
            try room.add(
                "create", .roomCreate, by: People.amelie, key: "",
                #"{"creator":"@chloe:sante.example"}"#)
            let judge = Judge(room: room, names: ["create"])
            func rejection(_ user: UserID) throws -> Rejection? {
                try judge.rejection(
                    of: .roomMember, by: user, key: user.rawValue, #"{"membership":"join"}"#,
                    prev: ["create"])
            }
            let isSender = rules.creatorIsSender
            #expect(try rejection(People.amelie) == (isSender ? nil : .notInvited))
            #expect(try rejection(People.chloe) == (isSender ? .notInvited : nil))
        }
    }

    @Test("4.3.2 and 4.3.3: Everyone joins for themselves, unless banned", arguments: RoomRules.all)
    func forOneself(rules: RoomRules) throws {
        var room = try TestRoom.ofAmelie(rules, joinRule: "public")
        try room.add(
            "eve", .roomMember, by: People.amelie, key: People.eve.rawValue,
            #"{"membership":"ban"}"#)
        let judge = Judge(room: room, names: TestRoom.everything + ["eve"])
        #expect(
            try judge.rejection(ofMember: People.dario, by: People.amelie, "join")
                == .joinForAnother)
        #expect(
            try judge.rejection(ofMember: People.eve, by: People.eve, "join") == .joinWhileBanned)
        #expect(try judge.rejection(ofMember: People.dario, by: People.dario, "join") == nil)
    }

    @Test("4.3.4 to 4.3.7: How the join rule lets people in", arguments: RoomRules.all)
    func joinRules(rules: RoomRules) throws {
        func rejection(_ joinRule: String, _ user: UserID) throws -> Rejection? {
            try Judge(room: .ofAmelie(rules, joinRule: joinRule))
                .rejection(ofMember: user, by: user, "join")
        }
        // Chloé is in the room, Dario is invited, and Eve is neither.
        for user in [People.chloe, People.dario, People.eve] {
            let isExpected = user != People.eve
            #expect(try rejection("public", user) == nil)
            #expect(try rejection("invite", user) == (isExpected ? nil : .notInvited))
            #expect(try rejection("private", user) == .joinRuleForbids)
            #expect(try rejection("Public", user) == .joinRuleForbids)
            let knock: Rejection? = isExpected ? nil : .notInvited
            #expect(
                try rejection("knock", user) == (rules.allowsKnocking ? knock : .joinRuleForbids))
            let restricted: Rejection? = isExpected ? nil : .joinNotAuthorised
            #expect(
                try rejection("restricted", user)
                    == (rules.hasRestrictedJoins ? restricted : .joinRuleForbids))
            #expect(
                try rejection("knock_restricted", user)
                    == (rules.hasKnockRestrictedJoins ? restricted : .joinRuleForbids))
        }
    }

    @Test("4.3.4: A room without join rules takes an invitation", arguments: RoomRules.all)
    func noJoinRules(rules: RoomRules) throws {
        var room = try TestRoom.ofAmelie(rules)
        let without = Judge(room: room, names: TestRoom.everything.dropLast())
        #expect(try without.rejection(ofMember: People.eve, by: People.eve, "join") == .notInvited)
        #expect(try without.rejection(ofMember: People.dario, by: People.dario, "join") == nil)
        try room.add("rules", .joinRules, by: People.amelie, key: "")
        #expect(
            try Judge(room: room).rejection(ofMember: People.dario, by: People.dario, "join")
                == nil)
        try room.add("rules", .joinRules, by: People.amelie, key: "", #"{"join_rule":5}"#)
        #expect(
            try Judge(room: room).rejection(ofMember: People.dario, by: People.dario, "join")
                == .joinRuleForbids)
    }

    @Test("4.3.5.2: Who vouches for a join is in the room, and may invite")
    func authoriser() throws {
        for rules in RoomRules.all where rules.hasRestrictedJoins {
            var room = try TestRoom.ofAmelie(rules, joinRule: "restricted")
            try room.add(
                "levels", .powerLevels, by: People.amelie, key: "",
                #"{"users":{"@basile:culture.example":50,"@dario:sante.example":50},"invite":50}"#)
            let judge = Judge(room: room)
            func rejection(_ authoriser: String) throws -> Rejection? {
                try judge.rejection(
                    ofMember: People.eve, by: People.eve, "join",
                    more: #","join_authorised_via_users_server":"\#(authoriser)""#)
            }
            #expect(try rejection("@basile:culture.example") == nil)
            #expect(try rejection("@chloe:sante.example") == .joinNotAuthorised)
            // Powerful enough, and only invited.
            #expect(try rejection("@dario:sante.example") == .joinNotAuthorised)
            #expect(try rejection("@nobody:culture.example") == .joinNotAuthorised)
        }
    }

    @Test("4.2: Since v8, the vouching server has signed the join", arguments: RoomRules.all)
    func authoriserSignature(rules: RoomRules) throws {
        var judge = Judge(room: try .ofAmelie(rules, joinRule: "public"))
        judge.signatures.isSigned = { _, server in server.rawValue == "culture.example" }
        func rejection(_ value: String, _ membership: String = "join") throws -> Rejection? {
            try judge.rejection(
                ofMember: People.chloe, by: People.chloe, membership,
                more: #","join_authorised_via_users_server":\#(value)"#)
        }
        let missing: Rejection? = rules.hasRestrictedJoins ? .notSignedByAuthoriser : nil
        #expect(try rejection(#""@basile:culture.example""#) == nil)
        for value in [#""@dario:sante.example""#, #""basile""#, "5", "null"] {
            #expect(try rejection(value) == missing)
            // The rule asks this of any membership.
            #expect(try rejection(value, "leave") == missing)
        }
    }

    private func room(_ rules: RoomRules, eve: String?) throws -> Judge {
        var room = try TestRoom.ofAmelie(rules)
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"""
            {"users":{\#(rules.privilegesCreators ? "" : #""@amelie:culture.example":100,"#)
             "@basile:culture.example":50,"@dario:sante.example":50},"kick":50,"ban":60}
            """#)
        if let eve {
            try room.add(
                "eve", .roomMember, by: People.eve, key: People.eve.rawValue,
                #"{"membership":"\#(eve)"}"#)
        }
        return Judge(room: room, names: TestRoom.everything + ["eve"])
    }

    @Test("4.5.1: Everyone may leave, decline and take back a knock", arguments: RoomRules.all)
    func leave(rules: RoomRules) throws {
        for (membership, isAllowed) in [
            ("join", true), ("invite", true), ("knock", rules.allowsKnocking), ("leave", false),
            ("ban", false), (nil, false),
        ] as [(String?, Bool)] {
            let judge = try room(rules, eve: membership)
            #expect(
                try judge.rejection(ofMember: People.eve, by: People.eve, "leave")
                    == (isAllowed ? nil : .nothingToLeave))
        }
    }

    @Test("4.5.2 and 4.5.4: Removing takes power, and more than who is removed")
    func kick() throws {
        for rules in RoomRules.all {
            let judge = try room(rules, eve: "join")
            func rejection(_ target: UserID, by sender: UserID) throws -> Rejection? {
                try judge.rejection(ofMember: target, by: sender, "leave")
            }
            #expect(try rejection(People.eve, by: People.basile) == nil)
            #expect(try rejection(People.chloe, by: People.basile) == nil)
            #expect(try rejection(People.eve, by: People.chloe) == .kickNeedsPower)
            // Dario has as much power as Basile, and Amélie more.
            #expect(try rejection(People.dario, by: People.basile) == .kickNeedsPower)
            #expect(try rejection(People.amelie, by: People.basile) == .kickNeedsPower)
            // Dario is not in the room.
            #expect(try rejection(People.chloe, by: People.dario) == .senderNotJoined)
            #expect(try rejection(People.dario, by: People.amelie) == nil)
        }
    }

    @Test("4.5.3: Lifting a ban takes the power to ban", arguments: RoomRules.all)
    func unban(rules: RoomRules) throws {
        let judge = try room(rules, eve: "ban")
        #expect(
            try judge.rejection(ofMember: People.eve, by: People.basile, "leave")
                == .unbanNeedsPower)
        #expect(try judge.rejection(ofMember: People.eve, by: People.amelie, "leave") == nil)
    }

    @Test("4.6: Banning takes power, and more than who is banned", arguments: RoomRules.all)
    func ban(rules: RoomRules) throws {
        let judge = try room(rules, eve: nil)
        func rejection(_ target: UserID, by sender: UserID) throws -> Rejection? {
            try judge.rejection(ofMember: target, by: sender, "ban")
        }
        #expect(try rejection(People.eve, by: People.amelie) == nil)
        #expect(try rejection(People.chloe, by: People.amelie) == nil)
        #expect(try rejection(People.eve, by: People.basile) == .banNeedsPower)
        #expect(try rejection(People.eve, by: People.dario) == .senderNotJoined)
        #expect(try rejection(People.amelie, by: People.amelie) == .banNeedsPower)
    }

    @Test("4.6: Nobody bans a creator, since v12")
    func banCreator() throws {
        var room = try TestRoom.ofAmelie(
            .v12, create: #""additional_creators":["@dario:sante.example"]"#)
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"{"users":{"@basile:culture.example":9007199254740991}}"#)
        let judge = Judge(room: room)
        for creator in [People.amelie, People.dario] {
            #expect(
                try judge.rejection(ofMember: creator, by: People.basile, "ban") == .banNeedsPower)
            #expect(
                try judge.rejection(ofMember: creator, by: People.basile, "leave")
                    == .kickNeedsPower)
        }
        // Nor does one creator the other.
        #expect(
            try judge.rejection(ofMember: People.dario, by: People.amelie, "ban")
                == .banNeedsPower)
        #expect(try judge.rejection(ofMember: People.basile, by: People.amelie, "ban") == nil)
    }

    @Test("4.7.1: Knocking is for rooms that are open to it", arguments: RoomRules.all)
    func knockRules(rules: RoomRules) throws {
        func rejection(_ joinRule: String) throws -> Rejection? {
            try Judge(room: .ofAmelie(rules, joinRule: joinRule))
                .rejection(ofMember: People.eve, by: People.eve, "knock")
        }
        guard rules.allowsKnocking else {
            #expect(try rejection("knock") == .unknownMembership)
            return
        }
        #expect(try rejection("knock") == nil)
        #expect(
            try rejection("knock_restricted")
                == (rules.hasKnockRestrictedJoins ? nil : .knockingForbidden))
        for joinRule in ["public", "invite", "private", "restricted"] {
            #expect(try rejection(joinRule) == .knockingForbidden)
        }
    }

    @Test("4.7.2 to 4.7.4: Those who are outside knock, for themselves")
    func knock() throws {
        for rules in RoomRules.all where rules.allowsKnocking {
            var room = try TestRoom.ofAmelie(rules, joinRule: "knock")
            func rejection(_ target: UserID, by sender: UserID) throws -> Rejection? {
                try Judge(room: room, names: TestRoom.everything + ["eve"])
                    .rejection(ofMember: target, by: sender, "knock")
            }
            #expect(try rejection(People.eve, by: People.basile) == .knockForAnother)
            #expect(try rejection(People.chloe, by: People.chloe) == .nothingToKnockFor)
            #expect(try rejection(People.dario, by: People.dario) == .nothingToKnockFor)
            for (membership, expected) in [
                ("ban", Rejection.nothingToKnockFor), ("leave", nil), ("knock", nil),
            ] as [(String, Rejection?)] {
                try room.add(
                    "eve", .roomMember, by: People.amelie, key: People.eve.rawValue,
                    #"{"membership":"\#(membership)"}"#)
                #expect(try rejection(People.eve, by: People.eve) == expected)
            }
        }
    }
}
