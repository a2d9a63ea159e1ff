import Testing

@testable import MatrixTypes

struct JSONObjectTests {
    private let object: JSONObject

    init() throws {
        let text =
            #"{"s":"x","i":5,"f":0.5,"b":true,"o":{"k":"v"},"a":["p","q"],"m":["p",1],"n":null}"#
        object = try JSONObject(parsing: Array(text.utf8))
    }

    @Test("Values of their type are read")
    func reads() throws {
        #expect(try object.string("s") == "x")
        #expect(try object.int("i") == 5)
        #expect(try object.double("f") == 0.5)
        #expect(try object.bool("b") == true)
        #expect(try object.object("o")?.string("k") == "v")
        #expect(try object.array("m")?.count == 2)
        #expect(try object.strings("a") == ["p", "q"])
    }

    @Test("An absent key is nil, or missing where it is required")
    func absent() throws {
        #expect(try object.string("x") == nil)
        #expect(try object.strings("x") == nil)
        #expect(throws: JSONError.missing(key: "x")) { try object.requiredString("x") }
        #expect(throws: JSONError.missing(key: "x")) { try object.requiredObject("x") }
    }

    @Test("Another type is an error, and null is another type")
    func wrongType() {
        #expect(throws: JSONError.wrongType(key: "i", expected: .string)) { try object.string("i") }
        #expect(throws: JSONError.wrongType(key: "n", expected: .string)) { try object.string("n") }
        #expect(throws: JSONError.wrongType(key: "f", expected: .integer)) { try object.int("f") }
        #expect(throws: JSONError.wrongType(key: "s", expected: .boolean)) { try object.bool("s") }
        #expect(throws: JSONError.wrongType(key: "a", expected: .object)) { try object.object("a") }
        #expect(throws: JSONError.wrongType(key: "o", expected: .array)) { try object.array("o") }
        #expect(throws: JSONError.wrongType(key: "m[]", expected: .string)) {
            try object.strings("m")
        }
        #expect(throws: JSONError.invalid(key: "s")) { try object.identifier("s", as: UserID.self) }
    }

    @Test("A document that is not an object is refused", arguments: ["[]", "1", "\"a\"", "null"])
    func notAnObject(text: String) {
        #expect(throws: JSONError.notAnObject) { try JSONObject(parsing: Array(text.utf8)) }
    }

    @Test("The empty object is empty")
    func empty() {
        #expect(JSONObject.empty.isEmpty && JSONObject.empty.isEmpty)
        #expect(Array(JSONObject.empty.bytes) == Array("{}".utf8))
        #expect(JSONObject.empty["a"] == nil)
        #expect(!object.isEmpty)
    }

    @Test("Errors say what is wrong in a sentence and quote no value")
    func descriptions() {
        #expect(JSONError.missing(key: "body").description == "`body` is missing.")
        #expect(
            JSONError.wrongType(key: "body", expected: .string).description
                == "`body` is not of type string.")
    }

    @Test("What a log shows of a value is not what it says")
    func secrecy() throws {
        let object = try JSONObject(parsing: Array(#"{"password":"hunter2"}"#.utf8))
        var dumped = ""
        dump([object], to: &dumped)
        dump(object.json, to: &dumped)
        for text in [
            "\(object)", String(reflecting: object), "\(object.json)", "\([object])", dumped,
        ] {
            #expect(!text.contains("hunter2") && !text.contains("104, 117"))
        }
        #expect("\(object)" == "JSON(object, 22 bytes)")
    }
}
