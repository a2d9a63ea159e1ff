import Database
import DatabaseTesting
import HomeserverTesting
import Logging
import MatrixTypes
import SeededTesting
import Testing

@testable import Homeserver

/// State maps as tries, against dictionaries.
struct StateStoreTests {
    private static let room = RoomNumber(rawValue: 1)
    private typealias Model = [StateKey: StreamPosition]

    /// Runs a test against an empty store, in one write block.
    private func run(_ body: @escaping @Sendable (StateStore) throws -> Void) async throws {
        let database = try await Database.open(
            .sqliteMemory, migrations: Migration.all, logger: Logger(label: "test"))
        let cache = SharedCache<Int64, StateNode>(capacity: 100)
        do {
            try await database.write { try body(StateStore(db: $0, cache: cache)) }
            await database.close()
        } catch {
            await database.close()
            throw error
        }
    }

    private static func content(
        _ store: StateStore, _ group: StateGroup, _ part: StateStore.Part = .all
    )
        throws -> Model
    {
        var found: Model = [:]
        try store.forEach(in: group, part) { entry in
            #expect(found.updateValue(entry.position, forKey: entry.key) == nil)
        }
        return found
    }

    private static func randomKey(_ random: inout SeededGenerator) -> StateKey {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: StateKey(EventType(rawValue: "m.type.\(Int.random(in: 0..<40, using: &random))"))
        case 1: StateKey("m.space.child", "!\(Int.random(in: 0..<60, using: &random)):a.example")
        default:
            StateKey(.roomMember, "@u\(Int.random(in: 0..<400, using: &random)):a.example")
        }
    }

    @Test("A trie holds what a dictionary holds, through every change", arguments: seeds(12))
    func likeDictionary(seed: UInt64) async throws {
        try await run { store in
            var random = SeededGenerator(seed: seed)
            var model: Model = [:]
            var group = StateGroup.empty
            var earlier: [(StateGroup, Model)] = [(group, model)]
            for step in 1...600 {
                let key = Self.randomKey(&random)
                let position = StreamPosition(rawValue: Int64(step))
                group = try store.group(group, setting: key, to: position, room: Self.room)
                model[key] = position
                if step % 97 == 0 { earlier.append((group, model)) }
            }
            earlier.append((group, model))

            // Every group stays what it was.
            for (group, model) in earlier {
                #expect(try Self.content(store, group) == model)
                let members = model.filter { $0.key.type == .roomMember }
                let others = model.filter { $0.key.type != .roomMember }
                #expect(try Self.content(store, group, .members) == members)
                #expect(try Self.content(store, group, .others) == others)
                for _ in 0..<50 {
                    let key = Self.randomKey(&random)
                    #expect(try store.position(of: key, in: group) == model[key])
                }
            }
            // And any two differ by what differs.
            for (old, oldModel) in earlier {
                for (new, newModel) in earlier {
                    var found: [StateKey: [StreamPosition?]] = [:]
                    for difference in try store.difference(from: old, to: new) {
                        #expect(
                            found.updateValue(
                                [difference.old, difference.new], forKey: difference.key)
                                == nil)
                    }
                    var expected: [StateKey: [StreamPosition?]] = [:]
                    for key in Set(oldModel.keys).union(newModel.keys)
                    where oldModel[key] != newModel[key] {
                        expected[key] = [oldModel[key], newModel[key]]
                    }
                    #expect(found == expected)
                }
            }
        }
    }

    @Test("A map made at once is the map made step by step", arguments: [0, 1, 15, 16, 17, 300])
    func atOnce(count: Int) async throws {
        try await run { store in
            let entries = (0..<count).map {
                StateEntry(
                    key: StateKey(.roomMember, "@u\($0):a.example"),
                    position: StreamPosition(rawValue: Int64($0 + 1)))
            }
            let whole = try store.group(of: entries, room: Self.room)
            var stepwise = StateGroup.empty
            for entry in entries.shuffled() {
                stepwise = try store.group(
                    stepwise, setting: entry.key, to: entry.position, room: Self.room)
            }
            let held = try Self.content(store, whole)
            #expect(try Self.content(store, stepwise) == held)
            #expect(try store.difference(from: whole, to: stepwise).isEmpty)
            #expect(held.count == count)
        }
    }

    @Test("Nothing is in the empty map")
    func empty() async throws {
        try await run { store in
            let position = try store.position(of: StateKey(.roomName), in: .empty)
            #expect(position == nil)
            let content = try Self.content(store, .empty)
            #expect(content.isEmpty)
            let difference = try store.difference(from: .empty, to: .empty)
            #expect(difference.isEmpty)
        }
    }

    @Test("Keys that collide to the last level share a leaf, and are told apart")
    func collisions() async throws {
        try await run { store in
            // The last four bits of a path are looked at by no level.
            let path = StatePath(bits: 0x8123_4567_89AB_CDE0)
            let entries = (0..<40).map { number in
                StateEntry(
                    key: StateKey(.roomMember, "@u\(number):a.example"),
                    position: StreamPosition(rawValue: Int64(number + 1)),
                    path: StatePath(bits: path.bits | UInt64(number % 16)))
            }
            let group = try store.group(of: entries, room: Self.room)
            #expect(try Self.content(store, group).count == 40)
            for entry in entries {
                #expect(
                    try store.position(of: entry.key, at: entry.path, in: group) == entry.position)
            }
            var stepwise = StateGroup.empty
            for entry in entries {
                stepwise = try store.group(stepwise, setting: entry, room: Self.room)
            }
            #expect(try store.difference(from: group, to: stepwise).isEmpty)

            let changed = StateEntry(
                key: entries[7].key, position: StreamPosition(rawValue: 99), path: entries[7].path)
            let after = try store.group(group, setting: changed, room: Self.room)
            #expect(
                try store.difference(from: group, to: after) == [
                    .init(key: changed.key, old: entries[7].position, new: changed.position)
                ])
            #expect(
                try store.position(of: changed.key, at: changed.path, in: after)?.rawValue == 99)
            #expect(
                try store.position(of: entries[8].key, at: entries[8].path, in: after)?.rawValue
                    == 9)
            // A key that is not there, with a path that is.
            #expect(
                try store.position(of: StateKey(.roomMember, "@z:a.example"), at: path, in: after)
                    == nil)
        }
    }

    @Test("Paths part one level before the last, and only there")
    func lateParting() async throws {
        try await run { store in
            let entries = (0..<32).map { number in
                StateEntry(
                    key: StateKey("t", "\(number)"),
                    position: StreamPosition(rawValue: Int64(number + 1)),
                    path: StatePath(bits: UInt64(number) << 4))
            }
            let group = try store.group(of: entries, room: Self.room)
            for entry in entries {
                #expect(
                    try store.position(of: entry.key, at: entry.path, in: group) == entry.position)
            }
            #expect(try Self.content(store, group, .members).isEmpty)
            #expect(try Self.content(store, group, .others).count == 32)
        }
    }

    @Test("The path of a key never changes, since it is stored")
    func storedPaths() {
        #expect(
            StatePath(StateKey(.roomCreate)).bits == StatePath(StateKey("m.room.create", "")).bits)
        #expect(StatePath(StateKey("a", "b")).bits != StatePath(StateKey("ab", "")).bits)
        #expect(StatePath(StateKey(.roomMember, "@a:b")).bits >> 63 == 1)
        #expect(StatePath(StateKey(.roomName)).bits >> 63 == 0)
        #expect(StatePath(StateKey(.roomName)).bits == 5_202_325_190_830_372_184)
    }
}
