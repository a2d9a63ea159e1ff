import MatrixTypes
import Testing

@testable import MatrixRules

struct PowerLevelsRulesTests {
    /// From one event to the next, sent by Basile, who has 50.
    private func rejection(
        _ rules: RoomRules, from old: String, to new: String, by sender: UserID = People.basile
    ) throws -> Rejection? {
        var room = try TestRoom.ofAmelie(rules)
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"{"users":{"@basile:culture.example":50},"state_default":50\#(old)}"#)
        return try Judge(room: room).rejection(
            of: .powerLevels, by: sender, key: "",
            #"{"users":{"@basile:culture.example":50},"state_default":50\#(new)}"#)
    }

    @Test("9.4: The first levels are free", arguments: RoomRules.all)
    func first(rules: RoomRules) throws {
        let judge = Judge(
            room: try .ofAmelie(rules), names: ["create", "amelie", "basile", "rules"])
        #expect(
            try judge.rejection(of: .powerLevels, by: People.amelie, key: "", #"{"ban":1000}"#)
                == nil)
        #expect(
            try judge.rejection(of: .powerLevels, by: People.amelie, key: "", #"{"users":5}"#)
                == .usersNotIntegers)
    }

    @Test(
        "9.5: Levels that have a name are changed from below and to below", arguments: RoomRules.all
    )
    func named(rules: RoomRules) throws {
        for key in ["users_default", "events_default", "ban", "redact", "kick", "invite"] {
            func change(_ old: Int?, _ new: Int?) throws -> Rejection? {
                try rejection(
                    rules, from: old.map { #","\#(key)":\#($0)"# } ?? "",
                    to: new.map { #","\#(key)":\#($0)"# } ?? "")
            }
            let low: (Int?, Int?) = key == "events_default" ? (0, 40) : (0, 50)
            #expect(try change(low.0, low.1) == nil)
            #expect(try change(nil, low.1) == nil)
            #expect(try change(low.1, nil) == nil)
            #expect(try change(low.0, 51) == .levelOutOfReach(key))
            #expect(try change(nil, 51) == .levelOutOfReach(key))
            if key != "events_default", key != "users_default" {
                #expect(try change(51, 0) == .levelOutOfReach(key))
                #expect(try change(51, nil) == .levelOutOfReach(key))
                #expect(try change(51, 51) == nil)
            }
        }
    }

    @Test("9.5: `state_default` too", arguments: RoomRules.all)
    func stateDefault(rules: RoomRules) throws {
        var room = try TestRoom.ofAmelie(rules)
        let levels = #"{"users":{"@basile:culture.example":50}"#
        func change(_ old: String, _ new: String) throws -> Rejection? {
            try room.add("levels", .powerLevels, by: People.amelie, key: "", levels + old + "}")
            return try Judge(room: room).rejection(
                of: .powerLevels, by: People.basile, key: "", levels + new + "}")
        }
        #expect(try change("", #","state_default":51"#) == .levelOutOfReach("state_default"))
        #expect(try change("", #","state_default":0"#) == nil)
        #expect(try change(#","state_default":50"#, "") == nil)
    }

    @Test("9.6 and 9.7: So are those of events", arguments: RoomRules.all)
    func events(rules: RoomRules) throws {
        func change(_ old: Int?, _ new: Int?) throws -> Rejection? {
            func text(_ level: Int?) -> String {
                #","events":{\#(level.map { #""m.room.name":\#($0)"# } ?? "")}"#
            }
            return try rejection(rules, from: text(old), to: text(new))
        }
        let high = Rejection.levelOutOfReach("events.m.room.name")
        #expect(try change(0, 50) == nil)
        #expect(try change(nil, 50) == nil)
        #expect(try change(50, nil) == nil)
        #expect(try change(51, 51) == nil)
        #expect(try change(0, 51) == high)
        #expect(try change(nil, 51) == high)
        #expect(try change(51, 50) == high)
        #expect(try change(51, nil) == high)
    }

    @Test("9.6 and 9.7: Since v6, so are those of notifications", arguments: RoomRules.all)
    func notifications(rules: RoomRules) throws {
        func change(_ old: Int?, _ new: Int?) throws -> Rejection? {
            func text(_ level: Int?) -> String {
                level.map { #","notifications":{"room":\#($0)}"# } ?? ""
            }
            return try rejection(rules, from: text(old), to: text(new))
        }
        let high: Rejection? =
            rules.checksNotificationLevels ? .levelOutOfReach("notifications.room") : nil
        #expect(try change(0, 50) == nil)
        #expect(try change(51, 51) == nil)
        #expect(try change(0, 51) == high)
        #expect(try change(nil, 51) == high)
        #expect(try change(51, 50) == high)
        #expect(try change(51, nil) == high)
    }

    @Test("9.8 and 9.9: Users are changed from below, and to the sender's level at most")
    func users() throws {
        for rules in RoomRules.all {
            var room = try TestRoom.ofAmelie(rules)
            func change(
                _ user: UserID, _ old: Int?, _ new: Int?
            ) throws -> Rejection? {
                func text(_ level: Int?) -> String {
                    var users = [#""@basile:culture.example":50"#]
                    if user == People.basile { users = [] }
                    if let level { users.append(#""\#(user)":\#(level)"#) }
                    return #"{"users":{\#(users.joined(separator: ","))}}"#
                }
                try room.add("levels", .powerLevels, by: People.amelie, key: "", text(old))
                return try Judge(room: room).rejection(
                    of: .powerLevels, by: People.basile, key: "", text(new))
            }
            let chloe = Rejection.userOutOfReach(People.chloe)
            #expect(try change(People.chloe, 0, 50) == nil)
            #expect(try change(People.chloe, nil, 50) == nil)
            #expect(try change(People.chloe, 49, nil) == nil)
            #expect(try change(People.chloe, 50, 50) == nil)
            #expect(try change(People.chloe, 100, 100) == nil)
            #expect(try change(People.chloe, nil, 51) == chloe)
            #expect(try change(People.chloe, 0, 51) == chloe)
            // On his own level they are out of Basile's reach,
            #expect(try change(People.chloe, 50, 0) == chloe)
            #expect(try change(People.chloe, 50, nil) == chloe)
            #expect(try change(People.chloe, 51, nil) == chloe)
            // but he is not.
            #expect(try change(People.basile, 50, 0) == nil)
            #expect(try change(People.basile, 50, nil) == nil)
            #expect(
                try change(People.basile, 50, 51) == .userOutOfReach(People.basile))
        }
    }

    @Test("9.4: Since v12, creators have no level", arguments: RoomRules.all)
    func creators(rules: RoomRules) throws {
        let judge = Judge(
            room: try .ofAmelie(rules, create: #""additional_creators":["@dario:sante.example"]"#),
            names: ["create", "amelie", "basile"])
        for creator in [People.amelie, People.dario] {
            #expect(
                try judge.rejection(
                    of: .powerLevels, by: People.amelie, key: "", #"{"users":{"\#(creator)":0}}"#)
                    == (rules.privilegesCreators ? .levelOfCreator(creator) : nil))
        }
    }

    @Test("Since v12, creators change any level; until then they are users like others")
    func creatorChanges() throws {
        for rules in RoomRules.all {
            let rejection = try rejection(
                rules, from: #","ban":9007199254740991"#, to: #","ban":0"#, by: People.amelie)
            if rules.privilegesCreators {
                #expect(rejection == nil)
            } else {
                // These levels name Basile alone.
                #expect(rejection == .powerTooLow(has: .finite(0), needs: 50))
            }
        }
    }

    @Test("What says the same in other words is no change, until v9")
    func spelling() throws {
        for rules in RoomRules.all where rules.powerIntegers == .lenient {
            #expect(try rejection(rules, from: #","ban":100"#, to: #","ban":" +0100""#) == nil)
            #expect(try rejection(rules, from: #","ban":null"#, to: "") == nil)
            #expect(
                try rejection(rules, from: #","ban":"100""#, to: #","ban":"99""#)
                    == .levelOutOfReach("ban"))
        }
    }
}
