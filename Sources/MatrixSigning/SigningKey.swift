import Crypto

/// The key with which a server signs. What it says of itself never shows the seed.
package struct SigningKey: Sendable {
    /// `ed25519:` and a name of letters, digits and `_`.
    package let id: String

    private let key: Curve25519.Signing.PrivateKey

    /// - Parameter seed: 32 bytes.
    /// - Returns: Nil when the seed has another length, or the ID another form.
    package init?(id: String, seed: [UInt8]) {
        guard Self.isID(id), let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        else { return nil }
        self.id = id
        self.key = key
    }

    /// Reads a line of a key file: `ed25519 name seed`, the seed in Base64.
    package init?(line: String) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count == 3, words[0] == "ed25519", let seed = Base64.decode(String(words[2]))
        else { return nil }
        self.init(id: "ed25519:\(words[1])", seed: seed)
    }

    /// A new key, its name made of random letters too.
    package static func generate(
        using random: inout some RandomNumberGenerator
    ) -> SigningKey {
        let seed = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
        let name = (0..<6).compactMap { _ in letters.randomElement(using: &random) }
        guard let key = SigningKey(id: "ed25519:a_\(String(name))", seed: seed) else {
            preconditionFailure("32 bytes are a seed, and the name has letters alone")
        }
        return key
    }

    /// A new key from the system's own source of random numbers.
    package static func generate() -> SigningKey {
        var random = SystemRandomNumberGenerator()
        return generate(using: &random)
    }

    /// The line that `init(line:)` reads. It holds the seed.
    package var line: String {
        "ed25519 \(id.dropFirst("ed25519:".count)) \(Base64.encode(key.rawRepresentation))"
    }

    package var publicKey: PublicKey { PublicKey(key.publicKey) }

    /// - Returns: 64 bytes.
    package func sign(_ bytes: [UInt8]) -> [UInt8] {
        do {
            return Array(try key.signature(for: bytes))
        } catch {
            preconditionFailure("Ed25519 signs any bytes: \(error)")
        }
    }

    /// `ed25519:` and at least one of `[a-zA-Z0-9_]`.
    package static func isID(_ text: String) -> Bool {
        let prefix = "ed25519:".utf8
        let name = text.utf8.dropFirst(prefix.count)
        return text.utf8.starts(with: prefix) && !name.isEmpty && text.utf8.count <= 255
            && name.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "SigningKey(\(id))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["id": id]) }
}

/// The key that checks what a server, a device or a user signed.
package struct PublicKey: Hashable, Sendable {
    private let raw: [UInt8]

    /// - Parameter bytes: 32 bytes.
    package init?(_ bytes: [UInt8]) {
        guard (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil else {
            return nil
        }
        raw = bytes
    }

    /// Reads Base64 of either alphabet.
    package init?(base64: String) {
        guard let bytes = Base64.decode(base64) else { return nil }
        self.init(bytes)
    }

    init(_ key: Curve25519.Signing.PublicKey) { raw = Array(key.rawRepresentation) }

    package var bytes: [UInt8] { raw }
    package var base64: String { Base64.encode(raw) }

    package func isValid(signature: [UInt8], of bytes: [UInt8]) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: raw) else {
            return false
        }
        return key.isValidSignature(signature, for: bytes)
    }
}
