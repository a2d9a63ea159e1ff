import MatrixTypes
import SeededTesting
import Testing

@testable import MatrixSigning

struct SignedJSONTests {
    private let server = ServerName(unchecked: "culture.example")
    private let key: SigningKey

    init() throws {
        key = try #require(SigningKey(id: "ed25519:1", seed: Array(1...32)))
    }

    private func object(_ text: String) throws -> JSONObject {
        try JSONObject(parsing: Array(text.utf8), mode: .strict)
    }

    @Test("The appendix's objects get the appendix's signatures")
    func appendix() throws {
        guard let vectors = try SpecVectors.read("appendices.json")?.requiredObject("signing")
        else {
            return
        }
        let key = try #require(try SpecVectors.key(vectors))
        let server = ServerName(unchecked: try vectors.requiredString("server_name"))
        for vector in try vectors.requiredArray("json") {
            let given = try #require(vector["given"]?.object)
            let signed = try #require(vector["signed"]?.object)
            #expect(try sign(given, as: server, with: key) == signed.canonical())
            try verify(signed, signedBy: server, keys: [key.id: key.publicKey])
        }
    }

    @Test("Signing adds to the signatures and leaves unsigned data as it is")
    func merging() throws {
        let text = #"{"a": 1, "unsigned": {"age": 5}, "signatures": {"other": {"ed25519:x": "y"}}}"#
        let once = try JSONObject(parsing: sign(object(text), as: server, with: key))
        #expect(once["signatures"]?["other"]?["ed25519:x"]?.string == "y")
        #expect(once["unsigned"]?["age"]?.int == 5)
        #expect(once.json.isCanonical)
        let second = try #require(SigningKey(id: "ed25519:2", seed: Array(2...33)))
        let twice = try JSONObject(parsing: sign(once, as: server, with: second))
        #expect(twice["signatures"]?["culture.example"]?.object?.count == 2)
        try verify(twice, signedBy: server, keys: [key.id: key.publicKey])
        try verify(twice, signedBy: server, keys: [second.id: second.publicKey])
        #expect(try sign(once, as: server, with: key) == Array(once.bytes))
    }

    @Test("A signature holds for the object, and not for another")
    func tampering() throws {
        let keys = [key.id: key.publicKey]
        let signed = try JSONObject(
            parsing: sign(object(#"{"a":1,"b":"x"}"#), as: server, with: key))
        #expect(try verify(signed, signedBy: server, keys: keys) == key.id)
        let reordered = String(decoding: signed.bytes, as: UTF8.self).replacing(",", with: " , ")
        try verify(object(reordered), signedBy: server, keys: keys)
        let aged = try object(
            String(
                decoding: signed.canonical(changing: ["unsigned": Array("{}".utf8)]), as: UTF8.self)
        )
        try verify(aged, signedBy: server, keys: keys)

        let other = try JSONObject(parsing: signed.canonical(changing: ["a": Array("2".utf8)]))
        #expect(throws: SignatureError.mismatch(id: key.id)) {
            try verify(other, signedBy: server, keys: keys)
        }
    }

    @Test("What is not signed, or by nobody we know, is told apart")
    func failures() throws {
        let keys = [key.id: key.publicKey]
        let cases: [(String, SignatureError)] = [
            ("{}", .notSigned(by: "culture.example")),
            (#"{"signatures":1}"#, .notSigned(by: "culture.example")),
            (#"{"signatures":{}}"#, .notSigned(by: "culture.example")),
            (#"{"signatures":{"culture.example":1}}"#, .notSigned(by: "culture.example")),
            (
                #"{"signatures":{"culture.example":{"rsa:1":"x"}}}"#,
                .notSigned(by: "culture.example")
            ),
            (
                #"{"signatures":{"culture.example":{"ed25519:9":"x"}}}"#,
                .unknownKey(ids: ["ed25519:9"])
            ),
            (
                #"{"signatures":{"culture.example":{"ed25519:1":"?"}}}"#,
                .unreadable(id: "ed25519:1")
            ),
            (#"{"signatures":{"culture.example":{"ed25519:1":5}}}"#, .unreadable(id: "ed25519:1")),
            (#"{"signatures":{"culture.example":{"ed25519:1":""}}}"#, .mismatch(id: "ed25519:1")),
        ]
        for (text, error) in cases {
            #expect(throws: error) { try verify(object(text), signedBy: server, keys: keys) }
        }
    }

    @Test("Signing over malformed signatures is refused")
    func malformedSignatures() throws {
        for text in [#"{"signatures":1}"#, #"{"signatures":{"culture.example":[]}}"#] {
            #expect(throws: JSONError.self) { try sign(object(text), as: server, with: key) }
        }
    }

    @Test("What has no canonical form is not signed")
    func noCanonicalForm() throws {
        let object = try JSONObject(parsing: Array(#"{"a":"\ud800"}"#.utf8), mode: .plain)
        #expect(throws: JSONError.self) { try sign(object, as: server, with: key) }
    }

    @Test("One flipped bit is noticed wherever it is", arguments: seeds(10))
    func damage(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let signed = try sign(
            object(#"{"content":{"body":"bonjour"},"depth":5}"#), as: server, with: key)
        let original = try signature(of: JSONObject(parsing: signed))
        for _ in 0..<50 {
            var bytes = signed
            let place = Int.random(in: bytes.indices, using: &random)
            bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            guard let damaged = try? JSONObject(parsing: bytes, mode: .plain),
                (try? verify(damaged, signedBy: server, keys: [key.id: key.publicKey])) != nil
            else { continue }
            // Only the bits of the last letter of the Base64 that say nothing.
            #expect(signature(of: damaged) == original, "seed \(seed)")
        }
    }

    private func signature(of object: JSONObject) -> [UInt8]? {
        object["signatures"]?["culture.example"]?["ed25519:1"]?.string.flatMap(Base64.decode)
    }
}
