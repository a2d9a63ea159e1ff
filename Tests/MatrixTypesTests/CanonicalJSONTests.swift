import SeededTesting
import Testing

@testable import MatrixTypes

struct CanonicalJSONTests {
    @Test("The appendix's examples come out as it says, but for floats, which follow Synapse")
    func appendix() throws {
        guard let vectors = try SpecVectors.read("appendices.json") else { return }
        for vector in try vectors.requiredArray("canonical_json") {
            let json = try #require(vector["json"]?.string)
            // NOTSPEC: see CanonicalWriter.writeNumber.
            let expected = try #require(vector["canonical"]?.string)
                .replacing("10000000000}", with: "10000000000.0}")
            let canonical = try JSON(parsing: Array(json.utf8)).canonical()
            #expect(String(decoding: canonical, as: UTF8.self) == expected)
        }
    }

    @Test("Any way of writing a value has the same canonical form", arguments: seeds(300))
    func oneForm(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sample = SampleJSON.random(using: &random)
        for _ in 0..<5 {
            let text = sample.loose(using: &random)
            for mode in [JSONMode.strict, .plain] {
                let value = try JSON(parsing: Array(text.utf8), mode: mode)
                let canonical = try value.canonical()
                #expect(canonical == Array(sample.canonical.utf8), "seed \(seed): \(text)")
            }
        }
    }

    @Test("Canonical JSON is recognised, and stays as it is", arguments: seeds(300))
    func idempotent(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let bytes = Array(SampleJSON.random(using: &random).canonical.utf8)
        let value = try JSON(parsing: bytes, mode: .strict)
        #expect(try value.canonical() == bytes, "seed \(seed)")
    }

    @Test("What says that it is canonical is")
    func flag() throws {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            let sample = SampleJSON.random(using: &random)
            let text = Bool.random(using: &random) ? sample.loose(using: &random) : sample.canonical
            let value = try JSON(parsing: Array(text.utf8), mode: .plain)
            if value.isCanonical { #expect(Array(value.bytes) == Array(sample.canonical.utf8)) }
        }
        #expect(try JSON(parsing: Array(#"{"a":1,"b":[true,null,"é\n"]}"#.utf8)).isCanonical)
        #expect(try !JSON(parsing: Array(#"{"b":1,"a":1}"#.utf8)).isCanonical)
        #expect(try !JSON(parsing: Array(#"{"a": 1}"#.utf8)).isCanonical)
        #expect(try !JSON(parsing: Array(#"["\/"]"#.utf8)).isCanonical)
    }

    @Test("Keys go by code point, not by UTF-16 unit nor by what looks the same")
    func order() throws {
        let text =
            "{\"\u{FFFF}\":1,\"\u{10000}\":2,\"é\":3,\"e\u{301}\":4,\"Z\":5,\"a\":6,\"\":7,\"aa\":8}"
        let canonical = try JSON(parsing: Array(text.utf8)).canonical()
        #expect(
            String(decoding: canonical, as: UTF8.self).utf8.elementsEqual(
                "{\"\":7,\"Z\":5,\"a\":6,\"aa\":8,\"e\u{301}\":4,\"é\":3,\"\u{FFFF}\":1,\"\u{10000}\":2}"
                    .utf8))
    }

    @Test("In plain mode numbers are written as Synapse writes them")
    func numbers() throws {
        let text = #"[1.0, 1e3, 0.25, -0, -0.0, 1E16, 1e-7, 123456789012345678901234567890]"#
        let canonical = try JSON(parsing: Array(text.utf8)).canonical()
        #expect(
            String(decoding: canonical, as: UTF8.self)
                == "[1.0,1000.0,0.25,0,-0.0,1e+16,1e-07,123456789012345678901234567890]")
        #expect(throws: JSONError.numberOutOfRange(at: 1)) {
            try JSON(parsing: Array("[1e400]".utf8)).canonical()
        }
    }

    @Test("An integer has a canonical form up to 4,300 digits")
    func longIntegers() throws {
        let longest = Array(repeating: UInt8(ascii: "1"), count: 4300)
        #expect(try JSON(parsing: longest).canonical() == longest)
        #expect(try JSON(parsing: [0x2D] + longest).canonical() == [0x2D] + longest)
        #expect(throws: JSONError.numberOutOfRange(at: 0)) {
            try JSON(parsing: longest + [0x31]).canonical()
        }
    }

    @Test("Keys are left out and set, in their places")
    func changes() throws {
        let object = try JSONObject(parsing: Array(#"{"d":4,"b": 2,"a":1}"#.utf8))
        #expect(try object.canonical(without: ["b", "x"]) == Array(#"{"a":1,"d":4}"#.utf8))
        let changed = try object.canonical(changing: [
            "A": Array("0".utf8), "b": Array("[]".utf8), "c": Array("3".utf8), "d": nil,
            "z\n": Array("9".utf8), "y": nil,
        ])
        #expect(changed == Array(#"{"A":0,"a":1,"b":[],"c":3,"z\n":9}"#.utf8))
        #expect(try JSONObject.empty.canonical(changing: ["a": [0x31]]) == Array(#"{"a":1}"#.utf8))
        #expect(try JSONObject.empty.canonical(without: ["a"]) == Array("{}".utf8))
    }

    @Test("Changing keys is what reading, changing and writing is", arguments: seeds(100))
    func changesByModel(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let sample = SampleJSON.randomObject(using: &random)
        guard case .object(var entries) = sample else { return }
        let text = sample.loose(using: &random)
        var changes: [String: [UInt8]?] = [:]
        for _ in 0..<3 {
            let known = entries.randomElement(using: &random)?.key ?? "a"
            let key = Bool.random(using: &random) ? known : SampleJSON.randomText(using: &random)
            guard changes[key] == nil else { continue }
            entries.removeAll { Array($0.key.utf8) == Array(key.utf8) }
            if Bool.random(using: &random) {
                changes[key] = .some(nil)
            } else {
                let value = SampleJSON.random(using: &random)
                changes[key] = Array(value.canonical.utf8)
                entries.append((key, value))
            }
        }
        let changed = try JSONObject(parsing: Array(text.utf8)).canonical(changing: changes)
        #expect(changed == Array(SampleJSON.object(entries).canonical.utf8), "seed \(seed)")
    }
}
