import Database
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct ToDeviceTests {
    private func text(_ text: Int) -> String { #"{"text": "\#(text)"}"# }

    @Test(
        "The same token brings the same messages; a newer one has them deleted",
        arguments: TestEngine.allCases)
    func deliveredUntilReceived(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let basile = try await server.logIn("basile", on: "POSTE")
            let before = try await basile.now()
            try await amelie.send(toDevice: "POSTE", of: basile, text(1))
            try await amelie.send(toDevice: "POSTE", of: basile, text(2))

            let first = try await basile.sync(since: before)
            #expect(first.toDevice == ["1", "2"])
            let event = first["to_device", "events"]?.array?.first
            #expect(event?["sender"]?.string == "@amelie:culture.example")
            #expect(event?["type"]?.string == "m.test")
            #expect(try await basile.sync(since: before).toDevice == ["1", "2"])
            #expect(try await server.count("to_device_messages") == 2)

            let next = try await basile.sync(since: first.nextBatch)
            #expect(next.toDevice == [])
            #expect(try await server.count("to_device_messages") == 0)
        }
    }

    @Test(
        "After a restart too the same token brings the same messages",
        arguments: TestEngine.allCases)
    func restart(engine: TestEngine) async throws {
        try await TestServer.runTwice(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let basile = try await server.logIn("basile", on: "POSTE")
            let before = try await basile.now()
            try await amelie.send(toDevice: "POSTE", of: basile, text(1))
            let answer = try await basile.sync(since: before)
            #expect(answer.toDevice == ["1"])
            return (basile: basile, before: before, after: answer.nextBatch)
        } then: { server, kept in
            let basile = kept.basile.on(server)
            let again = try await basile.sync(since: kept.before)
            #expect(again.toDevice == ["1"])
            let next = try await basile.sync(since: kept.after)
            #expect(next.toDevice == [])
            let left = try await server.count("to_device_messages")
            #expect(left == 0)
        }
    }

    @Test(
        "A hundred messages an answer, in order, and the rest without waiting",
        arguments: TestEngine.allCases)
    func hundred(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let basile = try await server.logIn("basile", on: "POSTE")
            var token = try await basile.now()
            for number in 0..<250 {
                try await amelie.send(toDevice: "POSTE", of: basile, text(number))
            }
            var received: [String] = []
            var sizes: [Int] = []
            for _ in 0..<3 {
                let answer = try await basile.wait(since: token)
                #expect(try await basile.wait(since: token).toDevice == answer.toDevice)
                sizes.append(answer.toDevice.count)
                received += answer.toDevice
                token = answer.nextBatch
            }
            #expect(sizes == [100, 100, 50])
            #expect(received == (0..<250).map { String($0) })
            #expect(try await basile.sync(since: token).toDevice == [])
            #expect(try await server.count("to_device_messages") == 0)
        }
    }

    @Test("A repeated transaction sends nothing more", arguments: TestEngine.allCases)
    func repeated(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await server.register("basile")
            let basile = try await server.logIn("basile", on: "POSTE")
            for _ in 0..<3 {
                let sent = try await amelie.send(
                    toDevice: "POSTE", of: basile, text(1), txn: "t1")
                #expect(sent.status == 200)
            }
            try await amelie.send(
                toDevice: "POSTE", of: basile, text(2), type: "m.other", txn: "t1")
            #expect(try await basile.sync().toDevice == ["1", "2"])
        }
    }

    @Test("A star stands for all devices of the user", arguments: TestEngine.allCases)
    func star(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let tablet = try await server.logIn("basile", on: "TABLETTE")
            try await amelie.send(toDevice: "*", of: basile, text(1))
            try await amelie.send(toDevice: "TABLETTE", of: basile, text(2))
            try await amelie.send(toDevice: "INCONNU", of: basile, text(3))
            #expect(try await basile.sync().toDevice == ["1"])
            #expect(try await tablet.sync().toDevice == ["1", "2"])
            #expect(try await amelie.sync().toDevice == [])
        }
    }

    @Test("A message wakes the device that it is for, and no other", arguments: TestEngine.allCases)
    func wakes(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.hasPresence = false }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let tablet = try await server.logIn("basile", on: "TABLETTE")
            let (ofBasile, ofTablet) = (try await basile.now(), try await tablet.now())
            async let waiting = tablet.wait(since: ofTablet)
            async let other = basile.sync(since: ofBasile, "timeout=700")
            try await amelie.send(toDevice: "TABLETTE", of: basile, text(1))
            let woken = try await waiting
            #expect(woken.toDevice == ["1"])
            // Not even looked for: the token is the one that it was.
            let asleep = try await other
            #expect(asleep.nextBatch == ofBasile)
        }
    }

    @Test("What waits for a device goes with it", arguments: TestEngine.allCases)
    func logout(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let basile = try await server.register("basile")
            let tablet = try await server.logIn("basile", on: "TABLETTE")
            try await basile.send(toDevice: "*", of: basile, text(1))
            #expect(try await server.count("to_device_messages") == 2)
            _ = try await tablet.post("/_matrix/client/v3/logout")
            #expect(try await server.count("to_device_messages") == 1)
            let again = try await server.logIn("basile", on: "TABLETTE")
            #expect(try await again.sync().toDevice == [])
        }
    }

    @Test(
        "Messages that are none are refused, and nothing of their request is sent",
        arguments: [
            (#"{}"#, 400), (#"{"messages": []}"#, 400), (#"{"messages": {"basile": {}}}"#, 400),
            (#"{"messages": {"@basile:culture.example": []}}"#, 400),
            (#"{"messages": {"@basile:culture.example": {"*": {}, "POSTE": "clé"}}}"#, 400),
            (
                #"{"messages": {"@basile:culture.example": {"*": {"a": ""#
                    + String(repeating: "a", count: 65_536) + #""}}}}"#, 413
            ),
        ])
    func malformed(body: String, status: Int) async throws {
        try await TestServer.run { server in
            let basile = try await server.register("basile")
            let answer = try await basile.put("/_matrix/client/v3/sendToDevice/m.test/1", body)
            #expect(answer.status == status)
            #expect(try await server.count("to_device_messages") == 0)
        }
    }

    @Test("A long message to very many devices is refused whole", arguments: TestEngine.allCases)
    func tooLong(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let basile = try await server.register("basile")
            try await server.homeserver.database.write { db in
                for number in 0..<200 {
                    try DeviceStore(db: db).insert(
                        DeviceID(unchecked: "POSTE\(number)"),
                        of: UserID(unchecked: "@basile:culture.example"), name: nil,
                        at: Timestamp(0))
                }
            }
            let long = #"{"text": "\#(String(repeating: "a", count: 60_000))"}"#
            let refused = try await basile.send(toDevice: "*", of: basile, long)
            #expect(refused.errcode == "M_TOO_LARGE")
            #expect(try await server.count("to_device_messages") == 0)
            let sent = try await basile.send(toDevice: "*", of: basile, text(1))
            #expect(sent.status == 200)
            #expect(try await server.count("to_device_messages") == 201)
        }
    }

    @Test(
        "A sync without news reads no database, whatever a device has received before",
        arguments: TestEngine.allCases)
    func readsNothing(engine: TestEngine) async throws {
        try await TestServer.run(on: engine, { $0.hasPresence = false }) { server in
            _ = try await server.register("basile")
            let basile = try await server.logIn("basile", on: "POSTE")
            try await basile.send(toDevice: "POSTE", of: basile, text(1))
            let first = try await basile.sync()
            let second = try await basile.sync(since: first.nextBatch)
            let reads = server.homeserver.database.metrics.reads
            for _ in 0..<5 {
                let answer = try await basile.sync(since: second.nextBatch)
                #expect(answer.toDevice == [])
                #expect(answer["device_one_time_keys_count"] != nil)
            }
            #expect(server.homeserver.database.metrics.reads == reads)
        }
    }
}
