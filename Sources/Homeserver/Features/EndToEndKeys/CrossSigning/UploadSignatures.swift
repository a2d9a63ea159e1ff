import Database
import Hummingbird
import MatrixSigning
import MatrixTypes

/// Publishes signatures: on the requester's own devices by their self-signing key, on their own master
/// key by their devices, on other people's master keys by their user-signing key.
///
/// `POST /_matrix/client/v3/keys/signatures/upload`
///
/// Each is judged by itself; those that are refused are told in `failures`.
///
/// - Errors: `M_BAD_JSON`; `M_TOO_LARGE` for more keys than below. In `failures`: `M_NOT_FOUND` for a key that
///   is not there, `M_INVALID_SIGNATURE` for what is not signed as above, or is not the key.
/// - Spec: [POST /keys/signatures/upload](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keyssignaturesupload)
struct UploadSignatures: Sendable {
    static let mostKeys = 1_000

    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(mode: .strict)
        let keys = try SignedUpload.all(in: body)
        let signer = context.userID
        let failures = try await database.write { db in
            try SignatureCheck(signer: signer, db: db).take(keys)
        }
        let users = Dictionary(grouping: failures, by: \.key.user)
        return .json { answer in
            answer.object("failures") { object in
                for (user, failures) in users {
                    object.object(user.rawValue) { object in
                        for (key, error) in failures {
                            object.object(key.name) { object in
                                object["errcode"] = error.code.rawValue
                                object["error"] = error.message
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A key as somebody uploads it with new signatures.
private struct SignedUpload: Sendable {
    let user: UserID
    /// A device's ID, or a public master key.
    let name: String
    let object: JSONObject

    static func all(in body: JSONObject) throws -> [SignedUpload] {
        var all: [SignedUpload] = []
        for (userName, keys) in body {
            guard let user = UserID(userName), let keys = keys.object else {
                throw MatrixError.badJSON("The body maps user IDs to keys.")
            }
            for (name, key) in keys {
                guard let object = key.object else {
                    throw MatrixError.badJSON("Each key is an object.")
                }
                all.append(SignedUpload(user: user, name: name, object: object))
            }
        }
        guard all.count <= UploadSignatures.mostKeys else {
            throw MatrixError.tooLarge("These are too many keys at once.")
        }
        return all
    }
}

/// Judges uploaded signatures, and keeps those that are good.
private struct SignatureCheck {
    let signer: UserID
    let db: Connection

    /// - Returns: What was refused, and why.
    func take(_ keys: [SignedUpload]) throws -> [(key: SignedUpload, error: MatrixError)] {
        var failures: [(SignedUpload, MatrixError)] = []
        var signed: Set<UserID> = []
        let own = try CrossSigningStore(db: db).keys(of: signer)
        for key in keys {
            do {
                let signatures =
                    if key.user == signer {
                        try signatures(onOwn: key, own)
                    } else {
                        try signatures(onOther: key, own)
                    }
                for signature in signatures { try KeySignatureStore(db: db).set(signature) }
                signed.insert(key.user)
            } catch let error as MatrixError {
                failures.append((key, error))
            }
        }
        let lists = DeviceListStore(db: db)
        for user in signed.sorted() {
            // What the signer thinks of others is told to nobody else.
            if user == signer {
                try lists.changed(user)
            } else {
                try lists.changed(user, for: signer)
            }
        }
        return failures
    }

    private func signatures(onOwn key: SignedUpload, _ own: CrossSigningKeys) throws
        -> [KeySignature]
    {
        if let master = own.master, master.publicKey == key.name {
            try check(key, is: try master.object)
            return try signaturesByDevices(on: key)
        }
        guard let device = DeviceID(key.name),
            let stored = try DeviceKeyStore(db: db).keys(of: UserDevice(signer, device))
        else { throw MatrixError.notFound("There is no such key.") }
        try check(key, is: try stored.object)
        return [try signature(on: key, by: own.selfSigning)]
    }

    private func signatures(onOther key: SignedUpload, _ own: CrossSigningKeys) throws
        -> [KeySignature]
    {
        guard let master = try CrossSigningStore(db: db).keys(of: key.user).master,
            master.publicKey == key.name
        else { throw MatrixError.notFound("There is no such master key.") }
        try check(key, is: try master.object)
        return [try signature(on: key, by: own.userSigning)]
    }

    /// What is signed has to be what is published.
    private func check(_ key: SignedUpload, is stored: JSONObject) throws {
        guard let uploaded = try? key.object.unsigned(), try uploaded == stored.unsigned() else {
            throw MatrixError.invalidSignature("This is not the key that was published.")
        }
    }

    private func signature(on key: SignedUpload, by signing: CrossSigningKey?) throws
        -> KeySignature
    {
        guard let signing, signing.signed(key.object, as: signer) else {
            throw MatrixError.invalidSignature("The key that may sign this did not.")
        }
        return try signature(on: key, named: signing.publicKey)
    }

    /// The signatures by the signer's devices on their master key, all of which have to be good.
    private func signaturesByDevices(on key: SignedUpload) throws -> [KeySignature] {
        let names = key.object["signatures"]?[signer.rawValue]?.object?.map(\.key) ?? []
        // Its own signature is not looked at: it says nothing.
        let devices = names.filter { $0 != "ed25519:\(key.name)" }
        guard !devices.isEmpty, devices.count <= 100 else {
            throw MatrixError.invalidSignature("No device signed this.")
        }
        return try devices.map { name in
            guard name.hasPrefix("ed25519:"), let device = DeviceID(String(name.dropFirst(8))),
                let keys = try DeviceKeyStore(db: db).keys(of: UserDevice(signer, device)),
                let signing = DeviceKeys.signingKey(in: try keys.object, device),
                key.object.isSigned(by: signer, device.rawValue, signing)
            else { throw MatrixError.invalidSignature("`\(name)` did not sign this.") }
            return try signature(on: key, named: device.rawValue)
        }
    }

    private func signature(on key: SignedUpload, named name: String) throws -> KeySignature {
        guard
            let text = key.object["signatures"]?[signer.rawValue]?["ed25519:\(name)"]?.string
        else { throw MatrixError.invalidSignature("`ed25519:\(name)` did not sign this.") }
        return KeySignature(
            user: key.user, keyName: key.name, signer: signer, signingKey: "ed25519:\(name)",
            signature: text)
    }
}
