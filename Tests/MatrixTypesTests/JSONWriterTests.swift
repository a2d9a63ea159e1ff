import SeededTesting
import Testing

@testable import MatrixTypes

struct JSONWriterTests {
    private struct Refused: Error {}

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test("Entries are written in the order in which they are told")
    func object() {
        let bytes = jsonBytes { object in
            object["b"] = "x\n\"é"
            object["a"] = 5
            object["t"] = true
            object["f"] = 0.25
            object["user"] = UserID(unchecked: "@amelie:culture.example")
            object["ts"] = Timestamp(1_700_000_000_000)
            object["list"] = ["p", "q"]
            object["map"] = ["y": 1, "x": 2]
            object.object("o") { $0["k"] = Int64(-3) }
            object.object("e") { _ in }
            object.array("l") { list in
                list.append(1)
                list.object { $0["z"] = "z" }
                list.array { $0.append("n") }
                list.raw("0.10".utf8)
                list.append(String?.none)
            }
            object.raw("raw", #"{"kept": 1.0}"#.utf8)
            object.null("n")
        }
        let expected =
            #"{"b":"x\n\"é","a":5,"t":true,"f":0.25,"user":"@amelie:culture.example","#
            + #""ts":1700000000000,"list":["p","q"],"map":{"x":2,"y":1},"o":{"k":-3},"e":{},"#
            + #""l":[1,{"z":"z"},["n"],0.10,null],"raw":{"kept": 1.0},"n":null}"#
        #expect(text(bytes) == expected)
    }

    @Test("Nil writes nothing")
    func absent() {
        let none: String? = nil
        #expect(text(jsonBytes { $0["a"] = none }) == "{}")
    }

    @Test("A value of a type that is not known here is written too")
    func existential() {
        let values: [any JSONWritable] = ["a", 1, false, ["x": "y"]]
        let bytes = jsonBytes { object in
            for (place, value) in values.enumerated() { object.write("\(place)", value) }
        }
        #expect(text(bytes) == #"{"0":"a","1":1,"2":false,"3":{"x":"y"}}"#)
    }

    @Test("Numbers without a value are null, the ends of the integers are digits")
    func numbers() {
        let bytes = jsonBytes { object in
            object["inf"] = Double.infinity
            object["nan"] = Double.nan
            object["max"] = Int.max
            object["min"] = Int64.min
        }
        #expect(
            text(bytes)
                == #"{"inf":null,"nan":null,"max":9223372036854775807,"min":-9223372036854775808}"#)
    }

    @Test("An error in the body comes out, and what was written before stays")
    func failure() {
        var writer = JSONWriter()
        #expect(throws: Refused.self) {
            try writer.array { array throws(Refused) in
                array.append(1)
                throw Refused()
            }
        }
        #expect(text(writer.bytes) == "[1")
    }

    @Test("Every text is written so that it reads back", arguments: seeds(50))
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            let sample = SampleJSON.randomText(using: &random)
            let bytes = jsonBytes { $0[sample] = sample }
            let object = try JSONObject(parsing: bytes, mode: .strict)
            #expect(object.json.isCanonical || sample.utf8.contains { $0 < 0x20 })
            let read = try #require(object[sample]?.string)
            #expect(Array(read.utf8) == Array(sample.utf8), "seed \(seed)")
        }
    }
}
