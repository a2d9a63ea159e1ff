import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct OneTimeKeyTests {
    private let basile = "@basile:culture.example"

    private func with(
        _ engine: TestEngine, _ body: (TestServer, TestClient, KeyedDevice) async throws -> Void
    ) async throws {
        try await TestServer.run(on: engine, { $0.hasPresence = false }) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            try await body(
                server, amelie, try await KeyedDevice.of("basile", "TELEPHONE", on: server))
        }
    }

    @Test(
        "Keys are given out in the order of their uploads, each once, then the fallback key",
        arguments: TestEngine.allCases)
    func order(engine: TestEngine) async throws {
        try await with(engine) { _, amelie, phone in
            try await phone.upload(oneTime: ["z": "premier"])
            try await phone.upload(oneTime: ["a": "deuxième"])
            let count = try await phone.upload(oneTime: ["m": "troisième"])
            #expect(count["one_time_key_counts", "signed_curve25519"]?.int == 3)
            var claimed: [String?] = []
            for _ in 0..<4 { claimed.append(try await amelie.claimKey(of: basile, "TELEPHONE")) }
            #expect(claimed == ["premier", "deuxième", "troisième", nil])

            try await phone.upload(fallback: "f", "secours")
            for _ in 0..<2 {
                #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == "secours")
            }
            try await phone.upload(oneTime: ["n": "quatrième"])
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == "quatrième")
        }
    }

    @Test("Of many who claim at once, no two get the same key", arguments: TestEngine.allCases)
    func race(engine: TestEngine) async throws {
        try await with(engine) { _, amelie, phone in
            try await phone.upload(
                oneTime: Dictionary(
                    uniqueKeysWithValues: (0..<20).map { ("\($0)", "clé \($0)") }))
            let claimed = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<25 {
                    group.addTask { try await amelie.claimKey(of: basile, "TELEPHONE") }
                }
                return try await group.reduce(into: [String]()) { all, key in
                    if let key { all.append(key) }
                }
            }
            #expect(claimed.count == 20)
            #expect(Set(claimed).count == 20)
        }
    }

    @Test(
        "The same key again is taken and not given twice; another one of its name is refused",
        arguments: TestEngine.allCases)
    func idempotence(engine: TestEngine) async throws {
        try await with(engine) { _, amelie, phone in
            try await phone.upload(oneTime: ["1": "a"])
            let again = try await phone.upload(oneTime: ["1": "a", "2": "b"])
            #expect(again["one_time_key_counts", "signed_curve25519"]?.int == 2)
            let other = try await phone.upload(oneTime: ["1": "c", "3": "d"])
            #expect(other.status == 400)
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == "a")
            // The client repeats a request whose answer was lost.
            let repeated = try await phone.upload(oneTime: ["1": "a", "2": "b"])
            #expect(repeated["one_time_key_counts", "signed_curve25519"]?.int == 1)
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == "b")
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == nil)
        }
    }

    @Test(
        "Each sync tells how many keys are left, and a claim wakes the device",
        arguments: TestEngine.allCases)
    func counts(engine: TestEngine) async throws {
        try await with(engine) { _, amelie, phone in
            let first = try await phone.client.sync()
            #expect(first.oneTimeKeys == 0)
            #expect(first.unusedFallback == [])
            try await phone.upload(oneTime: ["1": "a", "2": "b"])
            try await phone.upload(fallback: "f", "c")
            let second = try await phone.client.sync(since: first.nextBatch)
            #expect(second.oneTimeKeys == 2)
            #expect(second.unusedFallback == ["signed_curve25519"])

            var since = second.nextBatch
            for left in [1, 0, 0] {
                let token = since
                async let waiting = phone.client.wait(since: token)
                _ = try await amelie.claimKey(of: basile, "TELEPHONE")
                let answer = try await waiting
                #expect(answer.oneTimeKeys == left)
                since = answer.nextBatch
            }
            #expect(try await phone.client.sync(since: since).unusedFallback == [])
            // The same fallback key again is a used one still; another one is not.
            try await phone.upload(fallback: "f", "c")
            #expect(try await phone.client.sync(since: since).unusedFallback == [])
            try await phone.upload(fallback: "g", "d")
            let last = try await phone.client.sync(since: since)
            #expect(last.unusedFallback == ["signed_curve25519"])
        }
    }

    @Test("After a restart the counts are the same", arguments: TestEngine.allCases)
    func restart(engine: TestEngine) async throws {
        try await TestServer.runTwice(on: engine) { server in
            _ = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            try await phone.upload(oneTime: ["1": "a", "2": "b"])
            return (phone.client, try await phone.client.now())
        } then: { server, kept in
            let answer = try await kept.0.on(server).sync(since: kept.1)
            #expect(answer.oneTimeKeys == 2)
        }
    }

    @Test("Keys that are none are refused, and so are too many", arguments: TestEngine.allCases)
    func malformed(engine: TestEngine) async throws {
        try await with(engine) { server, _, phone in
            for keys in [
                "[]", #"{"x": "y"}"#, #"{":a": "y"}"#, #"{"a:": "y"}"#, #"{"a:b": 7}"#,
                #"{"a:b": {}}"#, #"{"a:b": {"key": 1.5}}"#,
            ] {
                #expect(try await phone.upload(#"{"one_time_keys": \#(keys)}"#).status == 400)
            }
            let many = (0...1_000).map { #""a:\#($0)": "k""# }.joined(separator: ",")
            #expect(try await phone.upload(#"{"one_time_keys": {\#(many)}}"#).status == 413)
            let two = #"{"fallback_keys": {"a:1": "k", "a:2": "k"}}"#
            #expect(try await phone.upload(two).status == 400)
            let stored = try await server.count("one_time_keys")
            #expect(stored == 0)
        }
    }

    @Test(
        "A device that comes back under an old name begins without keys",
        arguments: TestEngine.allCases)
    func again(engine: TestEngine) async throws {
        try await with(engine) { server, amelie, phone in
            try await phone.upload(oneTime: ["1": "a", "2": "b"])
            try await phone.upload(fallback: "f", "c")
            #expect(try await phone.client.sync().oneTimeKeys == 2)
            _ = try await phone.client.post("/_matrix/client/v3/logout")
            let again = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            let answer = try await again.client.sync()
            #expect(answer.oneTimeKeys == 0)
            #expect(answer.unusedFallback == [])
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == nil)
        }
    }

    @Test(
        "Other identity keys under the same name take the old one-time keys with them",
        arguments: TestEngine.allCases)
    func otherIdentity(engine: TestEngine) async throws {
        try await with(engine) { _, amelie, phone in
            try await phone.uploadKeys()
            try await phone.upload(oneTime: ["1": "a"])
            // The client lost what it had stored, and begins anew with the same session.
            let anew = KeyedDevice(client: phone.client, deviceID: "TELEPHONE")
            try await anew.uploadKeys()
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == nil)
            let count = try await anew.upload(oneTime: ["1": "b"])
            #expect(count["one_time_key_counts", "signed_curve25519"]?.int == 1)
            #expect(try await amelie.claimKey(of: basile, "TELEPHONE") == "b")
        }
    }
}
