import Testing

@testable import MatrixTypes

struct JSONReadingTests {
    @Test(
        "What is not JSON is refused in both modes",
        arguments: [
            "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "{\"a\"}",
            "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{a:1}",
            "{1:1}", "{'a':1}", "[}", "{]", "[1}", "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u\"",
            "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\t\"", "\"\u{0}\"", "\"\u{1F}\"", "01", "-",
            "-a", "+1", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "--1", "00", "-01", "NaN",
            "Infinity", "-Infinity", "tru", "truee", "nul", "falsE", "True", "1 1", "{} {}",
            "[] x", "// a\n1", "/**/1", "\u{FEFF}{}", "1\u{A0}", "undefined", "{\"a\":1 \"b\":2}",
            "[1]]", "\u{B}1",
        ])
    func notJSON(text: String) {
        #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8), mode: .plain) }
        #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8), mode: .strict) }
    }

    @Test(
        "What is not UTF-8 is refused in both modes",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82], [0xE2, 0x82, 0x41], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        for mode in [JSONMode.plain, .strict] {
            for text in [
                [0x22] + bytes + [0x22], [0x22] + bytes, Array("\"abcdefgh".utf8) + bytes + [0x22],
            ] {
                #expect(throws: JSONError.self) { try JSON(parsing: text, mode: mode) }
            }
        }
    }

    @Test(
        "Every length of UTF-8 is read, at its edges too",
        arguments: [
            "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}",
            "\u{10000}", "\u{10FFFF}",
        ])
    func utf8(text: String) throws {
        for padding in 0..<9 {
            let text = String(repeating: "x", count: padding) + text + "y"
            #expect(try JSON(parsing: Array("\"\(text)\"".utf8), mode: .strict).string == text)
        }
    }

    @Test(
        "Numbers that are not plain integers are for plain mode alone",
        arguments: ["1.0", "0.25", "1e3", "1E3", "1e-3", "-0", "-0.0", "0e0", "1.5e+10", "1e400"])
    func floats(text: String) throws {
        #expect(throws: JSONError.notAnInteger(at: 0)) {
            try JSON(parsing: Array(text.utf8), mode: .strict)
        }
        let value = try JSON(parsing: Array(text.utf8), mode: .plain)
        #expect(value.kind == .number)
        #expect(Array(value.bytes) == Array(text.utf8))
    }

    @Test("A float comes back byte for byte")
    func floatBytes() throws {
        let text = #"{"zoom": 0.25, "exact": 1.10, "big": 1E+2}"#
        let object = try JSONObject(parsing: Array(text.utf8))
        #expect(object["zoom"].map { Array($0.bytes) } == Array("0.25".utf8))
        #expect(object["exact"].map { Array($0.bytes) } == Array("1.10".utf8))
        #expect(object["zoom"]?.double == 0.25)
        #expect(object["big"]?.int == nil)
        #expect(Array(object.bytes) == Array(text.utf8))
    }

    @Test(
        "Integers are safe up to 2^53−1 on either side",
        arguments: [
            ("9007199254740991", 9_007_199_254_740_991),
            ("-9007199254740991", -9_007_199_254_740_991),
            ("9007199254740992", nil), ("-9007199254740992", nil), ("9223372036854775808", nil),
            ("18446744073709551616", nil), ("99999999999999999999999999", nil), ("0", 0),
            ("-1", -1),
        ] as [(String, Int?)])
    func safeIntegers(text: String, value: Int?) throws {
        #expect(try JSON(parsing: Array(text.utf8), mode: .plain).int == value)
        if value == nil {
            #expect(throws: JSONError.numberOutOfRange(at: 0)) {
                try JSON(parsing: Array(text.utf8), mode: .strict)
            }
        } else {
            #expect(try JSON(parsing: Array(text.utf8), mode: .strict).int == value)
        }
    }

    @Test("A key that is there twice is refused in strict mode, however it is written")
    func duplicateKeys() throws {
        let texts = [
            #"{"a":1,"a":2}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#,
            #"{"x":{"b":1,"b":1}}"#, #"{"é":1,"\u00e9":1}"#, #"{"":1,"":2}"#,
        ]
        for text in texts {
            #expect(throws: JSONError.self) { try JSON(parsing: Array(text.utf8), mode: .strict) }
            _ = try JSON(parsing: Array(text.utf8), mode: .plain)
        }
        #expect(throws: JSONError.duplicateKey("a")) {
            try JSON(parsing: Array(texts[1].utf8), mode: .strict)
        }
    }

    @Test("Of a key that is there twice the last counts in plain mode")
    func lastKeyWins() throws {
        let object = try JSONObject(parsing: Array(#"{"b":1,"a":[1],"b":2,"\u0062":3}"#.utf8))
        #expect(object["b"]?.int == 3)
        #expect(object.count == 2)
        #expect(object.map(\.key) == ["a", "b"])
        #expect(object.map { $0.value.int } == [nil, 3])
        #expect(try object.canonical() == Array(#"{"a":[1],"b":3}"#.utf8))
    }

    @Test("Two spellings of an accent are two keys")
    func unicodeEquivalence() throws {
        let object = try JSONObject(
            parsing: Array("{\"caf\u{E9}\":1,\"cafe\u{301}\":2}".utf8), mode: .strict)
        #expect(object.count == 2)
        #expect(object["caf\u{E9}"]?.int == 1)
        #expect(object["cafe\u{301}"]?.int == 2)
    }

    @Test(
        "A lone surrogate is refused in strict mode; in plain mode it reads as U+FFFD",
        arguments: [
            #""\ud800""#, #""\udc00""#, #""a\uD83Db""#, #""\ud83d\ud83d""#, #""\udc00\ud800""#,
            #""\ud800\n""#, #""\ud800\u0041""#,
        ])
    func loneSurrogates(text: String) throws {
        #expect(throws: JSONError.loneSurrogate(at: 0)) {
            try JSON(parsing: Array(text.utf8), mode: .strict)
        }
        let value = try JSON(parsing: Array(text.utf8), mode: .plain)
        #expect(value.string?.contains("\u{FFFD}") == true)
        #expect(throws: JSONError.loneSurrogate(at: 0)) { try value.canonical() }
    }

    @Test("Escapes are undone")
    func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDEA6\u0000""#
        let value = try JSON(parsing: Array(text.utf8), mode: .strict)
        #expect(value.string == "\"\\/\u{8}\u{C}\n\r\té🚦\u{0}")
    }

    @Test("Lists are walked and addressed, flat or nested")
    func arrays() throws {
        let flat = try JSON(parsing: Array("[1, 2, 3]".utf8)).array
        #expect(flat?.map(\.int) == [1, 2, 3])
        let nested = try JSON(parsing: Array(#"[[1], {"a": [2]}, 3, []]"#.utf8)).array
        #expect(nested?.count == 4)
        #expect(nested?[1]["a"]?.array?[0].int == 2)
        #expect(nested?[2].int == 3)
        #expect(nested?[3].array?.isEmpty == true)
    }

    @Test("A value's bytes are its own, without what is around it")
    func bytes() throws {
        let object = try JSONObject(parsing: Array(#" { "a" : [ 1 , 2 ] , "b":{} } "#.utf8))
        #expect(object["a"].map { Array($0.bytes) } == Array("[ 1 , 2 ]".utf8))
        #expect(object["b"].map { Array($0.bytes) } == Array("{}".utf8))
        #expect(object.bytes.first == UInt8(ascii: "{") && object.bytes.last == UInt8(ascii: "}"))
    }
}
