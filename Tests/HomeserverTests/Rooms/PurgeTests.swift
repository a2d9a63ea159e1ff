import Database
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct PurgeTests {
    /// Begins to remove what was said in a room before an event.
    private func purge(_ room: String, before event: String, on server: TestServer) async throws {
        let engine = server.homeserver.engine
        let now = server.clock.now
        try await server.homeserver.database.write { db in
            let timeline = engine.timeline(in: db)
            let head = try #require(try timeline.rooms.head(of: RoomID(unchecked: room)))
            let position = try #require(
                try timeline.events.position(of: EventID(unchecked: event)))
            try timeline.purgeHistory(of: head, before: position.rawValue, at: now)
        }
    }

    private func bodies(_ room: String, _ client: TestClient) async throws -> [String] {
        let page = try await client.get(
            "/_matrix/client/v3/rooms/\(pathComponent(room))/messages?dir=b&limit=100")
        return page["chunk"]?.array?.compactMap { $0["content"]?["body"]?.string } ?? []
    }

    @Test(
        "History before an event goes, the room goes on", arguments: TestEngine.allCases,
        ["6", "12"])
    func purged(engine: TestEngine, version: String) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"{"preset": "public_chat", "room_version": "\#(version)", "name": "Archives"}"#)
            try await basile.join(room)
            let gone = try await amelie.say("secret ancien", in: room)
            try await basile.say("secret aussi", in: room)
            let kept = try await amelie.say("secret récent", in: room)
            let last = try await basile.say("dernier secret", in: room)
            #expect(try await amelie.search("secret").count == 4)

            try await purge(room, before: kept, on: server)
            try await server.homeserver.jobs.finish()

            #expect(try await bodies(room, amelie) == ["dernier secret", "secret récent"])
            let event = try await amelie.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/event/\(pathComponent(gone))")
            #expect(event.status == 404)
            #expect(Set(try await amelie.search("secret").ids) == [kept, last])
            #expect(try await server.count("purges") == 0)
            let texts = try await server.homeserver.database.read { db in
                try db.all("SELECT pdu FROM events", as: [UInt8].self)
                    .map { String(decoding: $0, as: UTF8.self) }
            }
            #expect(!texts.contains { $0.contains("secret ancien") || $0.contains("secret aussi") })
            // The state is whole, and the room takes events and members.
            #expect(try await basile.state("m.room.name", in: room)["name"]?.string == "Archives")
            #expect(try await amelie.members(room)["chunk"]?.array?.count == 2)
            let chloe = try await server.register("chloe")
            #expect(try await chloe.join(room).status == 200)
            try await chloe.say("bonjour", in: room)
            #expect(try await bodies(room, chloe).first == "bonjour")
            let sync = try await chloe.sync()
            #expect(
                sync["rooms", "join", room, "timeline", "events"]?.array?.isEmpty == false)
        }
    }

    @Test("It goes on where it was, also in another process", arguments: TestEngine.allCases)
    func resumed(engine: TestEngine) async throws {
        try await TestServer.runTwice(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let count = PurgeJob.mostRows + 30
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<count {
                    group.addTask { try await amelie.say("reste \(number)", in: room) }
                }
                try await group.waitForAll()
            }
            let last = try await amelie.say("fin", in: room)
            _ = try await amelie.search("reste")
            try await purge(room, before: last, on: server)
            let job = PurgeJob(
                database: server.homeserver.database, engine: server.homeserver.engine)
            // The index, in two steps, and a part of the events.
            for _ in 0..<3 { #expect(try await job.step(at: server.clock.now)) }
            let left = try await bodies(room, amelie)
            #expect(!left.isEmpty && left.count < count)
            #expect(try await server.count("purges") == 1)
            return (amelie, room)
        } then: { server, kept in
            try await server.homeserver.jobs.finish()
            let left = try await bodies(kept.1, kept.0.on(server))
            #expect(left == ["fin"])
            let purges = try await server.count("purges")
            #expect(purges == 0)
        }
    }

    @Test("The newest event stays, whatever is asked", arguments: TestEngine.allCases)
    func newest(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            try await amelie.say("un", in: room)
            try await amelie.say("deux", in: room)
            let homeserver = server.homeserver
            let now = server.clock.now
            try await homeserver.database.write { db in
                let timeline = homeserver.engine.timeline(in: db)
                let head = try #require(try timeline.rooms.head(of: RoomID(unchecked: room)))
                try timeline.purgeHistory(of: head, before: Int64.max, at: now)
            }
            try await homeserver.jobs.finish()
            #expect(try await bodies(room, amelie) == ["deux"])
            try await amelie.say("trois", in: room)
            #expect(try await bodies(room, amelie) == ["trois", "deux"])
        }
    }
}
