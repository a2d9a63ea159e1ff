import Testing

@testable import MatrixTypes

struct JSONLimitsTests {
    private func nested(_ depth: Int, _ open: String = "[", _ close: String = "]") -> [UInt8] {
        Array((String(repeating: open, count: depth) + String(repeating: close, count: depth)).utf8)
    }

    @Test("100 levels are read, 101 are not", arguments: [JSONMode.strict, .plain])
    func depth(mode: JSONMode) throws {
        _ = try JSON(parsing: nested(100), mode: mode)
        #expect(throws: JSONError.tooDeep(limit: 100)) {
            try JSON(parsing: nested(101), mode: mode)
        }

        let objects =
            String(repeating: #"{"a":"#, count: 100) + "1" + String(repeating: "}", count: 100)
        _ = try JSON(parsing: Array(objects.utf8), mode: mode)
        #expect(throws: JSONError.tooDeep(limit: 100)) {
            try JSON(parsing: Array("[\(objects)]".utf8), mode: mode)
        }
    }

    @Test("A million levels cost an error, not the stack")
    func bottomless() {
        #expect(throws: JSONError.tooDeep(limit: 100)) {
            try JSON(parsing: Array(repeating: UInt8(ascii: "["), count: 1_000_000))
        }
    }

    @Test("The deepest document that is read can be written")
    func deepCanonical() throws {
        let limits = JSONLimits(maxDepth: 1000)
        let spaced = Array(String(repeating: "[ ", count: 1000).utf8) + nested(1000, "", "]")
        #expect(try JSON(parsing: spaced, limits: limits).canonical() == nested(1000))
    }

    @Test("The number of bytes is held to its limit exactly")
    func bytes() throws {
        _ = try JSON(parsing: Array("[1]".utf8), limits: JSONLimits(maxBytes: 3))
        #expect(throws: JSONError.tooLarge(limit: 3)) {
            try JSON(parsing: Array("[1] ".utf8), limits: JSONLimits(maxBytes: 3))
        }
    }

    @Test("A hundred thousand keys are read in strict mode in little time, sorted or not")
    func manyKeys() throws {
        let keys = (0..<100_000).reversed().map { "\"k\($0)\":0" }.joined(separator: ",")
        let object = try JSONObject(parsing: Array("{\(keys)}".utf8), mode: .strict)
        #expect(object.count == 100_000)
        #expect(throws: JSONError.duplicateKey("k7")) {
            try JSONObject(parsing: Array("{\(keys),\"k7\":1}".utf8), mode: .strict)
        }
    }
}
