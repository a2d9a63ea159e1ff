import MatrixTypes
import Testing

@testable import MatrixSigning

struct SigningKeyTests {
    @Test("No description of a key shows its seed")
    func secrecy() throws {
        let seed: [UInt8] = Array(100..<132)
        let key = try #require(SigningKey(id: "ed25519:a_b", seed: seed))
        var dumped = ""
        dump(key, to: &dumped)
        dump([key], to: &dumped)
        let mirrored = Mirror(reflecting: key).children.map { "\($0.label ?? ""): \($0.value)" }
        let texts =
            [
                "\(key)", String(describing: key), String(reflecting: key), key.debugDescription,
                "\([key])", "\(Optional(key) as Any)", dumped,
            ] + mirrored
        for text in texts {
            #expect(!text.contains(Base64.encode(seed)))
            #expect(!text.contains("100, 101, 102"))
            #expect(!text.contains("64656667") && !text.lowercased().contains("privatekey"))
        }
        #expect("\(key)" == "SigningKey(ed25519:a_b)")
    }

    @Test("A key file's line is read, and written as it was")
    func line() throws {
        let line = "ed25519 a_Ab0 YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA0"
        let key = try #require(SigningKey(line: line + "\n"))
        #expect(key.id == "ed25519:a_Ab0")
        #expect(key.line == line)
        for bad in [
            "", "ed25519", "ed25519 a", "rsa a YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA0",
            "ed25519 a-b YJDBA9Xnr2sVqXD9Vj7XVUnmFZcZrlw8Md7kMW+3XA0", "ed25519 a YJDB",
            "ed25519 a ?",
            line + " x",
        ] {
            #expect(SigningKey(line: bad) == nil, "\(bad)")
        }
    }

    @Test("Key IDs have letters, digits and _")
    func ids() {
        for id in ["ed25519:1", "ed25519:a_Z9", "ed25519:_"] { #expect(SigningKey.isID(id)) }
        for id in [
            "", "ed25519", "ed25519:", "rsa:1", "ed25519:a-b", "ed25519:é", "Ed25519:1",
            "ed25519:a b",
        ] {
            #expect(!SigningKey.isID(id))
        }
    }

    @Test("Keys of another length are none")
    func lengths() {
        for count in [0, 31, 33, 64] {
            #expect(SigningKey(id: "ed25519:1", seed: Array(repeating: 7, count: count)) == nil)
            #expect(PublicKey(Array(repeating: 7, count: count)) == nil)
        }
    }

    @Test("A generated key signs what its public key checks, and no two are the same")
    func generated() throws {
        let key = SigningKey.generate()
        let other = SigningKey.generate()
        let bytes = Array("bonjour".utf8)
        let signature = key.sign(bytes)
        #expect(signature.count == 64)
        #expect(key.publicKey.isValid(signature: signature, of: bytes))
        #expect(!other.publicKey.isValid(signature: signature, of: bytes))
        #expect(!key.publicKey.isValid(signature: signature, of: bytes + [0]))
        #expect(!key.publicKey.isValid(signature: Array(signature.dropLast()), of: bytes))
        #expect(!key.publicKey.isValid(signature: [], of: bytes))
        #expect(PublicKey(base64: key.publicKey.base64) == key.publicKey)
        #expect(try #require(SigningKey(line: key.line)).publicKey == key.publicKey)
    }
}
