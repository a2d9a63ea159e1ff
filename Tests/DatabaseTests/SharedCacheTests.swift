import SeededTesting
import Testing

@testable import Database

struct SharedCacheTests {
    @Test("It holds at most its capacity, and spares what was asked for")
    func bounded() {
        var cache = ClockCache<Int, Int>(capacity: 3)
        for number in 0..<3 { cache.set(number, to: number, at: 1) }
        #expect(cache.value(0, asOf: 1) == 0)
        cache.set(3, to: 3, at: 2)
        #expect(cache.count == 3)
        #expect(cache.value(0, asOf: 2) == 0)
        #expect(cache.value(1, asOf: 2) == nil)
    }

    @Test("A snapshot older than a change neither sees nor replaces it")
    func older() {
        let cache = SharedCache<String, Int>(capacity: 2)
        cache.publish(["a": 5], at: 5)
        #expect(cache.value("a", asOf: 4) == nil)
        cache.fill("a", with: 4, asOf: 4)
        #expect(cache.value("a") == 5)
        // Nor once it has left the cache,
        cache.publish(["b": 6, "c": 6, "d": 6], at: 6)
        #expect(cache.value("a") == nil)
        cache.fill("a", with: 4, asOf: 4)
        #expect(cache.value("a") == nil)
        // or was made unknown.
        cache.publish(["e": Int?.none], at: 7)
        cache.fill("e", with: 6, asOf: 6)
        #expect(cache.value("e") == nil)
        cache.fill("e", with: 7, asOf: 7)
        #expect(cache.value("e") == 7)
    }

    @Test("Whatever happens, a snapshot sees what was true at its position", arguments: seeds(50))
    func property(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let cache = SharedCache<Int, Int>(capacity: 4)
        // What each key was after each position.
        var history: [[Int: Int]] = [[:]]
        for _ in 0..<500 {
            let position = Int.random(in: max(0, history.count - 4)..<history.count, using: &random)
            let key = Int.random(in: 0..<8, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0...1:
                var next = history[history.count - 1]
                next[key] = history.count
                let isKnown = Bool.random(using: &random)
                cache.publish([key: isKnown ? history.count : nil], at: Int64(history.count))
                history.append(next)
            case 2...4:
                guard let value = history[position][key] else { continue }
                cache.fill(key, with: value, asOf: Int64(position))
            case 5 where seed.isMultiple(of: 5):
                cache.forget(upTo: Int64(history.count - 1))
            default:
                if let value = cache.value(key, asOf: Int64(position)) {
                    #expect(value == history[position][key], "seed \(seed)")
                }
                if let value = cache.value(key) {
                    #expect(value == history[history.count - 1][key], "seed \(seed)")
                }
            }
            #expect(cache.count <= 4)
        }
    }
}
