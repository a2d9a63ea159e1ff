import MatrixTypes
import Testing

@testable import MatrixSigning

struct EventHashTests {
    private func formats(_ version: String) -> EventIDFormat {
        switch version {
        case "1", "2": .chosenBySender
        case "3": .base64
        default: .urlSafeBase64
        }
    }

    @Test("The appendix's events get the appendix's hashes")
    func appendix() throws {
        guard let vectors = try SpecVectors.read("appendices.json")?.requiredObject("signing")
        else {
            return
        }
        for vector in try vectors.requiredArray("events") {
            let given = try #require(vector["given"]?.object)
            let expected = try #require(vector["signed"]?["hashes"]?["sha256"]?.string)
            #expect(Base64.encode(try contentHash(of: given)) == expected)
            #expect(try hasRightContentHash(#require(vector["signed"]?.object)))
        }
    }

    @Test("The appendix's first event, which a redaction leaves as it is, gets its signature")
    func appendixSignature() throws {
        guard let vectors = try SpecVectors.read("appendices.json")?.requiredObject("signing")
        else {
            return
        }
        let key = try #require(try SpecVectors.key(vectors))
        let first = try #require(try vectors.requiredArray("events").first)
        let signed = try #require(first["signed"]?.object)
        let unsigned = try JSONObject(parsing: signed.canonical(without: ["signatures"]))
        let server = ServerName(unchecked: try vectors.requiredString("server_name"))
        #expect(try sign(unsigned, as: server, with: key) == signed.canonical())
    }

    @Test("Synapse's events get Synapse's hashes, signatures and IDs")
    func synapse() throws {
        guard let vectors = try SpecVectors.read("events-by-synapse.json") else { return }
        let key = try #require(try SpecVectors.key(vectors))
        let server = ServerName(unchecked: try vectors.requiredString("server_name"))
        for vector in try vectors.requiredArray("vectors") {
            let version = try #require(vector["room_version"]?.string)
            let name = "\(version) \(vector["name"]?.string ?? "")"
            let event = try #require(vector["event"]?.object)
            let redacted = try #require(vector["redacted"]?.object)
            #expect(
                Base64.encode(try contentHash(of: event)) == vector["sha256"]?.string, "\(name)")

            let unsigned = try JSONObject(parsing: redacted.canonical(without: ["signatures"]))
            #expect(try sign(unsigned, as: server, with: key) == redacted.canonical(), "\(name)")
            try verify(redacted, signedBy: server, keys: [key.id: key.publicKey])

            let bytes = try redacted.canonical()
            if let hash = vector["reference_hash"]?.string {
                #expect(
                    Base64.encode(try referenceHash(ofRedactedCanonical: bytes)) == hash, "\(name)")
            }
            #expect(
                try eventID(ofRedactedCanonical: bytes, format: formats(version))?.rawValue
                    == vector["event_id"]?.string, "\(name)")
        }
    }

    @Test("A hash that is absent, of another type or wrong is not right")
    func wrongHashes() throws {
        for hashes in ["{}", #"{"sha256":1}"#, #"{"sha256":"?"}"#, #"{"sha256":"5jM4"}"#, "[]"] {
            let event = try JSONObject(parsing: Array(#"{"hashes":\#(hashes)}"#.utf8))
            #expect(try !hasRightContentHash(event))
        }
    }

    @Test("A float in an old room hashes as Synapse writes it")
    func floats() throws {
        let loose = try JSONObject(parsing: Array(#"{"content":{"ban":5e1}}"#.utf8))
        let synapse = Array(#"{"content":{"ban":50.0}}"#.utf8)
        #expect(try contentHash(of: loose) == contentHash(ofCanonical: synapse))
    }
}
