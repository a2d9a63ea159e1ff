import MatrixTypes
import Testing

@testable import MatrixRules

/// Absent, zero, text, fractions, huge numbers and nulls where a level should be, in each version.
struct PowerLevelsReadingTests {
    private enum Spelling: CaseIterable {
        case integer, text, fraction, exponent, null, bool, array, letters, huge, fractionText
    }

    private func json(_ spelling: Spelling) -> String {
        switch spelling {
        case .integer: "50"
        case .text: #"" +050 ""#
        case .fraction: "50.57"
        case .exponent: "5.057E1"
        case .null: "null"
        case .bool: "true"
        case .array: "[50]"
        case .letters: #""fifty""#
        case .huge: "1e400"
        case .fractionText: #""50.5""#
        }
    }

    /// What is read; nil for what is not, in an event that is not rejected for it.
    private enum Reading: Equatable {
        case level(Int)
        case absent
        case rejected
        case notJSON
    }

    private func expected(_ spelling: Spelling, _ rules: RoomRules) -> Reading {
        let isStrictJSON = rules.jsonMode == .strict
        let isStrict = rules.powerIntegers == .strict
        return switch spelling {
        case .integer: .level(50)
        case .text: isStrict ? .rejected : .level(50)
        case .fraction, .exponent: isStrictJSON ? .notJSON : .level(50)
        case .huge: isStrictJSON ? .notJSON : .rejected
        case .null: isStrict ? .rejected : .absent
        case .bool, .array, .letters, .fractionText: .rejected
        }
    }

    private func read(_ content: String, _ rules: RoomRules) throws(Rejection) -> PowerLevels? {
        guard let json = try? JSONObject(parsing: Array(content.utf8), mode: rules.jsonMode) else {
            return nil
        }
        return try PowerLevels(from: json, under: rules)
    }

    @Test("Levels that have a name", arguments: RoomRules.all)
    func named(rules: RoomRules) {
        for (key, path) in PowerLevels.namedLevels {
            for spelling in Spelling.allCases {
                var reading = Reading.notJSON
                do {
                    if let levels = try read(#"{"\#(key)":\#(json(spelling))}"#, rules) {
                        let level = levels[keyPath: path]
                        reading =
                            spelling == .null && level == PowerLevels()[keyPath: path]
                            ? .absent : .level(level)
                    }
                } catch {
                    #expect(error == .levelNotInteger(key))
                    reading = .rejected
                }
                #expect(reading == expected(spelling, rules), "\(key) \(spelling)")
            }
        }
    }

    @Test("Levels of users, of events and of notifications", arguments: RoomRules.all)
    func mapped(rules: RoomRules) {
        for (key, name) in [
            ("users", "@a:x.example"), ("events", "m.room.name"), ("notifications", "room"),
        ] {
            for spelling in Spelling.allCases {
                var reading = Reading.notJSON
                do {
                    if let levels = try read(
                        #"{"\#(key)":{"\#(name)":\#(json(spelling))}}"#, rules)
                    {
                        let level =
                            switch key {
                            case "users": levels.users[UserID(unchecked: name)]
                            case "events": levels.events[EventType(name)]
                            default: levels.notifications[name]
                            }
                        reading = level.map(Reading.level) ?? .absent
                    }
                } catch {
                    #expect(error == (key == "users" ? .usersNotIntegers : .levelsNotIntegers(key)))
                    reading = .rejected
                }
                var expected = expected(spelling, rules)
                // Only an absent key is absent here.
                if expected == .absent { expected = .rejected }
                // Until v5, nobody looks at notifications.
                if key == "notifications", !rules.checksNotificationLevels, expected == .rejected {
                    expected = .absent
                }
                #expect(reading == expected, "\(key) \(spelling)")
            }
        }
    }

    @Test("2^53 is no integer that can be signed, and text may say it", arguments: RoomRules.all)
    func large(rules: RoomRules) throws {
        let limit = 1 << 53
        #expect(try read(#"{"ban":\#(limit - 1)}"#, rules)?.ban == limit - 1)
        #expect(try read(#"{"ban":-\#(limit - 1)}"#, rules)?.ban == 1 - limit)
        if rules.jsonMode == .strict {
            #expect(try read(#"{"ban":\#(limit)}"#, rules) == nil)
        } else {
            #expect(try read(#"{"ban":\#(limit)}"#, rules)?.ban == limit)
        }
        if rules.powerIntegers == .lenient {
            #expect(try read(#"{"ban":"\#(limit)"}"#, rules)?.ban == limit)
            #expect(throws: Rejection.levelNotInteger("ban")) {
                try read(#"{"ban":"99999999999999999999999"}"#, rules)
            }
        }
    }

    @Test("Levels are objects of levels, and users are users", arguments: RoomRules.all)
    func shapes(rules: RoomRules) throws {
        for value in ["null", "5", "[]", #""x""#] {
            #expect(throws: Rejection.usersNotIntegers) {
                try read(#"{"users":\#(value)}"#, rules)
            }
        }
        for value in ["5", "[]", #""x""#] {
            #expect(throws: Rejection.levelsNotIntegers("events")) {
                try read(#"{"events":\#(value)}"#, rules)
            }
        }
        for name in ["", "a", "@a", "a:x.example", "@a:", "@a:x y"] {
            #expect(throws: Rejection.usersNotIntegers) {
                try read(#"{"users":{"\#(name)":0}}"#, rules)
            }
        }
        // Historical user IDs are user IDs.
        let old = try read(#"{"users":{"@Été de 1794:x.example":5}}"#, rules)
        #expect(old?.users.count == 1)
    }

    @Test("A room whose levels say nothing has the defaults", arguments: RoomRules.all)
    func absent(rules: RoomRules) throws {
        let levels = try #require(try read("{}", rules))
        #expect(levels == PowerLevels())
        #expect(levels.level(toSend: .message, isState: false) == 0)
        #expect(levels.level(toSend: .roomName, isState: true) == 50)
        #expect(levels.level(toNotify: "room") == 50)
        #expect(
            [levels.ban, levels.kick, levels.redact, levels.invite, levels.usersDefault]
                == [50, 50, 50, 0, 0])
        let zero = try #require(
            try read(#"{"events_default":50,"state_default":0,"ban":0}"#, rules))
        #expect(zero.level(toSend: .message, isState: false) == 50)
        #expect(zero.level(toSend: .roomName, isState: true) == 0)
        #expect(zero.ban == 0)
    }
}
