import Database
import MatrixTypes

/// The table `key_signatures`: those that were uploaded after the keys that they are on.
struct KeySignatureStore {
    let db: Connection

    /// The signatures on the keys of some users that a reader may see: the owners' own, and the reader's.
    ///
    /// - Spec: [Key and signature security](https://spec.matrix.org/v1.19/client-server-api/#key-and-signature-security)
    func signatures(on users: [UserID], for reader: UserID) throws -> KeySignatures {
        var found = KeySignatures()
        for slice in users.chunks(of: 500) {
            try db.forEach(
                """
                SELECT user_id, key_name, signer, signing_key, signature FROM key_signatures
                WHERE user_id IN \(list: slice) AND (signer = user_id OR signer = \(reader))
                """
            ) { row in
                found.add(
                    KeySignature(
                        user: try row[0], keyName: try row[1], signer: try row[2],
                        signingKey: try row[3], signature: try row[4]))
            }
        }
        return found
    }

    func set(_ signature: KeySignature) throws {
        try db.run(
            """
            INSERT INTO key_signatures (user_id, key_name, signer, signing_key, signature)
            VALUES (\(signature.user), \(signature.keyName), \(signature.signer),
                    \(signature.signingKey), \(signature.signature))
            ON CONFLICT (user_id, key_name, signer, signing_key) DO UPDATE SET
                signature = excluded.signature
            """)
    }

    /// Forgets the signatures on some of a user's keys.
    func delete(of user: UserID, keys: [String]) throws {
        try db.run(
            "DELETE FROM key_signatures WHERE user_id = \(user) AND key_name IN \(list: keys)")
    }

    /// Forgets the signatures by some of a user's keys.
    func delete(by user: UserID, _ keys: [String]) throws {
        try db.run(
            """
            DELETE FROM key_signatures
            WHERE signer = \(user) AND signing_key IN \(list: keys.map { "ed25519:\($0)" })
            """)
    }

    func deleteAll(of user: UserID) throws {
        try db.run("DELETE FROM key_signatures WHERE user_id = \(user) OR signer = \(user)")
    }
}

/// A signature on a key.
struct KeySignature: Sendable {
    /// Whose key is signed.
    let user: UserID
    /// A device's ID, or a public master key.
    let keyName: String
    let signer: UserID
    /// `ed25519:…`
    let signingKey: String
    let signature: String
}

/// Signatures by the keys that they are on.
struct KeySignatures: Sendable {
    private struct Name: Hashable {
        let user: UserID
        let key: String
    }
    private var signatures: [Name: [KeySignature]] = [:]

    init() {}

    mutating func add(_ signature: KeySignature) {
        signatures[Name(user: signature.user, key: signature.keyName), default: []]
            .append(signature)
    }

    /// A key with these signatures beside those that it has.
    ///
    /// - Parameter changes: Members to set as well.
    func added(
        to key: [UInt8], _ user: UserID, _ name: String, _ changes: [String: [UInt8]?] = [:]
    ) throws -> [UInt8] {
        let object = try JSONObject(parsing: key)
        let more = signatures[Name(user: user, key: name)] ?? []
        var all: [String: [String: String]] = [:]
        for (signer, keys) in object["signatures"]?.object ?? .empty {
            for (name, signature) in keys.object ?? .empty {
                all[signer, default: [:]][name] = signature.string
            }
        }
        for signature in more {
            all[signature.signer.rawValue, default: [:]][signature.signingKey] =
                signature.signature
        }
        var writer = JSONWriter()
        all.write(to: &writer)
        var changes = changes
        changes["signatures"] = writer.bytes
        return try object.canonical(changing: changes)
    }
}
