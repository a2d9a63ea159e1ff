import Database
import SeededTesting
import Testing

/// Random histories of blocks beside a model: a dictionary to which the announced changes are
/// applied in order.
@Suite(.serialized)
struct HistoryTests {
    private enum Change: Sendable {
        case set(String, Int)
        case remove(String)
    }

    @Test("Table, caches and announcements tell the same story", arguments: Engine.all, seeds(6))
    func story(engine: Engine, seed: UInt64) async throws {
        try await withDatabase(engine, [Pairs.migration]) { database in
            let cache = SharedCache<String, Int>(capacity: 12)
            let model = Model(database)
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for task in 0..<12 {
                    tasks.addTask {
                        var random = SeededGenerator(seed: seed * 100 + UInt64(task))
                        for _ in 0..<25 {
                            if Int.random(in: 0..<3, using: &random) == 0 {
                                try await read(database, cache, model)
                            } else {
                                let steps = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                                    Step.random(using: &random)
                                }
                                do {
                                    try await write(database, cache, steps)
                                } catch is ChangedMind {
                                    continue
                                }
                            }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            let all = try await database.read { try Pairs(db: $0).all() }
            #expect(all == model.state, "seed \(seed)")
            for (key, value) in model.state {
                if let held = cache.value(key) { #expect(held == value, "seed \(seed): \(key)") }
            }
        }
    }

    private enum Step: Sendable {
        case add(String, Int)
        case remove(String)
        case giveUp

        static func random(using random: inout SeededGenerator) -> Step {
            let key = "k\(Int.random(in: 0..<20, using: &random))"
            return switch Int.random(in: 0..<10, using: &random) {
            case 0: .giveUp
            case 1...2: .remove(key)
            default: .add(key, Int.random(in: 1..<100, using: &random))
            }
        }
    }

    private func write(
        _ database: Database, _ cache: SharedCache<String, Int>, _ steps: [Step]
    ) async throws {
        try await database.write { db in
            let pairs = Pairs(db: db)
            for step in steps {
                switch step {
                case .add(let key, let number):
                    let held = db.cached(cache, key)
                    let stored = try pairs.number(key)
                    if let held { #expect(held == stored, "A block sees the past in memory.") }
                    let sum = (stored ?? 0) + number
                    try pairs.set(key, sum)
                    db.cache(cache, key, sum)
                    db.announce(Change.set(key, sum))
                case .remove(let key):
                    try db.post("DELETE FROM pairs WHERE key = \(key)")
                    db.cache(cache, key, nil)
                    db.announce(Change.remove(key))
                case .giveUp:
                    throw ChangedMind()
                }
            }
        }
    }

    /// Reads all in one snapshot, some of it from memory.
    private func read(
        _ database: Database, _ cache: SharedCache<String, Int>, _ model: Model
    ) async throws {
        try await database.read { db in
            let position = try db.one("SELECT position FROM stream", as: Int64.self)
            let all = try Pairs(db: db).all()
            for number in 0..<20 {
                let key = "k\(number)"
                if let held = db.cached(cache, key) {
                    #expect(held == all[key], "A snapshot and the memory beside it differ.")
                } else if let stored = all[key] {
                    db.cache(cache, key, stored)
                }
            }
            if let then = model.state(at: position ?? 0) { #expect(all == then) }
        }
    }

    /// What the announced changes make, at each position.
    private final class Model: Sendable {
        private let states: Announced<Change, [String: Int]>

        init(_ database: Database) {
            states = Announced(database, [:]) { state, change in
                switch change {
                case .set(let key, let number): state[key] = number
                case .remove(let key): state[key] = nil
                }
            }
        }

        var state: [String: Int] { states.last }
        func state(at position: Int64) -> [String: Int]? { states.at(position) }
    }
}
