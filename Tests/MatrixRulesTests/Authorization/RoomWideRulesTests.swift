import MatrixTypes
import Testing

@testable import MatrixRules

/// What the person is told whose event is rejected.
struct RejectionTextTests {
    @Test("Each rejection is a sentence of its own, but for the two that mean the same")
    func sentences() {
        let id = EventID(unchecked: "$e")
        let all: [Rejection] = [
            .createHasPrevEvents, .createOnAnotherServer, .createHasRoomID, .unknownRoomVersion,
            .noCreator, .badAdditionalCreators, .roomNotOfCreateEvent, .duplicateAuthEvent(id),
            .unexpectedAuthEvent(id), .rejectedAuthEvent(id), .noCreateEvent,
            .authEventOfAnotherRoom(id), .missingAuthEvent(id), .notFederated,
            .aliasesWithoutStateKey, .aliasesOfAnotherServer, .incompleteMembership,
            .notSignedByAuthoriser, .joinForAnother, .joinWhileBanned, .notInvited,
            .joinNotAuthorised, .joinRuleForbids, .thirdPartyNotSigned, .thirdPartyIncomplete,
            .thirdPartyOfAnother, .noSuchThirdPartyInvite, .thirdPartyInviteOfAnotherSender,
            .thirdPartySignatureInvalid, .alreadyJoinedOrBanned, .inviteNeedsPower,
            .nothingToLeave, .unbanNeedsPower, .kickNeedsPower, .banNeedsPower,
            .knockingForbidden, .knockForAnother, .nothingToKnockFor, .unknownMembership,
            .senderNotJoined, .thirdPartyInviteNeedsPower,
            .powerTooLow(has: .finite(0), needs: 50), .powerTooLow(has: .infinite, needs: 50),
            .stateOfAnotherUser, .levelNotInteger("ban"), .levelsNotIntegers("events"),
            .usersNotIntegers, .levelOfCreator(People.amelie), .levelOutOfReach("ban"),
            .userOutOfReach(People.eve), .redactionNeedsPower,
        ]
        #expect(Set(all.map(\.description)).count == all.count - 1)
        #expect(all.allSatisfy { $0.description.hasSuffix(".") })
    }
}

/// Rules 2 (since v12), 3 and (until v5) 4, and 5 to 8.
struct RoomWideRulesTests {
    @Test("Without a create event there is no room", arguments: RoomRules.all)
    func noCreate(rules: RoomRules) throws {
        let room = try TestRoom.ofAmelie(rules)
        let judge = Judge(room: room, names: Array(TestRoom.everything.dropFirst()))
        #expect(try judge.rejection(of: .message, by: People.amelie) == .noCreateEvent)
    }

    @Test("2: Since v12, the room's ID is that of its create event")
    func roomID() throws {
        let room = try TestRoom.ofAmelie(.v12)
        let judge = Judge(room: room)
        #expect(try judge.rejection(of: .message, by: People.amelie) == nil)
        for id in ["!other", "!create:culture.example", "!creatf"] {
            let event = try room.make(
                "e", .message, by: People.amelie, roomID: RoomID(unchecked: id))
            #expect(judge.rejection(event) == .roomNotOfCreateEvent)
        }
    }

