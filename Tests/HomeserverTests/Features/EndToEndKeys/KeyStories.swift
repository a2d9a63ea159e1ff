import HomeserverTesting
import MatrixSigning
import MatrixTypes

/// A device with keys of its own, as a client has them.
struct KeyedDevice: Sendable {
    let client: TestClient
    let deviceID: String
    let key = SigningKey.generate()

    var user: String { client.userID?.rawValue ?? "" }

    /// Logs somebody in on a new device.
    static func of(_ name: String, _ deviceID: String, on server: TestServer) async throws
        -> KeyedDevice
    {
        KeyedDevice(client: try await server.logIn(name, on: deviceID), deviceID: deviceID)
    }

    /// Its identity keys, signed by itself.
    func deviceKeys(user: String? = nil, device: String? = nil, curve: String = "Y3VydmU")
        -> String
    {
        let device = device ?? deviceID
        return signed(
            """
            {"user_id": "\(user ?? self.user)", "device_id": "\(device)",
             "algorithms": ["m.olm.v1.curve25519-aes-sha2", "m.megolm.v1.aes-sha2"],
             "keys": {"curve25519:\(device)": "\(curve)",
                      "ed25519:\(device)": "\(key.publicKey.base64)"}}
            """, by: user ?? self.user, device, key)
    }

    @discardableResult
    func upload(_ body: String) async throws -> TestAnswer {
        try await client.post("/_matrix/client/v3/keys/upload", body)
    }

    @discardableResult
    func uploadKeys() async throws -> TestAnswer {
        try await upload(#"{"device_keys": \#(deviceKeys())}"#)
    }

    /// Uploads one-time keys under IDs.
    @discardableResult
    func upload(oneTime keys: [String: String]) async throws -> TestAnswer {
        let written = keys.map { #""signed_curve25519:\#($0)": {"key": "\#($1)"}"# }
        return try await upload(#"{"one_time_keys": {\#(written.joined(separator: ", "))}}"#)
    }

    @discardableResult
    func upload(fallback id: String, _ key: String) async throws -> TestAnswer {
        try await upload(
            #"{"fallback_keys": {"signed_curve25519:\#(id)": {"key": "\#(key)", "fallback": true}}}"#
        )
    }
}

/// The keys with which a person signs.
struct CrossSigner: Sendable {
    let user: String
    let master = SigningKey.generate()
    let selfSigning = SigningKey.generate()
    let userSigning = SigningKey.generate()

    func key(_ key: SigningKey, _ usage: String) -> String {
        let name = key.publicKey.base64
        return signed(
            """
            {"user_id": "\(user)", "usage": ["\(usage)"], "keys": {"ed25519:\(name)": "\(name)"}}
            """, by: user, master.publicKey.base64, master)
    }

    var masterKey: String { key(master, "master") }

    /// The members of an upload.
    var upload: String {
        """
        "master_key": \(masterKey), "self_signing_key": \(key(selfSigning, "self_signing")),
        "user_signing_key": \(key(userSigning, "user_signing"))
        """
    }
}

/// An object with one more signature.
func signed(_ text: String, by user: String, _ name: String, _ key: SigningKey) -> String {
    do {
        let object = try JSONObject(parsing: Array(text.utf8))
        let signature = key.sign(try object.canonical(without: ["signatures", "unsigned"]))
        let bytes = try adding(signature, by: user, "ed25519:\(name)", to: object)
        let whole = try object.canonical(changing: ["signatures": bytes])
        return String(decoding: whole, as: UTF8.self)
    } catch {
        preconditionFailure("a test's own object: \(error)")
    }
}

extension TestClient {
    func uploadCrossSigning(_ members: String, auth: String? = nil) async throws -> TestAnswer {
        let auth = auth.map { #", "auth": \#($0)"# } ?? ""
        return try await post(
            "/_matrix/client/v3/keys/device_signing/upload", "{\(members)\(auth)}")
    }

    func uploadSignatures(_ body: String) async throws -> TestAnswer {
        try await post("/_matrix/client/v3/keys/signatures/upload", body)
    }

    /// Asks for the keys of all devices of some people.
    func queryKeys(_ users: String...) async throws -> TestAnswer {
        let wanted = users.map { #""\#($0)": []"# }.joined(separator: ", ")
        return try await post(
            "/_matrix/client/v3/keys/query", #"{"device_keys": {\#(wanted)}}"#)
    }

    /// Claims a key of a device; its text, or nil where there is none.
    func claimKey(of user: String, _ device: String) async throws -> String? {
        let answer = try await post(
            "/_matrix/client/v3/keys/claim",
            #"{"one_time_keys": {"\#(user)": {"\#(device)": "signed_curve25519"}}}"#)
        let keys = answer["one_time_keys", user, device]?.object
        return keys?.first { _ in true }?.value["key"]?.string
    }
}

extension TestAnswer {
    /// Whose devices changed, and who is gone.
    var deviceListChanges: (changed: [String], left: [String]) {
        func names(_ member: String) -> [String] {
            (self["device_lists", member]?.array?.strings ?? []).map {
                String($0.dropFirst().prefix { $0 != ":" })
            }
        }
        return (names("changed"), names("left"))
    }

    var oneTimeKeys: Int? { self["device_one_time_keys_count", "signed_curve25519"]?.int }

    var unusedFallback: [String]? { self["device_unused_fallback_key_types"]?.array?.strings }
}
