import Database
import Hummingbird
import MatrixTypes

/// Publishes the keys with which the requester signs devices and other people.
///
/// `POST /_matrix/client/v3/keys/device_signing/upload`
///
/// The first keys, and the same ones again, are taken at once; others only after the password was asked.
///
/// - Errors: `M_MISSING_PARAM` where there is no master key; `M_INVALID_SIGNATURE` where it did not sign
///   the others; `M_BAD_JSON`, `M_INVALID_PARAM` and `M_TOO_LARGE` as `CrossSigningKey` has them;
///   `M_FORBIDDEN` for a key that is called like one of the user's devices.
/// - Spec: [POST /keys/device_signing/upload](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysdevice_signingupload)
struct UploadCrossSigningKeys: Sendable {
    let database: Database
    let auth: InteractiveAuth

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(mode: .strict)
        let user = context.userID
        let given = try CrossSigningKeys(
            CrossSigningUsage.allCases.compactMap { usage in
                try readingBody { try body.object(usage.member) }.map {
                    try CrossSigningKey($0, usage, of: user)
                }
            })
        guard Set(given.all.map(\.publicKey)).count == given.all.count else {
            throw MatrixError.invalidParameter("keys", "Each key is for one thing.")
        }
        if try await store(given, of: user, isAuthenticated: false) { return .empty }
        let outcome = try await auth.check(
            body, flows: [InteractiveAuth.password], purpose: "cross-signing \(user)",
            user: user)
        if case .goOn(let response) = outcome { return response }
        _ = try await store(given, of: user, isAuthenticated: true)
        return .empty
    }

    /// - Returns: False where the password has to be asked first; nothing is stored then.
    private func store(_ given: CrossSigningKeys, of user: UserID, isAuthenticated: Bool)
        async throws -> Bool
    {
        try await database.write { db in
            let store = CrossSigningStore(db: db)
            let old = try store.keys(of: user)
            try check(given, over: old, of: user, in: db)
            if old.contains(given), given.master != nil { return true }
            guard isAuthenticated || old.master == nil else { return false }
            for key in given.all {
                try store.set(key, of: user)
                guard let replaced = old[key.usage], replaced.publicKey != key.publicKey else {
                    continue
                }
                // What the old key signed, and what was signed of it, is worth nothing any more.
                let signatures = KeySignatureStore(db: db)
                try signatures.delete(of: user, keys: [replaced.publicKey])
                try signatures.delete(by: user, [replaced.publicKey])
            }
            try DeviceListStore(db: db).changed(user)
            return true
        }
    }

    private func check(
        _ given: CrossSigningKeys, over old: CrossSigningKeys, of user: UserID,
        in db: Connection
    ) throws {
        guard !given.all.isEmpty, let master = given.master ?? old.master else {
            throw MatrixError.missingParameter("master_key")
        }
        for key in [given.selfSigning, given.userSigning].compactMap(\.self) {
            guard master.signed(try key.object, as: user) else {
                throw MatrixError.invalidSignature(
                    "The master key did not sign the \(key.usage.rawValue) key.")
            }
        }
        let names = given.all.map(\.publicKey)
        let devices = try DeviceKeyStore(db: db).devices(names, of: user)
        guard devices.isEmpty else {
            throw MatrixError.forbidden("A device of yours is called like this key.")
        }
    }
}