    @Test("3: A room that is not federated is for one server", arguments: RoomRules.all)
    func federation(rules: RoomRules) throws {
        let closed = Judge(
            room: try .ofAmelie(rules, joinRule: "public", create: #""m.federate":false"#))
        #expect(try closed.rejection(of: .message, by: People.chloe) == .notFederated)
        #expect(try closed.rejection(ofMember: People.eve, by: People.eve, "join") == .notFederated)
        #expect(try closed.rejection(of: .message, by: People.basile) == nil)
        for value in ["true", #""false""#, "null", "0"] {
            let open = Judge(room: try .ofAmelie(rules, create: #""m.federate":\#(value)"#))
            #expect(try open.rejection(of: .message, by: People.chloe) == nil)
        }
    }

    @Test("4: Until v5, servers have their own aliases", arguments: RoomRules.all)
    func aliases(rules: RoomRules) throws {
        let judge = Judge(room: try .ofAmelie(rules))
        // Eve is not even in the room, and nobody asks.
        let cases: [(key: String?, sender: UserID, old: Rejection?, new: Rejection?)] = [
            ("ailleurs.example", People.eve, nil, .senderNotJoined),
            ("culture.example", People.eve, .aliasesOfAnotherServer, .senderNotJoined),
            ("AILLEURS.example", People.eve, .aliasesOfAnotherServer, .senderNotJoined),
            ("", People.basile, .aliasesOfAnotherServer, nil),
            (nil, People.basile, .aliasesWithoutStateKey, nil),
        ]
        for (key, sender, old, new) in cases {
            #expect(
                try judge.rejection(of: .roomAliases, by: sender, key: key)
                    == (rules.hasAliasesRule ? old : new))
        }
    }

    @Test("5: Only those in the room speak", arguments: RoomRules.all)
    func sender(rules: RoomRules) throws {
        let judge = Judge(room: try .ofAmelie(rules))
        #expect(try judge.rejection(of: .message, by: People.chloe) == nil)
        #expect(try judge.rejection(of: .message, by: People.dario) == .senderNotJoined)
        #expect(try judge.rejection(of: .message, by: People.eve) == .senderNotJoined)
    }

    @Test("6: Who may invite users may invite others too", arguments: RoomRules.all)
    func thirdPartyInvite(rules: RoomRules) throws {
        var room = try TestRoom.ofAmelie(rules)
        // Above `state_default`, which the rule does not ask for.
        #expect(
            try Judge(room: room).rejection(of: .thirdPartyInvite, by: People.chloe, key: "t")
                == nil)
        #expect(
            try Judge(room: room).rejection(of: .thirdPartyInvite, by: People.chloe, key: "@t:x")
                == nil)
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"{"invite":50,"users":{"@basile:culture.example":50}}"#)
        #expect(
            try Judge(room: room).rejection(of: .thirdPartyInvite, by: People.chloe, key: "t")
                == .thirdPartyInviteNeedsPower)
        #expect(
            try Judge(room: room).rejection(of: .thirdPartyInvite, by: People.basile, key: "t")
                == nil)
    }

    @Test("7: Each type of event asks for its level", arguments: RoomRules.all)
    func levels(rules: RoomRules) throws {
        var room = try TestRoom.ofAmelie(rules)
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"""
            {"users":{"@basile:culture.example":50,"@chloe:sante.example":-1},"events_default":0,
             "state_default":51,"events":{"m.room.topic":50,"m.sticker":60}}
            """#)
        let judge = Judge(room: room)
        func low(_ has: Int, _ needs: Int) -> Rejection {
            .powerTooLow(has: .finite(has), needs: needs)
        }
        #expect(try judge.rejection(of: .message, by: People.basile) == nil)
        #expect(try judge.rejection(of: .message, by: People.chloe) == low(-1, 0))
        #expect(try judge.rejection(of: .roomTopic, by: People.basile, key: "") == nil)
        // An entry of `events` counts with a state key or without.
        #expect(try judge.rejection(of: .roomTopic, by: People.chloe) == low(-1, 50))
        #expect(try judge.rejection(of: .roomName, by: People.basile, key: "") == low(50, 51))
        #expect(try judge.rejection(of: .sticker, by: People.basile) == low(50, 60))
    }

    @Test("7: Without levels, state takes 50, and who made the room has 100")
    func noLevels() throws {
        for rules in RoomRules.all {
            let judge = Judge(room: try .ofAmelie(rules), names: ["create", "amelie", "chloe"])
            #expect(try judge.rejection(of: .roomName, by: People.amelie, key: "") == nil)
            #expect(try judge.rejection(of: .message, by: People.chloe) == nil)
            #expect(
                try judge.rejection(of: .roomName, by: People.chloe, key: "")
                    == .powerTooLow(has: .finite(0), needs: 50))
        }
    }

    @Test("7: Since v12, creators may do what takes any level")
    func creators() throws {
        var room = try TestRoom.ofAmelie(
            .v12, create: #""additional_creators":["@chloe:sante.example"]"#)
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"{"state_default":9007199254740991,"users":{"@basile:culture.example":100}}"#)
        let judge = Judge(room: room)
        #expect(try judge.rejection(of: .roomName, by: People.amelie, key: "") == nil)
        #expect(try judge.rejection(of: .roomName, by: People.chloe, key: "") == nil)
        #expect(
            try judge.rejection(of: .roomName, by: People.basile, key: "")
                == .powerTooLow(has: .finite(100), needs: 9_007_199_254_740_991))
    }

    @Test("8: State of a user is that user's own", arguments: RoomRules.all)
    func stateOfAUser(rules: RoomRules) throws {
        let judge = Judge(room: try .ofAmelie(rules))
        func rejection(_ key: String?) throws -> Rejection? {
            try judge.rejection(of: "org.example.mood", by: People.basile, key: key)
        }
        #expect(try rejection("@basile:culture.example") == nil)
        #expect(try rejection("basile") == nil)
        #expect(try rejection(nil) == nil)
        for key in ["@chloe:sante.example", "@", "@basile:culture.exampl\u{435}", "@Basile:x"] {
            #expect(try rejection(key) == .stateOfAnotherUser)
        }
    }

    @Test("11: Until v2, redacting what others said takes power", arguments: RoomRules.all)
    func redaction(rules: RoomRules) throws {
        let judge = Judge(room: try .ofAmelie(rules))
        let foreign = "$other:sante.example"
        func rejection(by sender: UserID, _ redacts: String?) throws -> Rejection? {
            // Event IDs are of culture.example here, whoever sends.
            let event = try JSONObject(
                parsing: judge.room.make("r", .redaction, by: sender).bytes)
            var changes: [String: [UInt8]?] = [:]
            if let redacts { changes["redacts"] = Array(#""\#(redacts)""#.utf8) }
            let pdu = try PDU(
                parsing: event.canonical(changing: changes),
                eventID: judge.room.eventID("r"), format: rules.format)
            return judge.rejection(pdu)
        }
        let needed: Rejection? = rules.authorizesRedactions ? .redactionNeedsPower : nil
        #expect(try rejection(by: People.basile, foreign) == nil)
        #expect(try rejection(by: People.chloe, foreign) == needed)
        #expect(try rejection(by: People.chloe, "$words:culture.example") == nil)
        #expect(try rejection(by: People.chloe, "$hash") == needed)
        #expect(try rejection(by: People.chloe, nil) == needed)
    }
}
