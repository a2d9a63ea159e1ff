import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct DehydratedDeviceTests {
    private let path = "/_matrix/client/unstable/org.matrix.msc3814.v1/dehydrated_device"
    private let basileID = "@basile:culture.example"

    private func body(_ device: KeyedDevice, _ name: String) -> String {
        """
        {"device_id": "\(name)", "initial_device_display_name": "Endormi",
         "device_data": {"algorithm": "m.dehydration.v2", "device_pickle": "abc"},
         "device_keys": \(device.deviceKeys(device: name)),
         "one_time_keys": {"signed_curve25519:1": {"key": "unique"}},
         "fallback_keys": {"signed_curve25519:2": {"key": "secours", "fallback": true}}}
        """
    }

    @Test(
        "It receives messages while nobody is there, and gives them as often as asked",
        arguments: TestEngine.allCases)
    func life(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            #expect(try await phone.client.get(path).errcode == "M_NOT_FOUND")
            let put = try await phone.client.put(path, body(phone, "dormant"))
            #expect(try put.string("device_id") == "dormant")
            let got = try await phone.client.get(path)
            #expect(try got.string("device_id") == "dormant")
            #expect(got["device_data", "device_pickle"]?.string == "abc")
            let keys = try await amelie.queryKeys(basileID)
            let unsigned = keys["device_keys", basileID, "dormant", "unsigned"]
            #expect(unsigned?["device_display_name"]?.string == "Endormi")
            #expect(try await amelie.claimKey(of: basileID, "dormant") == "unique")
            #expect(try await amelie.claimKey(of: basileID, "dormant") == "secours")

            for number in 0..<150 {
                try await amelie.send(
                    toDevice: "dormant", of: phone.client, #"{"text": "\#(number)"}"#)
            }
            for _ in 0..<2 {
                let first = try await phone.client.get("\(path)/dormant/events")
                #expect(first["events"]?.array?.count == 100)
                let next = try first.string("next_batch")
                let second = try await phone.client.get("\(path)/dormant/events?from=\(next)")
                #expect(second["events"]?.array?.count == 50)
                #expect(second["next_batch"] == nil)
            }
            // As clients asked before: until nothing comes.
            var (next, counts): (String?, [Int]) = (nil, [])
            repeat {
                let token = next.map { #"{"next_batch": "\#($0)"}"# } ?? "{}"
                let answer = try await phone.client.post("\(path)/dormant/events", token)
                counts.append(answer["events"]?.array?.count ?? -1)
                next = try answer.string("next_batch")
            } while counts.last != 0 && counts.count < 9
            #expect(counts == [100, 50, 0])
            let other = try await phone.client.get("\(path)/AUTRE/events")
            #expect(other.errcode == "M_FORBIDDEN")
        }
    }

    @Test(
        "Another one takes its place, and nothing of the first is left",
        arguments: TestEngine.allCases)
    func replaced(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            _ = try await phone.client.put(path, body(phone, "premier"))
            try await amelie.send(toDevice: "*", of: phone.client)
            let since = try await phone.client.now()
            _ = try await phone.client.put(path, body(phone, "second"))
            let keys = try await amelie.queryKeys(basileID)
            #expect(keys["device_keys", basileID]?.object?.map(\.key) == ["second"])
            #expect(try await server.count("one_time_keys") == 1)
            let told = try await phone.client.sync(since: since).deviceListChanges
            #expect(told.changed == ["basile"])
            let events = try await phone.client.get("\(path)/second/events")
            #expect(events["events"]?.array?.count == 0)

            #expect(try await phone.client.delete(path).string("device_id") == "second")
            #expect(try await phone.client.delete(path).errcode == "M_NOT_FOUND")
            #expect(try await server.count("device_keys") == 0)
        }
    }

    @Test("It is none of the devices that one is logged in with", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            let own = try await phone.client.put(path, body(phone, "TELEPHONE"))
            #expect(own.errcode == "M_INVALID_PARAM")
            let good = body(phone, "dormant")
            for bad in [
                good.replacing("\"device_data\"", with: "\"autre\""),
                good.replacing("\"device_keys\"", with: "\"autre\""),
                good.replacing("Y3VydmU", with: "YXV0cmU"), "{}",
            ] {
                #expect(try await phone.client.put(path, bad).status == 400)
            }
            #expect(try await server.count("dehydrated_devices") == 0)
        }
    }

    @Test("Logging out everywhere ends it", arguments: TestEngine.allCases)
    func logoutEverywhere(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            _ = try await phone.client.put(path, body(phone, "dormant"))
            _ = try await phone.client.post("/_matrix/client/v3/logout/all")
            #expect(try await server.count("dehydrated_devices") == 0)
            #expect(try await server.count("device_keys") == 0)
        }
    }
}
