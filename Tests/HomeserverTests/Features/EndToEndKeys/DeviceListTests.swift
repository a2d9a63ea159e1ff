import Database
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct DeviceListTests {
    private struct Story {
        let server: TestServer
        let amelie: TestClient
        let basile: TestClient
        let phone: KeyedDevice
        let room: String
    }

    private func tell(
        _ engine: TestEngine, _ body: (Story) async throws -> Void
    ) async throws {
        try await TestServer.run(on: engine, { $0.hasPresence = false }) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let phone = try await KeyedDevice.of("basile", "TELEPHONE", on: server)
            let room = try await amelie.createRoom()
            try await body(
                Story(server: server, amelie: amelie, basile: basile, phone: phone, room: room))
        }
    }

    @Test("Who comes into a room is changed to its members", arguments: TestEngine.allCases)
    func join(engine: TestEngine) async throws {
        try await tell(engine) { story in
            let (ofAmelie, ofBasile) = (
                try await story.amelie.now(), try await story.basile.now()
            )
            try await story.basile.join(story.room)
            let seen = try await story.amelie.sync(since: ofAmelie).deviceListChanges
            #expect(seen.changed == ["basile"] && seen.left.isEmpty)
            let own = try await story.basile.sync(since: ofBasile).deviceListChanges
            #expect(own.changed == ["amelie"] && own.left.isEmpty)

            // Another room with the same people is no news.
            let since = try await story.amelie.now()
            let second = try await story.amelie.createRoom()
            try await story.basile.join(second)
            let again = try await story.amelie.sync(since: since).deviceListChanges
            #expect(again.changed.isEmpty && again.left.isEmpty)
            // To leave one of two rooms is none either.
            try await story.basile.leave(second)
            let still = try await story.amelie.sync(since: since).deviceListChanges
            #expect(still.changed.isEmpty && still.left.isEmpty)
        }
    }

    @Test("Who leaves the last room is left, on both sides", arguments: TestEngine.allCases)
    func leave(engine: TestEngine) async throws {
        try await tell(engine) { story in
            try await story.basile.join(story.room)
            let (ofAmelie, ofBasile) = (
                try await story.amelie.now(), try await story.basile.now()
            )
            try await story.basile.leave(story.room)
            let seen = try await story.amelie.sync(since: ofAmelie)
            #expect(seen.deviceListChanges.left == ["basile"])
            #expect(seen.deviceListChanges.changed.isEmpty)
            let own = try await story.basile.sync(since: ofBasile).deviceListChanges
            #expect(own.left == ["amelie"] && own.changed.isEmpty)
            // And once more together.
            try await story.basile.join(story.room)
            let back = try await story.amelie.sync(since: seen.nextBatch).deviceListChanges
            #expect(back.changed == ["basile"] && back.left.isEmpty)
        }
    }

    @Test("An invitation that is declined changes no list", arguments: TestEngine.allCases)
    func declined(engine: TestEngine) async throws {
        try await tell(engine) { story in
            let since = try await story.amelie.now()
            try await story.amelie.invite(story.basile, to: story.room)
            try await story.basile.leave(story.room)
            let seen = try await story.amelie.sync(since: since).deviceListChanges
            #expect(seen.changed.isEmpty && seen.left.isEmpty)
        }
    }

    @Test(
        "A new device, a new name, and a logout wake all who share a room, and nobody else",
        arguments: TestEngine.allCases)
    func devices(engine: TestEngine) async throws {
        try await tell(engine) { story in
            try await story.basile.join(story.room)
            let chloe = try await story.server.register("chloe")
            let ofChloe = try await chloe.now()
            let path = "/_matrix/client/v3/devices/TELEPHONE"
            let changes: [() async throws -> Void] = [
                { try await story.phone.uploadKeys() },
                { _ = try await story.phone.client.put(path, #"{"display_name": "Poche"}"#) },
                { _ = try await story.phone.client.post("/_matrix/client/v3/logout") },
            ]
            var since = try await story.amelie.now()
            var own = try await story.basile.now()
            for change in changes {
                let token = since
                async let waiting = story.amelie.wait(since: token)
                try await change()
                let answer = try await waiting
                #expect(answer.deviceListChanges.changed == ["basile"])
                since = answer.nextBatch
                // One's own other devices are told as well.
                let mine = try await story.basile.sync(since: own)
                #expect(mine.deviceListChanges.changed == ["basile"])
                own = mine.nextBatch
            }
            let other = try await chloe.sync(since: ofChloe)
            #expect(other["device_lists"] == nil)
        }
    }

    @Test("The same keys again are no change", arguments: TestEngine.allCases)
    func same(engine: TestEngine) async throws {
        try await tell(engine) { story in
            try await story.basile.join(story.room)
            try await story.phone.uploadKeys()
            let since = try await story.amelie.now()
            try await story.phone.uploadKeys()
            try await story.phone.upload(oneTime: ["1": "a"])
            #expect(try await story.amelie.sync(since: since)["device_lists"] == nil)
        }
    }

    @Test("/keys/changes tells the same between two tokens", arguments: TestEngine.allCases)
    func keyChanges(engine: TestEngine) async throws {
        try await tell(engine) { story in
            let start = try await story.amelie.now()
            try await story.basile.join(story.room)
            let middle = try await story.amelie.now()
            try await story.phone.uploadKeys()
            let end = try await story.amelie.now()
            let path = "/_matrix/client/v3/keys/changes"
            for (from, to, changed) in [
                (start, middle, 1), (middle, end, 1), (start, end, 1), (end, end, 0),
            ] {
                let answer = try await story.amelie.get("\(path)?from=\(from)&to=\(to)")
                #expect(answer["changed"]?.array?.count == changed)
                #expect(answer["left"]?.array?.count == 0)
            }
            #expect(try await story.amelie.get("\(path)?from=\(start)").status == 400)
            #expect(try await story.amelie.get("\(path)?from=x&to=y").status == 400)
        }
    }

    @Test(
        "More changes than are looked at one by one are found too", arguments: TestEngine.allCases)
    func many(engine: TestEngine) async throws {
        try await tell(engine) { story in
            try await story.basile.join(story.room)
            let since = try await story.amelie.now()
            // People of whom she knows nothing, as a busy server has them.
            try await story.server.homeserver.database.write { db in
                for number in 0..<300 {
                    let user = "@inconnu\(number):culture.example"
                    try db.run(
                        """
                        INSERT INTO device_list_changes (user_id, reader, position)
                        VALUES (\(user), '', \(db.nextPosition()))
                        """)
                }
            }
            try await story.phone.uploadKeys()
            let seen = try await story.amelie.sync(since: since).deviceListChanges
            #expect(seen.changed == ["basile"])
        }
    }

    @Test(
        "Who comes into a room that a filter leaves out is told all the same",
        arguments: TestEngine.allCases)
    func filtered(engine: TestEngine) async throws {
        try await tell(engine) { story in
            let other = try await story.amelie.createRoom()
            let filter = #"{"room": {"not_rooms": ["\#(story.room)"]}}"#
            let since = try await story.amelie.sync(filter: filter).nextBatch
            try await story.basile.join(story.room)
            try await story.amelie.say("x", in: other)
            let seen = try await story.amelie.sync(since: since, filter: filter)
            #expect(seen.deviceListChanges.changed == ["basile"])
        }
    }
}
