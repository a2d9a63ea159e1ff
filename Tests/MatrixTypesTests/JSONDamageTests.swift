import SeededTesting
import Testing

@testable import MatrixTypes

struct JSONDamageTests {
    /// Reads everything that can be asked of a value.
    private func walk(_ value: JSON) -> Int {
        var seen = value.bytes.count
        seen += value.string?.utf8.count ?? 0
        seen += value.int ?? 0 == 0 ? 0 : 1
        seen += value.double == nil ? 0 : 1
        for element in value.array ?? JSONArray.empty { seen += walk(element) }
        for (key, element) in value.object ?? .empty {
            seen += key.utf8.count + walk(element)
            _ = value[key]
        }
        return seen
    }

    /// A value that is let in can be walked and, in strict mode, always has a canonical form that is
    /// the canonical form of itself.
    private func check(_ bytes: [UInt8], seed: UInt64) throws {
        for mode in [JSONMode.strict, .plain] {
            guard let value = try? JSON(parsing: bytes, mode: mode) else { continue }
            _ = walk(value)
            let canonical = mode == .strict ? try value.canonical() : try? value.canonical()
            guard let canonical else { continue }
            let again = try JSON(parsing: canonical, mode: mode)
            #expect(try again.canonical() == canonical, "seed \(seed)")
            if mode == .strict {
                #expect(again.isCanonical || !again.bytes.allSatisfy { $0 != 0x5C })
            }
        }
    }

    @Test("Damaged documents are refused or read, and nothing else happens", arguments: seeds(40))
    func damage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let text = SampleJSON.random(using: &random).loose(using: &random)
            try check(Array(text.utf8).damaged(using: &random), seed: seed)
        }
    }

    @Test("Random bytes are refused or read, and nothing else happens", arguments: seeds(20))
    func noise(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let letters = Array(#"{}[]",:\u0dcde9-.E tfn"#.utf8) + [0xC3, 0xA9, 0xF0, 0x9F, 0x98, 0x80]
        for _ in 0..<200 {
            try check(.random(upTo: 40, using: &random), seed: seed)
            let count = Int.random(in: 0...30, using: &random)
            let near = (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
            try check(near, seed: seed)
        }
    }

    @Test("Every beginning of a document is refused, at every place of a string")
    func truncation() throws {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<50 {
            let bytes = Array(SampleJSON.randomObject(using: &random).canonical.utf8)
            for count in 0..<bytes.count {
                #expect(throws: JSONError.self) { try JSON(parsing: Array(bytes.prefix(count))) }
            }
        }
    }
}
