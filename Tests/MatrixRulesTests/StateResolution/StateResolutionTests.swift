import MatrixTypes
import Testing

@testable import MatrixRules

/// What holds of every resolution, tried on rooms that grow by chance.
struct StateResolutionTests {
    /// One version of each algorithm, and the first that differs in more than that.
    static let versions: [RoomRules] = [.v1, .v2, .v6, .v11, .v12]

    private func each(
        _ rules: RoomRules, _ body: (RandomRoom, [StateMap]) throws -> Void
    ) throws {
        for seed in 0..<8 {
            var room = try RandomRoom(rules, seed: UInt64(seed), events: 40)
            for count in [2, 2, 3, 5] { try body(room, room.forks(count)) }
        }
    }

    @Test("The order of the forks does not matter, nor how often each comes", arguments: versions)
    func orderOfForks(rules: RoomRules) throws {
        try each(rules) { room, forks in
            let resolved = try room.resolution().resolve(forks)
            #expect(try room.resolution().resolve(forks.reversed()) == resolved)
            #expect(try room.resolution().resolve(forks + forks) == resolved)
        }
    }

    @Test("Forks that are the same merge into the same", arguments: versions)
    func identity(rules: RoomRules) throws {
        try each(rules) { room, forks in
            for fork in forks {
                let alone = try room.resolution().resolve([fork])
                let threefold = try room.resolution().resolve([fork, fork, fork])
                #expect(alone == fork && threefold == fork)
            }
        }
        #expect(try RandomRoom(rules, seed: 0, events: 0).resolution().resolve([]).isEmpty)
    }

    @Test("What all forks hold stays, and what none holds comes only from the past")
    func unconflicted() throws {
        for rules in Self.versions {
            try each(rules) { room, forks in
                let resolved = try room.resolution().resolve(forks)
                for (key, event) in StateConflicts(forks).unconflicted {
                    #expect(resolved[key] == event)
                }
                for (key, event) in resolved { #expect(room.room.events[event]?.key == key) }
            }
        }
    }

    @Test("Knowing the order of events changes nothing but the work", arguments: versions)
    func ranked(rules: RoomRules) throws {
        try each(rules) { room, forks in
            let resolved = try room.resolution().resolve(forks)
            #expect(try room.resolution(ranked: true).resolve(forks) == resolved)
        }
    }

    @Test("What forks dispute merges alike by itself and in whole states", arguments: versions)
    func differing(rules: RoomRules) throws {
        try each(rules) { room, forks in
            let conflicts = StateConflicts(forks)
            let events = room.room.events
            let rest = Rest(
                map: UndisputedMap(
                    conflicts.unconflicted, events: ResolutionEvents(fetch: { events[$0] }),
                    rank: nil))
            let part = try room.resolution().resolve(
                differing: conflicts.disputed, undisputed: rest)
            #expect(Set(part.keys).isDisjoint(with: conflicts.unconflicted.keys))
            let whole = try room.resolution().resolve(forks)
            #expect(part.merging(conflicts.unconflicted) { $1 } == whole)
        }
    }

    @Test("It does no harm to hand in as disputed what is not", arguments: versions)
    func overlap(rules: RoomRules) throws {
        try each(rules) { room, forks in
            let part = try room.resolution().resolve(
                differing: forks, undisputed: Rest(map: nil))
            let whole = try room.resolution().resolve(forks)
            // Without the chains of what all agree on, more may be replayed, but never less.
            #expect(Set(part.keys) == Set(whole.keys))
        }
    }

    private struct Rest: UndisputedState {
        let map: UndisputedMap?

        func event(_ key: StateKey) -> EventID? { map?.event(key) }

        func inAuthChains(_ candidates: Set<EventID>) throws(MissingEvent) -> Set<EventID> {
            try map?.inAuthChains(candidates) ?? []
        }
    }

    @Test("An event that cannot be had is named", arguments: versions)
    func missing(rules: RoomRules) throws {
        let lost = EventID(unchecked: "$lost")
        var room = try RandomRoom(rules, seed: 1, events: 5)
        let fork = try #require(room.forks(1).first)
        let other = fork.merging([StateKey(.joinRules): lost]) { $1 }
        #expect(throws: MissingEvent(id: lost)) {
            try room.resolution().resolve([fork, other, other.filter { $0.value == lost }])
        }
    }

