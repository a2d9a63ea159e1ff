import MatrixTypes
import Testing

@testable import MatrixRules

/// Room version 1, where depth decides and nothing is ever replayed.
struct FirstResolutionTests {
    private func resolve(_ room: TestRoom, _ forks: [[String]]) throws -> [String] {
        let resolution = StateResolution(
            authorization: Authorization(rules: .v1, signatures: .onlyOfState { _, _ in false }),
            events: { room.events[$0] })
        return room.names(try resolution.resolve(forks.map(room.stateMap)))
    }

    private let base = ["create", "amelie", "basile", "chloe", "levels", "rules"]

    private func expected(_ more: String..., without: String...) -> [String] {
        (base.filter { !without.contains($0) } + more).sorted()
    }

    @Test("A key that only some forks have is not in conflict")
    func oneSided() throws {
        var room = try TestRoom.ofAmelie(.v1)
        // Nobody may set this, and nobody asks.
        try room.add("topic", .roomTopic, by: People.eve, key: "")
        #expect(try resolve(room, [base + ["topic"], base]) == expected("topic"))
    }

    @Test("Of two topics the deeper wins, if it is allowed")
    func depth() throws {
        var room = try TestRoom.ofAmelie(.v1)
        try room.add("low", .roomTopic, by: People.basile, key: "", depth: 5)
        try room.add("high", .roomTopic, by: People.amelie, key: "", depth: 6)
        try room.add("higher", .roomTopic, by: People.chloe, key: "", depth: 7)
        #expect(try resolve(room, [base + ["low"], base + ["high"]]) == expected("high"))
        #expect(
            try resolve(room, [base + ["low"], base + ["high"], base + ["higher"]])
                == expected("high"))
    }

    @Test("If none is allowed, the lowest stays")
    func noneAllowed() throws {
        var room = try TestRoom.ofAmelie(.v1)
        try room.add("low", .roomTopic, by: People.chloe, key: "", depth: 5)
        try room.add("high", .roomTopic, by: People.eve, key: "", depth: 6)
        #expect(try resolve(room, [base + ["high"], base + ["low"]]) == expected("low"))
    }

    @Test("Of two at the same depth, the hash of the ID decides")
    func hash() throws {
        var room = try TestRoom.ofAmelie(.v1)
        for name in ["a", "b", "c", "d"] {
            try room.add(name, .roomTopic, by: People.basile, key: "", depth: 5)
        }
        let least = ["a", "b", "c", "d"].min { one, other in
            SHA1.hash(room.eventID(one).rawValue.utf8)
                .lexicographicallyPrecedes(SHA1.hash(room.eventID(other).rawValue.utf8))
        }
        let forks = ["a", "b", "c", "d"].map { base + [$0] }
        #expect(try resolve(room, forks) == expected(try #require(least)))
    }

    @Test("Levels follow each other as long as each allows the next")
    func levels() throws {
        var room = try TestRoom.ofAmelie(.v1)
        func add(_ name: String, by sender: UserID, basile: Int, depth: Int) throws {
            try room.add(
                name, .powerLevels, by: sender, key: "",
                #"{"users":{"@amelie:culture.example":100,"@basile:culture.example":\#(basile)}}"#,
                depth: depth)
        }
        try add("second", by: People.amelie, basile: 75, depth: 2)
        try add("third", by: People.chloe, basile: 100, depth: 3)
        try add("fourth", by: People.amelie, basile: 0, depth: 4)
        let forks = ["levels", "second", "third", "fourth"].map { name in
            base.filter { $0 != "levels" } + [name]
        }
        // Chloé's is not allowed, and what comes after it is not looked at.
        #expect(try resolve(room, forks) == expected("second", without: "levels"))
        #expect(
            try resolve(room, [forks[0], forks[1], forks[3]])
                == expected("fourth", without: "levels"))
    }

    @Test("Levels under another state key are like any other state")
    func otherLevels() throws {
        var room = try TestRoom.ofAmelie(.v1)
        try room.add("low", .powerLevels, by: People.amelie, key: "x", "{}", depth: 5)
        try room.add("high", .powerLevels, by: People.chloe, key: "x", "{}", depth: 6)
        #expect(try resolve(room, [base + ["low"], base + ["high"]]) == expected("low"))
    }

    @Test("Join rules are settled before memberships, and these before the rest")
    func passes() throws {
        var room = try TestRoom.ofAmelie(.v1)
        try room.add(
            "open", .joinRules, by: People.amelie, key: "", #"{"join_rule":"public"}"#, depth: 5)
        for (name, depth) in [("out", 2), ("in", 9)] {
            let membership = name == "in" ? "join" : "leave"
            try room.add(
                name, .roomMember, by: People.eve, key: People.eve.rawValue,
                #"{"membership":"\#(membership)"}"#, depth: depth)
        }
        try room.add("old", "org.example.mood", by: People.amelie, key: "", depth: 3)
        try room.add("new", "org.example.mood", by: People.eve, key: "", depth: 4)
        try room.add(
            "free", .powerLevels, by: People.amelie, key: "",
            #"{"users":{"@amelie:culture.example":100},"state_default":0}"#, depth: 5)
        let closed = base.filter { $0 != "levels" } + ["free", "out", "old"]
        let open =
            base.filter { $0 != "levels" && $0 != "rules" } + ["open", "free", "in", "new"]
        #expect(
            try resolve(room, [closed, open])
                == ["amelie", "basile", "chloe", "create", "free", "in", "new", "open"])
    }
}
