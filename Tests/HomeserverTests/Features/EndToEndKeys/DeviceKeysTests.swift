import HomeserverTesting
import MatrixSigning
import MatrixTypes
import Testing

@Suite(.serialized)
struct DeviceKeysTests {
    private let basile = "@basile:culture.example"

    @Test(
        "The keys of a device come back as they were, with its name",
        arguments: TestEngine.allCases)
    func uploadAndQuery(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            #expect(try await phone.uploadKeys().status == 200)
            _ = try await phone.client.put(
                "/_matrix/client/v3/devices/TELEPHONE", #"{"display_name": "Poche"}"#)

            let answer = try await amelie.queryKeys(basile, "@amelie:culture.example")
            let keys = answer["device_keys", basile, "TELEPHONE"]
            #expect(keys?["keys"]?["ed25519:TELEPHONE"]?.string == phone.key.publicKey.base64)
            #expect(keys?["unsigned"]?["device_display_name"]?.string == "Poche")
            let signature = keys?["signatures"]?[basile]?["ed25519:TELEPHONE"]?.string
            let uploaded = try JSONObject(parsing: Array(phone.deviceKeys().utf8))
            #expect(signature == uploaded["signatures"]?[basile]?["ed25519:TELEPHONE"]?.string)
            // Nobody else's device, and a person without keys is there all the same.
            #expect(answer["device_keys", basile]?.object?.count == 1)
            #expect(answer["device_keys", "@amelie:culture.example"]?.object?.isEmpty == true)
            #expect(answer["failures"]?.object?.isEmpty == true)

            let other = try await amelie.post(
                "/_matrix/client/v3/keys/query", #"{"device_keys": {"\#(basile)": ["AUTRE"]}}"#)
            #expect(other["device_keys", basile]?.object?.isEmpty == true)
        }
    }

    @Test(
        "Keys of another user or device, and keys that the device did not sign, are refused",
        arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            let good = phone.deviceKeys()
            let bad = [
                phone.deviceKeys(user: "@amelie:culture.example"),
                phone.deviceKeys(device: "AUTRE"),
                good.replacing("Y3VydmU", with: "YXV0cmU"),
                good.replacing(phone.key.publicKey.base64, with: "AAAA"),
                signed(good, by: basile, "TELEPHONE", SigningKey.generate()),
                good.replacing("\"algorithms\":[", with: "\"algorithms\":[1,"),
                #"{"user_id": "\#(basile)"}"#, "[]", "7",
            ]
            for keys in bad {
                let answer = try await phone.upload(#"{"device_keys": \#(keys)}"#)
                #expect(answer.status == 400, "\(keys)")
            }
            let huge = String(repeating: "9", count: 4_301)
            #expect(try await phone.upload(#"{"one_time_keys": {"a:b": \#(huge)}}"#).status == 400)
            #expect(try await server.count("device_keys") == 0)
        }
    }

    @Test("A list of devices that is an object is refused", arguments: ["{}", "7", "[7]"])
    func malformedQuery(devices: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let answer = try await amelie.post(
                "/_matrix/client/v3/keys/query", #"{"device_keys": {"\#(basile)": \#(devices)}}"#)
            #expect(answer.errcode == "M_BAD_JSON")
        }
    }

    @Test(
        "A device that is logged out has no keys any more, and what it signed is gone",
        arguments: TestEngine.allCases)
    func logout(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            try await phone.uploadKeys()
            try await phone.upload(oneTime: ["1": "a"])
            try await phone.upload(fallback: "f", "b")
            _ = try await phone.client.post("/_matrix/client/v3/logout")
            let answer = try await amelie.queryKeys(basile)
            #expect(answer["device_keys", basile]?.object?.isEmpty == true)
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == nil)
            #expect(try await server.count("one_time_keys") == 0)
            #expect(try await server.count("fallback_keys") == 0)
        }
    }
}
