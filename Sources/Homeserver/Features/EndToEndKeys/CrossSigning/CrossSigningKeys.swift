import MatrixSigning
import MatrixTypes

/// What a cross-signing key is for.
enum CrossSigningUsage: String, Sendable, CaseIterable {
    case master
    case selfSigning = "self_signing"
    case userSigning = "user_signing"

    /// Its member in the body of an upload.
    var member: String { "\(rawValue)_key" }
}

/// One of the keys with which a person signs their devices and other people.
///
/// - Spec: [Cross-signing](https://spec.matrix.org/v1.19/client-server-api/#cross-signing)
struct CrossSigningKey: Sendable {
    static let maxBytes = 16_384

    let usage: CrossSigningUsage
    /// Unpadded Base64; it is the key's name as well.
    let publicKey: String
    /// Canonical, with the signatures of the key's owner.
    let bytes: [UInt8]

    var object: JSONObject {
        get throws { try JSONObject(parsing: bytes) }
    }

    /// For what comes from our own database.
    init(usage: CrossSigningUsage, publicKey: String, bytes: [UInt8]) {
        self.usage = usage
        self.publicKey = publicKey
        self.bytes = bytes
    }

    /// - Throws: `M_BAD_JSON` for another shape; `M_INVALID_PARAM` for a key of another user or for another
    ///   usage, or that is no Ed25519 key.
    init(_ object: JSONObject, _ usage: CrossSigningUsage, of user: UserID) throws {
        guard object.bytes.count <= Self.maxBytes else {
            throw MatrixError.tooLarge("A key has \(Self.maxBytes) bytes at most.")
        }
        let (owner, usages, keys) = try readingBody {
            (
                try object.requiredString("user_id"), try object.requiredStrings("usage"),
                try object.requiredObject("keys")
            )
        }
        guard owner == user.rawValue else {
            throw MatrixError.invalidParameter(usage.member, "This is the key of somebody else.")
        }
        guard usages.contains(usage.rawValue) else {
            throw MatrixError.invalidParameter(usage.member, "This key is for something else.")
        }
        guard keys.count == 1, let (name, value) = keys.first(where: { _ in true }),
            let text = value.string, name == "ed25519:\(text)", PublicKey(base64: text) != nil
        else {
            throw MatrixError.invalidParameter(
                usage.member, "`keys` has one Ed25519 key, under its own name.")
        }
        self.usage = usage
        publicKey = text
        bytes = try readingBody { try object.canonical(keepingSignaturesBy: user) }
    }

    /// Whether this key signed an object.
    func signed(_ object: JSONObject, as owner: UserID) -> Bool {
        guard let key = PublicKey(base64: publicKey) else { return false }
        return object.isSigned(by: owner, publicKey, key)
    }
}

/// The cross-signing keys of a person, as far as there are any.
struct CrossSigningKeys: Sendable {
    private var keys: [CrossSigningUsage: CrossSigningKey] = [:]

    init(_ keys: [CrossSigningKey] = []) {
        for key in keys { self.keys[key.usage] = key }
    }

    var master: CrossSigningKey? { keys[.master] }
    var selfSigning: CrossSigningKey? { keys[.selfSigning] }
    var userSigning: CrossSigningKey? { keys[.userSigning] }

    subscript(usage: CrossSigningUsage) -> CrossSigningKey? { keys[usage] }

    var all: [CrossSigningKey] { CrossSigningUsage.allCases.compactMap { keys[$0] } }

    /// Whether all of some keys are among these, public key by public key.
    func contains(_ others: CrossSigningKeys) -> Bool {
        others.all.allSatisfy { keys[$0.usage]?.publicKey == $0.publicKey }
    }
}
