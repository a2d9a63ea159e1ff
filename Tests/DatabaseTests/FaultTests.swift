import Database
import SeededTesting
import Synchronization
import Testing

/// Whatever goes wrong, no waiting task gets a wrong answer, and what is held in memory is what the
/// database holds.
@Suite(.serialized)
struct FaultTests {
    private static let faults: [FaultInjection.Fault] = [
        .error(.full("A test's disk is full.")), .error(.io("A test's disk fails.")),
        .error(.conflict("A test's conflict.")), .rollback(.full("A test's disk is full.")),
        .rollback(.io("A test's disk fails.")), .disconnect, .loseAnswer,
    ]

    private static let cases = Engine.all.flatMap { engine in
        FaultInjection.Step.allCases.flatMap { step in
            faults.map { (engine, step, $0) }
        }
    }

    @Test("One fault, at any step", arguments: cases)
    func one(engine: Engine, step: FaultInjection.Step, fault: FaultInjection.Fault) async throws {
        for occurrence in [1, 3] {
            let count = Mutex(0)
            let hadFault = Mutex(false)
            try await check(engine, seed: UInt64(occurrence)) { current in
                guard current == step else { return nil }
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                guard number == occurrence else { return nil }
                hadFault.withLock { $0 = true }
                return fault
            }
            // One group has one beginning and one end.
            let isRare = [.begin, .writePosition, .commit].contains(step)
            #expect(hadFault.withLock { $0 } || (isRare && occurrence > 1))
        }
    }

    @Test("Many faults, anywhere", arguments: Engine.all, seeds(20))
    func many(engine: Engine, seed: UInt64) async throws {
        let generator = Mutex(SeededGenerator(seed: seed))
        try await check(engine, seed: seed) { _ in
            generator.withLock { generator in
                guard Int.random(in: 0..<25, using: &generator) == 0 else { return nil }
                return Self.faults.randomElement(using: &generator)
            }
        }
    }

    /// Runs a history of blocks with faults, then compares answers, tables, caches and
    /// announcements.
    private func check(
        _ engine: Engine, seed: UInt64,
        _ decide: @Sendable @escaping (FaultInjection.Step) -> FaultInjection.Fault?
    ) async throws {
        var options = DatabaseOptions.patient
        let faulty = FaultsSwitch()
        options.faults = FaultInjection { faulty.isOn ? decide($0) : nil }
        try await withDatabase(engine, [Pairs.migration], options: options) { database in
            let cache = SharedCache<String, Int>(capacity: 100)
            let announced = Announcements(database)
            let results = await writeTogether(
                database,
                (0..<12).map { number in
                    { db in
                        try Pairs(db: db).insert("k\(number)", number)
                        try Pairs(db: db).set("shared", number)
                        db.cache(cache, "k\(number)", number)
                        db.cache(cache, "shared", number)
                        db.announce(number)
                        if number % 4 == 3 { throw ChangedMind() }
                    }
                })
            faulty.turnOff()
            let table = try await database.read { try Pairs(db: $0).all() }
            var written: [Int] = []
            for (number, result) in results.enumerated() {
                switch result {
                case .success:
                    #expect(table["k\(number)"] == number, "\(seed): an answer was too good.")
                    written.append(number)
                case .failure(DatabaseError.unknownOutcome):
                    if table["k\(number)"] != nil { written.append(number) }
                case .failure:
                    #expect(table["k\(number)"] == nil, "\(seed): an answer was too bad.")
                }
            }
            #expect(table["shared"] == written.last, "\(seed)")
            // What no answer tells of is not announced, nor is anything twice.
            let known = Set(announced.changes)
            #expect(announced.changes == announced.changes.sorted(), "\(seed)")
            #expect(known.count == announced.changes.count, "\(seed)")
            #expect(known.isSubset(of: written), "\(seed)")
            for (number, result) in results.enumerated() {
                if case .success = result { #expect(known.contains(number), "\(seed)") }
            }
            // Memory is right for the next block, of either kind.
            let expected = table
            let keys = Array(table.keys) + (0..<12).map { "k\($0)" }
            for key in keys {
                if let held = try await database.read({ $0.cached(cache, key) }) {
                    #expect(held == expected[key], "\(seed): \(key)")
                }
            }
            try await database.write { db in
                for key in keys {
                    if let held = db.cached(cache, key) { #expect(held == expected[key]) }
                }
                try Pairs(db: db).insert("after", 1)
            }
            for key in keys {
                if let held = cache.value(key) { #expect(held == expected[key], "\(seed): \(key)") }
            }
            let position = try await database.read { db in
                try db.one("SELECT MAX(position) FROM pairs", as: Int64.self)
            }
            #expect(position == database.committedPosition)
        }
    }
}

/// Ends the faults once the history is over.
private final class FaultsSwitch: Sendable {
    private let state = Atomic<Bool>(true)
    var isOn: Bool { state.load(ordering: .relaxed) }
    func turnOff() { state.store(false, ordering: .relaxed) }
}