    @Test("A rejected event authorizes nothing")
    func rejectedAuthEvents() throws {
        var room = try TestRoom.ofAmelie(.v11, joinRule: "public")
        try room.add(
            "eve", .roomMember, by: People.eve, key: People.eve.rawValue,
            #"{"membership":"join"}"#, auth: ["create", "levels", "rules"])
        try room.add(
            "free", .powerLevels, by: People.amelie, key: "", #"{"state_default":0}"#,
            auth: ["create", "amelie", "levels"])
        for name in ["happy", "sad"] {
            try room.add(
                name, "org.example.mood", by: People.eve, key: "",
                auth: ["create", "eve", "free"])
        }
        // Neither fork has what allows Eve her mood: only the events themselves cite it.
        let forks = ["happy", "sad"].map { room.stateMap(["create", "amelie", $0]) }
        func names(rejected: [String]) throws -> [String] {
            let rejected = Set(rejected.map(room.eventID))
            let resolution = StateResolution(
                authorization: Authorization(
                    rules: .v11, signatures: .onlyOfState { _, _ in false }),
                events: { room.events[$0] }, isRejected: { rejected.contains($0) })
            return room.names(try resolution.resolve(forks))
        }
        #expect(try names(rejected: []) == ["amelie", "create", "sad"])
        #expect(try names(rejected: ["eve"]) == ["amelie", "create"])
        #expect(try names(rejected: ["free"]) == ["amelie", "create"])
    }

    @Test("Events that authorize each other in a circle end no walk", arguments: [RoomRules.v2])
    func circle(rules: RoomRules) throws {
        var room = try TestRoom.ofAmelie(rules)
        for (name, other) in [("one", "two"), ("two", "one")] {
            try room.add(
                name, .powerLevels, by: People.amelie, key: "",
                #"{"users":{"@amelie:culture.example":100}}"#, auth: ["create", "amelie", other])
            try room.add(
                "topic-\(name)", .roomTopic, by: People.amelie, key: "",
                auth: ["create", "amelie", name])
        }
        let resolution = StateResolution(
            authorization: Authorization(rules: rules, signatures: .onlyOfState { _, _ in false }),
            events: { room.events[$0] })
        let forks = ["one", "two"].map { name in
            room.stateMap(["create", "amelie", name, "topic-\(name)"])
        }
        let resolved = try resolution.resolve(forks)
        #expect(try resolution.resolve(forks.reversed()) == resolved)
        #expect(resolved[StateKey(.roomCreate)] == room.eventID("create"))
    }

    @Test("A chain of 100,000 levels is walked without calling oneself")
    func longChain() throws {
        let length = 100_000
        var room = try TestRoom.ofAmelie(.v12)
        var ranks = ["$create": 0, "$amelie": 1, "$levels": 2, "$0": 3]
        try room.add(
            "0", .powerLevels, by: People.amelie, key: "", "{}", auth: ["amelie", "levels"])
        for number in 1..<length {
            try room.add(
                "\(number)", .powerLevels, by: People.amelie, key: "", "{}",
                auth: ["amelie", "\(number - 1)"])
            ranks["$\(number)"] = number + 3
        }
        var asked = 0
        func winner(of first: Int, and second: Int, ranked: Bool) throws -> [String] {
            asked = 0
            let resolution = StateResolution(
                authorization: Authorization(
                    rules: .v12, signatures: .onlyOfState { _, _ in false }),
                events: { id in
                    asked += 1
                    return room.events[id]
                }, rank: ranked ? { ranks[$0.rawValue] } : nil)
            let forks = [first, second].map { room.stateMap(["create", "amelie", "\($0)"]) }
            return room.names(try resolution.resolve(forks))
        }
        let (last, before) = (length - 1, length - 3)
        let expected = ["\(last)", "amelie", "create"]
        #expect(try winner(of: last, and: before, ranked: false) == expected)
        #expect(asked > length)
        // Where the order is known, the walk does not go to the beginning of the chain,
        #expect(try winner(of: last, and: before, ranked: true) == expected)
        #expect(asked < 20)
        // but as far as the lower of the two.
        #expect(try winner(of: last, and: length - 5000, ranked: true) == expected)
        #expect((5000..<5020).contains(asked))
    }

    @Test("Where the order of some events is not known, nothing is concluded", arguments: versions)
    func missingRanks(rules: RoomRules) throws {
        try each(rules) { room, forks in
            let events = room.room.events
            let resolved = try room.resolution().resolve(forks)
            for gap in [1, 2, 5] {
                let ranks = Dictionary(
                    uniqueKeysWithValues: zip(room.order, room.order.indices).filter {
                        $0.1 % gap != 0
                    })
                let resolution = StateResolution(
                    authorization: room.authorization, events: { events[$0] },
                    rank: { ranks[$0] })
                #expect(try resolution.resolve(forks) == resolved)
            }
        }
    }

    @Test("A fork for each of a thousand members costs no more than their number")
    func manyForks() throws {
        var room = try TestRoom.ofAmelie(.v11, joinRule: "public")
        let users = (0..<1000).map { UserID(unchecked: "@u\($0):sante.example") }
        for user in users {
            try room.add(
                user.localpart, .roomMember, by: user, key: user.rawValue,
                #"{"membership":"join"}"#, auth: ["create", "levels", "rules"])
        }
        let base = ["create", "amelie", "levels", "rules"]
        let forks = users.map { room.stateMap(base + [$0.localpart]) }
        let resolution = StateResolution(
            authorization: Authorization(rules: .v11, signatures: .onlyOfState { _, _ in false }),
            events: { room.events[$0] })
        #expect(try resolution.resolve(forks).count == 1004)
    }
}

struct SHA1Tests {
    private func hex(_ text: String) -> String {
        SHA1.hash(text.utf8).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    @Test("The examples of RFC 3174")
    func examples() {
        #expect(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
                == "84983e441c3bd26ebaae4aa1f95129e5e54670f1")
        #expect(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709")
        #expect(
            hex(String(repeating: "a", count: 1_000_000))
                == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
    }

    @Test("Every length of the last block")
    func lengths() {
        #expect(Set((0..<130).map { hex(String(repeating: "x", count: $0)) }).count == 130)
    }
}
