import HomeserverTesting
import MatrixSigning
import MatrixTypes
import Testing

@Suite(.serialized)
struct CrossSigningTests {
    private let amelieID = "@amelie:culture.example"
    private let basileID = "@basile:culture.example"

    @Test(
        "The first keys and the same again are taken; others only with the password",
        arguments: TestEngine.allCases)
    func authentication(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie", password: "mdp")
            let (first, second) = (CrossSigner(user: amelieID), CrossSigner(user: amelieID))
            #expect(try await amelie.uploadCrossSigning(first.upload).status == 200)
            #expect(try await amelie.uploadCrossSigning(first.upload).status == 200)
            let challenge = try await amelie.uploadCrossSigning(second.upload)
            #expect(challenge.status == 401)
            #expect(try await master(of: amelie, amelie) == first.master.publicKey.base64)
            let wrong = #"{"type": "m.login.password", "password": "non"}"#
            #expect(
                try await amelie.uploadCrossSigning(second.upload, auth: wrong).status == 401)
            let right = #"{"type": "m.login.password", "password": "mdp"}"#
            #expect(
                try await amelie.uploadCrossSigning(second.upload, auth: right).status == 200)
            #expect(try await master(of: amelie, amelie) == second.master.publicKey.base64)
            // A new self-signing key alone is another key too.
            let name = first.selfSigning.publicKey.base64
            let changed = signed(
                """
                {"user_id": "\(amelieID)", "usage": ["self_signing"],
                 "keys": {"ed25519:\(name)": "\(name)"}}
                """, by: amelieID, second.master.publicKey.base64, second.master)
            let answer = try await amelie.uploadCrossSigning(
                #""master_key": \#(second.masterKey), "self_signing_key": \#(changed)"#)
            #expect(answer.status == 401)
        }
    }

    private func master(of user: TestClient, _ reader: TestClient) async throws -> String? {
        let id = user.userID?.rawValue ?? ""
        let keys = try await reader.queryKeys(id)["master_keys", id, "keys"]?.object
        return keys?.first { _ in true }?.value.string
    }

    @Test("Keys that do not hold together are refused", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie")
            let phone = try await KeyedDevice.of("amelie", "TELEPHONE", on: server)
            let amelie = phone.client
            let (keys, others) = (CrossSigner(user: amelieID), CrossSigner(user: amelieID))
            let selfSigning = keys.key(keys.selfSigning, "self_signing")
            let foreign = CrossSigner(user: basileID)
            let cases: [(String, String)] = [
                ("", "M_MISSING_PARAM"),
                (#""self_signing_key": \#(selfSigning)"#, "M_MISSING_PARAM"),
                (
                    #""master_key": \#(others.masterKey), "self_signing_key": \#(selfSigning)"#,
                    "M_INVALID_SIGNATURE"
                ),
                (#""master_key": \#(foreign.masterKey)"#, "M_INVALID_PARAM"),
                (#""master_key": \#(selfSigning)"#, "M_INVALID_PARAM"),
                (
                    #""master_key": \#(keys.masterKey.replacing("ed25519:", with: "curve:"))"#,
                    "M_INVALID_PARAM"
                ),
                (#""master_key": []"#, "M_BAD_JSON"),
                (#""master_key": {"user_id": "\#(amelieID)"}"#, "M_MISSING_PARAM"),
            ]
            for (members, errcode) in cases {
                #expect(try await amelie.uploadCrossSigning(members).errcode == errcode)
            }
            #expect(try await server.count("cross_signing_keys") == 0)
        }
    }

    @Test(
        "No key is called like a device, and no device like a key", arguments: TestEngine.allCases)
    func names(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie")
            let keys = CrossSigner(user: amelieID)
            let name = keys.master.publicKey.base64
            let device = try await KeyedDevice.of("amelie", name, on: server)
            try await device.uploadKeys()
            #expect(
                try await device.client.uploadCrossSigning(keys.upload).errcode == "M_FORBIDDEN")
            _ = try await device.client.post("/_matrix/client/v3/logout")
            let again = try await KeyedDevice.of("amelie", name, on: server)
            #expect(try await again.client.uploadCrossSigning(keys.upload).status == 200)
            #expect(try await again.uploadKeys().errcode == "M_FORBIDDEN")
        }
    }

    @Test(
        "Signatures on one's own devices and master key are seen by all",
        arguments: TestEngine.allCases)
    func ownSignatures(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie")
            let basile = try await server.register("basile")
            let phone = try await KeyedDevice.of("amelie", "TELEPHONE", on: server)
            let keys = CrossSigner(user: amelieID)
            try await phone.uploadKeys()
            _ = try await phone.client.uploadCrossSigning(keys.upload)
            let device = signed(
                phone.deviceKeys(), by: amelieID, keys.selfSigning.publicKey.base64,
                keys.selfSigning)
            let master = signed(keys.masterKey, by: amelieID, "TELEPHONE", phone.key)
            let name = keys.master.publicKey.base64
            let answer = try await phone.client.uploadSignatures(
                #"{"\#(amelieID)": {"TELEPHONE": \#(device), "\#(name)": \#(master)}}"#)
            #expect(answer.text == #"{"failures":{}}"#)

            let seen = try await basile.queryKeys(amelieID)
            let onDevice = seen["device_keys", amelieID, "TELEPHONE", "signatures", amelieID]
            #expect(onDevice?.object?.count == 2)
            let onMaster = seen["master_keys", amelieID, "signatures", amelieID]
            #expect(onMaster?["ed25519:TELEPHONE"]?.string != nil)
            #expect(seen["user_signing_keys"]?.object?.isEmpty == true)
            #expect(seen["self_signing_keys", amelieID] != nil)
            let own = try await phone.client.queryKeys(amelieID)
            #expect(own["user_signing_keys", amelieID] != nil)

            // A master key that is replaced takes with it what it signed.
            let others = CrossSigner(user: amelieID)
            _ = try await phone.client.uploadCrossSigning(
                others.upload,
                auth: #"{"type": "m.login.password", "password": "motdepasse-1"}"#)
            #expect(try await server.count("key_signatures") == 0)
        }
    }

    @Test(
        "A signature on somebody else's master key is seen by its signer alone",
        arguments: TestEngine.allCases)
    func signaturesOnOthers(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let (hers, his) = (CrossSigner(user: amelieID), CrossSigner(user: basileID))
            _ = try await amelie.uploadCrossSigning(hers.upload)
            _ = try await basile.uploadCrossSigning(his.upload)
            let (ofAmelie, ofBasile) = (try await amelie.now(), try await basile.now())
            let signedKey = signed(
                his.masterKey, by: amelieID, hers.userSigning.publicKey.base64, hers.userSigning)
            let name = his.master.publicKey.base64
            let answer = try await amelie.uploadSignatures(
                #"{"\#(basileID)": {"\#(name)": \#(signedKey)}}"#)
            #expect(answer.text == #"{"failures":{}}"#)
            let path = (basileID, "signatures", amelieID)
            let seen = try await amelie.queryKeys(basileID)
            #expect(seen["master_keys", path.0, path.1, path.2] != nil)
            let byHimself = try await basile.queryKeys(basileID)
            #expect(byHimself["master_keys", path.0, path.1, path.2] == nil)
            let told = try await amelie.sync(since: ofAmelie).deviceListChanges
            #expect(told.changed == ["basile"])
            #expect(try await basile.sync(since: ofBasile)["device_lists"] == nil)
        }
    }

    @Test(
        "Signatures that are not what they say are told one by one", arguments: TestEngine.allCases)
    func failures(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie")
            let basile = try await server.register("basile")
            let phone = try await KeyedDevice.of("amelie", "TELEPHONE", on: server)
            let (hers, his) = (CrossSigner(user: amelieID), CrossSigner(user: basileID))
            try await phone.uploadKeys()
            _ = try await phone.client.uploadCrossSigning(hers.upload)
            _ = try await basile.uploadCrossSigning(his.upload)
            let name = hers.selfSigning.publicKey.base64
            let good = signed(phone.deviceKeys(), by: amelieID, name, hers.selfSigning)
            let (own, his1) = (hers.master.publicKey.base64, his.master.publicKey.base64)
            let answer = try await phone.client.uploadSignatures(
                """
                {"\(amelieID)": {
                    "TELEPHONE": \(good),
                    "AUTRE": \(good),
                    "\(own)": \(signed(hers.masterKey, by: amelieID, "TELEPHONE", hers.master))},
                 "\(basileID)": {
                    "\(his1)": \(signed(
                        his.masterKey.replacing("\"usage\":[\"master\"]", with: "\"usage\":[]"),
                        by: amelieID, hers.userSigning.publicKey.base64, hers.userSigning)),
                    "PERSONNE": {}}}
                """)
            #expect(answer.status == 200)
            let failures = answer["failures"]
            #expect(failures?[amelieID]?["TELEPHONE"] == nil)
            #expect(failures?[amelieID]?["AUTRE"]?["errcode"]?.string == "M_NOT_FOUND")
            #expect(failures?[amelieID]?[own]?["errcode"]?.string == "M_INVALID_SIGNATURE")
            #expect(failures?[basileID]?[his1]?["errcode"]?.string == "M_INVALID_SIGNATURE")
            #expect(failures?[basileID]?["PERSONNE"]?["errcode"]?.string == "M_NOT_FOUND")
            #expect(try await server.count("key_signatures") == 1)
        }
    }
}
