import Testing

@testable import MatrixTypes

struct PowerLevelsTests {
    private func levels(
        _ text: String, _ integers: PowerLevels.Integers = .strict
    ) throws -> PowerLevels {
        try PowerLevels(from: JSONObject(parsing: Array(text.utf8)), integers: integers)
    }

    @Test("An event that says nothing has the spec's defaults")
    func defaults() throws {
        let levels = try levels("{}")
        #expect(levels == PowerLevels())
        #expect((levels.ban, levels.kick, levels.redact, levels.invite) == (50, 50, 50, 0))
        #expect((levels.usersDefault, levels.eventsDefault, levels.stateDefault) == (0, 0, 50))
        #expect(levels.level(toNotify: "room") == 50)
    }

    @Test("Levels are read, and the defaults stand in for what is not said")
    func reads() throws {
        let levels = try levels(
            """
            {"ban": 1, "kick": 2, "redact": 3, "invite": 4, "users_default": 5, "events_default": 6,
             "state_default": 7, "users": {"@amelie:x": 100}, "events": {"m.room.name": 8},
             "notifications": {"room": 9}}
            """)
        #expect((levels.ban, levels.kick, levels.redact, levels.invite) == (1, 2, 3, 4))
        #expect(levels.level(of: UserID(unchecked: "@amelie:x")) == 100)
        #expect(levels.level(of: UserID(unchecked: "@basile:x")) == 5)
        #expect(levels.level(toSend: .roomName, isState: true) == 8)
        #expect(levels.level(toSend: .roomTopic, isState: true) == 7)
        #expect(levels.level(toSend: .message, isState: false) == 6)
        #expect(levels.level(toNotify: "room") == 9)
    }

    @Test(
        "Until v9 levels may be strings, floats and null; since v10 they are integers",
        arguments: [
            ("\"100\"", 100), ("\"000100\"", 100), ("\"+100\"", 100), ("\"-100\"", -100),
            ("\" 100 \"", 100), ("\" 00100 \"", 100), ("\" +100 \"", 100), ("\" -100 \"", -100),
            ("\"\\t100\\n\"", 100), ("100.0", 100), ("1.9", 1), ("-1.9", -1), ("1e2", 100),
            ("null", 50), ("9007199254740993", 9_007_199_254_740_993),
        ])
    func lenient(text: String, level: Int) throws {
        #expect(try levels("{\"ban\": \(text)}", .lenient).ban == level)
        #expect(throws: JSONError.self) { try levels("{\"ban\": \(text)}", .strict) }
    }

    @Test(
        "What is no integer in any way is refused in all versions",
        arguments: [
            "\"\"", "\" \"", "\"a\"", "\"1.0\"", "\"1 0\"", "\"++1\"", "\"+\"", "\"0x1\"",
            "\"1_0\"",
            "\"99999999999999999999\"", "1e30", "1e400", "{}", "[]", "true",
        ])
    func refused(text: String) {
        for integers in [PowerLevels.Integers.strict, .lenient] {
            #expect(throws: JSONError.self) { try levels("{\"ban\": \(text)}", integers) }
            #expect(throws: JSONError.self) {
                try levels("{\"users\": {\"@a:x\": \(text)}}", integers)
            }
        }
    }

    @Test("The keys of `users` are user IDs, and the maps are objects")
    func maps() {
        for text in [
            #"{"users": {"amelie": 1}}"#, #"{"users": []}"#, #"{"events": 1}"#,
            #"{"notifications": {"room": null}}"#, #"{"users": null}"#,
        ] {
            #expect(throws: JSONError.self) { try levels(text) }
        }
    }

    @Test("Two spellings of an accent are two users")
    func unicodeEquivalence() throws {
        let levels = try levels("{\"users\": {\"@\u{E9}:x\": 1, \"@e\u{301}:x\": 2}}")
        #expect(levels.users.count == 2)
    }
}
