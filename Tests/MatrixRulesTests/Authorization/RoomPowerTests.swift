import MatrixTypes
import Testing

@testable import MatrixRules

struct RoomPowerTests {
    @Test("Until v11 who made the room has 100 where no levels are set; since v12, no limit")
    func founder() throws {
        for rules in RoomRules.all {
            let room = try TestRoom.ofAmelie(rules)
            let power = room.state(["create"]).power(under: rules)
            #expect(
                power.level(of: People.amelie)
                    == (rules.privilegesCreators ? .infinite : .finite(100)))
            #expect(power.level(of: People.basile) == .finite(0))
            let levels = room.state(["create", "levels"]).power(under: rules)
            #expect(levels.level(of: People.basile) == .finite(50))
            let create = try #require(room.events[room.eventID("create")])
            #expect(RoomPower.founder(of: create, under: rules) == People.amelie)
        }
    }

    @Test("Levels that name nobody leave the creator without power, until v11")
    func levelsWithoutCreator() throws {
        for rules in RoomRules.all {
            var room = try TestRoom.ofAmelie(rules)
            try room.add("levels", .powerLevels, by: People.amelie, key: "", "{}")
            let power = room.state(["create", "levels"]).power(under: rules)
            #expect(
                power.level(of: People.amelie)
                    == (rules.privilegesCreators ? .infinite : .finite(0)))
        }
    }

    @Test("A creator that is no text, and a state without any event, give nobody power")
    func nobody() throws {
        var room = TestRoom(.v1)
        try room.add("create", .roomCreate, by: People.amelie, key: "", #"{"creator":5}"#)
        #expect(
            room.state(["create"]).power(under: .v1).level(of: People.amelie) == .finite(0))
        for rules in RoomRules.all {
            let power = room.state([]).power(under: rules)
            #expect(power.creators.isEmpty)
            #expect(power.level(of: People.amelie) == .finite(0))
        }
    }

    @Test("Levels that cannot be read are as if they said nothing")
    func unreadable() throws {
        var room = try TestRoom.ofAmelie(.v11)
        try room.add("levels", .powerLevels, by: People.amelie, key: "", #"{"ban":"x"}"#)
        #expect(room.state(["create", "levels"]).power(under: .v11).levels == PowerLevels())
    }

    @Test("What a level is enough for")
    func may() throws {
        var room = try TestRoom.ofAmelie(.v12)
        try room.add(
            "levels", .powerLevels, by: People.amelie, key: "",
            #"""
            {"users":{"@basile:culture.example":50,"@dario:sante.example":75},"invite":10,
             "kick":40,"ban":60,"redact":50,"notifications":{"room":20,"org.example.all":80},
             "events":{"m.room.name":75}}
            """#)
        let power = room.state(["create", "levels"]).power(under: .v12)
        let (amelie, basile, chloe, dario) = (
            People.amelie, People.basile, People.chloe, People.dario
        )
        #expect(power.maySend(chloe, .message, isState: false))
        #expect(!power.maySend(chloe, .roomTopic, isState: true))
        #expect(power.maySend(basile, .roomTopic, isState: true))
        #expect(!power.maySend(basile, .roomName, isState: true))
        #expect(power.maySend(amelie, .roomName, isState: true))
        #expect(power.mayInvite(basile) && !power.mayInvite(chloe))
        #expect(power.mayKick(basile, chloe) && !power.mayKick(basile, basile))
        #expect(!power.mayKick(basile, dario) && !power.mayKick(dario, amelie))
        #expect(power.mayBan(dario, basile) && !power.mayBan(basile, chloe))
        #expect(!power.mayBan(dario, amelie) && power.mayBan(amelie, dario))
        #expect(power.mayUnban(dario, chloe) && !power.mayUnban(basile, chloe))
        #expect(power.mayRedact(basile) && !power.mayRedact(chloe) && power.mayRedact(amelie))
        #expect(power.mayNotify(basile, "room") && !power.mayNotify(chloe, "room"))
        #expect(power.mayNotify(amelie, "org.example.all"))
        #expect(!power.mayNotify(dario, "org.example.all"))
        #expect(!power.mayNotify(chloe, "other"))
    }

    @Test("No level is above a creator's")
    func order() {
        #expect(PowerLevel.infinite > .finite(.max))
        #expect(PowerLevel.finite(1) < .finite(2))
        #expect(PowerLevel.infinite == .infinite)
        #expect(PowerLevel.infinite.value == nil && PowerLevel.finite(3).value == 3)
        #expect(PowerLevel.finite(50) >= 50 && PowerLevel.infinite >= .max)
        #expect(PowerLevel.finite(49) < 50 && !(PowerLevel.infinite < .max))
        #expect(51 > PowerLevel.finite(50) && !(Int.max > PowerLevel.infinite))
        #expect(50 >= PowerLevel.finite(50) && !(49 >= PowerLevel.finite(50)))
    }
}
