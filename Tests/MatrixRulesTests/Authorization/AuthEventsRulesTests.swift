import MatrixTypes
import Testing

@testable import MatrixRules

struct AuthEventsRulesTests {
    private func rejection(
        _ rules: RoomRules, auth: [String], rejected: [String] = [], known: [String]? = nil,
        change: (inout TestRoom) throws -> Void = { _ in }
    ) throws -> Rejection? {
        var room = try TestRoom.ofAmelie(rules)
        try change(&room)
        let event = try room.make(
            "topic", .roomTopic, by: People.basile, key: "", auth: auth)
        let authorization = Authorization(
            rules: rules, signatures: .onlyOfState { _, _ in false })
        do {
            try authorization.checkAuthEvents(
                of: event, (known ?? auth).compactMap { room.events[room.eventID($0)] },
                rejected: Set(rejected.map(room.eventID)))
            return nil
        } catch {
            return error
        }
    }

    @Test("What the selection gives is right, and so is less of it", arguments: RoomRules.all)
    func right(rules: RoomRules) throws {
        #expect(try rejection(rules, auth: ["create", "levels", "basile"]) == nil)
        #expect(try rejection(rules, auth: ["basile", "create"]) == nil)
        #expect(
            try rejection(rules, auth: ["create", "basile"], known: TestRoom.everything) == nil)
    }

    @Test("2.1: No two auth events have the same key", arguments: RoomRules.all)
    func duplicates(rules: RoomRules) throws {
        let id = TestRoom(rules).eventID("levels")
        #expect(
            try rejection(rules, auth: ["create", "levels", "basile", "levels"])
                == .duplicateAuthEvent(id))
        let more = TestRoom(rules).eventID("more")
        let two = try rejection(rules, auth: ["create", "levels", "more"]) { room in
            try room.add("more", .powerLevels, by: People.amelie, key: "")
        }
        #expect(two == .duplicateAuthEvent(more))
    }

    @Test("2.2: All auth events are of the selection", arguments: RoomRules.all)
    func unexpected(rules: RoomRules) throws {
        for name in ["rules", "amelie", "words"] {
            let rejection = try rejection(rules, auth: ["create", name]) { room in
                try room.add("words", .message, by: People.basile)
            }
            #expect(rejection == .unexpectedAuthEvent(TestRoom(rules).eventID(name)))
        }
    }

    @Test("2.2: Since v12, the create event is no auth event")
    func createSinceV12() throws {
        var room = try TestRoom.ofAmelie(.v12)
        let create = try #require(room.events[room.eventID("create")])
        try room.add("x", .roomTopic, by: People.basile)
        let event = try PDU(
            parsing: Array(
                #"""
                {"type":"m.room.topic","state_key":"","sender":"@basile:culture.example",
                 "room_id":"!create","content":{},"origin_server_ts":1,"depth":2,
                 "prev_events":["$x"],"auth_events":["$create"]}
                """#.utf8), eventID: EventID(unchecked: "$topic"), format: RoomRules.v12.format)
        let authorization = Authorization(rules: .v12, signatures: .onlyOfState { _, _ in false })
        #expect(throws: Rejection.unexpectedAuthEvent(create.eventID)) {
            try authorization.checkAuthEvents(of: event, [create])
        }
    }

    @Test("2.3: No auth event was rejected", arguments: RoomRules.all)
    func rejected(rules: RoomRules) throws {
        #expect(
            try rejection(rules, auth: ["create", "levels"], rejected: ["levels"])
                == .rejectedAuthEvent(TestRoom(rules).eventID("levels")))
    }

    @Test("2.4: The create event is among them, until v11", arguments: RoomRules.all)
    func noCreate(rules: RoomRules) throws {
        let expected: Rejection? = rules.citesCreateEvent ? .noCreateEvent : nil
        #expect(try rejection(rules, auth: ["levels", "basile"]) == expected)
        #expect(try rejection(rules, auth: []) == expected)
    }

    @Test("2.5: All are of the same room", arguments: RoomRules.all)
    func otherRoom(rules: RoomRules) throws {
        let rejection = try rejection(rules, auth: ["create", "levels"]) { room in
            try room.add(
                "levels", .powerLevels, by: People.amelie, key: "",
                roomID: RoomID(unchecked: "!other:culture.example"))
        }
        #expect(rejection == .authEventOfAnotherRoom(TestRoom(rules).eventID("levels")))
    }

    @Test("An auth event that nobody has authorizes nothing", arguments: RoomRules.all)
    func missing(rules: RoomRules) throws {
        #expect(
            try rejection(rules, auth: ["create", "levels"], known: ["create"])
                == .missingAuthEvent(TestRoom(rules).eventID("levels")))
    }

    @Test("The create event has none, and needs none", arguments: RoomRules.all)
    func ofCreate(rules: RoomRules) throws {
        let room = try TestRoom.ofAmelie(rules)
        let authorization = Authorization(
            rules: rules, signatures: .onlyOfState { _, _ in false })
        let create = try #require(room.events[room.eventID("create")])
        try authorization.checkAuthEvents(of: create, [])
    }
}

struct AuthEventsSelectionTests {
    private func keys(
        _ rules: RoomRules, _ type: EventType, key: String? = nil, _ content: String = "{}",
        by sender: UserID = People.basile
    ) throws -> Set<String> {
        let event = try TestRoom(rules).make("e", type, by: sender, key: key, content)
        let keys = Authorization.authEventKeys(of: event, under: rules)
        #expect(Set(keys).count == keys.count)
        return Set(keys.map { "\($0.type) \($0.key)" })
    }

    private func expected(_ rules: RoomRules, _ more: String...) -> Set<String> {
        Set(more + ["m.room.power_levels ", "m.room.member @basile:culture.example"])
            .union(rules.citesCreateEvent ? ["m.room.create "] : [])
    }

    @Test("Create events rest on nothing", arguments: RoomRules.all)
    func create(rules: RoomRules) throws {
        #expect(try keys(rules, .roomCreate, key: "").isEmpty)
    }

    @Test("Any event rests on the levels and its sender's membership", arguments: RoomRules.all)
    func any(rules: RoomRules) throws {
        #expect(try keys(rules, .message) == expected(rules))
        #expect(try keys(rules, .roomTopic, key: "") == expected(rules))
        #expect(try keys(rules, .powerLevels, key: "") == expected(rules))
    }

    @Test("Memberships rest on the target's, and some on the join rules", arguments: RoomRules.all)
    func members(rules: RoomRules) throws {
        let chloe = People.chloe.rawValue
        for membership in ["invite", "knock", "join"] {
            #expect(
                try keys(rules, .roomMember, key: chloe, #"{"membership":"\#(membership)"}"#)
                    == expected(rules, "m.room.member \(chloe)", "m.room.join_rules "))
        }
        for content in [#"{"membership":"leave"}"#, #"{"membership":"ban"}"#, "{}"] {
            #expect(
                try keys(rules, .roomMember, key: chloe, content)
                    == expected(rules, "m.room.member \(chloe)"))
        }
        #expect(try keys(rules, .roomMember, #"{"membership":"leave"}"#) == expected(rules))
    }

    @Test("An invitation by e-mail rests on the one that it takes up", arguments: RoomRules.all)
    func thirdParty(rules: RoomRules) throws {
        let chloe = People.chloe.rawValue
        let token = #""third_party_invite":{"signed":{"token":"t1"}}}"#
        let invite = expected(rules, "m.room.member \(chloe)", "m.room.join_rules ")
        #expect(
            try keys(rules, .roomMember, key: chloe, #"{"membership":"invite",\#(token)"#)
                == invite.union(["m.room.third_party_invite t1"]))
        #expect(
            try keys(rules, .roomMember, key: chloe, #"{"membership":"join",\#(token)"#) == invite)
        #expect(
            try keys(
                rules, .roomMember, key: chloe,
                #"{"membership":"invite","third_party_invite":{"signed":5}}"#) == invite)
    }

    @Test("A join rests on who vouches for it, since v8", arguments: RoomRules.all)
    func authoriser(rules: RoomRules) throws {
        let own = #""join_authorised_via_users_server":"@amelie:culture.example"}"#
        let join = try keys(
            rules, .roomMember, key: People.basile.rawValue, #"{"membership":"join",\#(own)"#)
        let rest = expected(rules, "m.room.join_rules ")
        let amelie = "m.room.member \(People.amelie)"
        #expect(join == (rules.hasRestrictedJoins ? rest.union([amelie]) : rest))
        let leave = try keys(
            rules, .roomMember, key: People.basile.rawValue, #"{"membership":"leave",\#(own)"#)
        #expect(leave == expected(rules))
    }
}
