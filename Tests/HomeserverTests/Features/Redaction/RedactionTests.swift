import Database
import Homeserver
import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct RedactionTests {
    private func redact(
        _ event: String, in room: String, by client: TestClient, _ txn: String = "r1"
    )
        async throws -> TestAnswer
    {
        try await client.put(
            "/_matrix/client/v3/rooms/\(pathComponent(room))/redact/\(pathComponent(event))/\(txn)",
            #"{"reason": "erreur"}"#)
    }

    @Test(
        "A deleted message is gone for readers and on disk, in all room versions",
        arguments: TestEngine.allCases, ["1", "3", "6", "10", "11", "12"])
    func erased(engine: TestEngine, version: String) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom(
                #"{"preset": "public_chat", "room_version": "\#(version)"}"#)
            let message = try await amelie.say("un secret", in: room)
            let redaction = try await redact(message, in: room, by: amelie).string("event_id")
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/event/"
            let event = try await amelie.get(path + pathComponent(message))
            #expect(event["content"]?.object?.isEmpty == true)
            #expect(event["unsigned", "redacted_because", "event_id"]?.string == redaction)
            let told = try await amelie.get(path + pathComponent(redaction))
            #expect(try told.string("redacts") == message)
            #expect(told["content", "redacts"]?.string == (Int(version) ?? 0 >= 11 ? message : nil))
            #expect(told["content", "reason"]?.string == "erreur")
            let kept = try await server.homeserver.database.read { db in
                try db.all("SELECT pdu FROM events", as: [UInt8].self)
            }
            #expect(!kept.contains { String(decoding: $0, as: UTF8.self).contains("un secret") })
        }
    }

    @Test("Only its author or a moderator deletes a message", arguments: TestEngine.allCases)
    func power(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let hers = try await amelie.say("à moi", in: room)
            let his = try await basile.say("à lui", in: room)
            #expect(try await redact(hers, in: room, by: basile).errcode == "M_FORBIDDEN")
            #expect(try await redact(his, in: room, by: amelie).status == 200)
        }
    }

    @Test("An event of another room is not there to delete", arguments: TestEngine.allCases)
    func otherRoom(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let here = try await amelie.createRoom()
            let there = try await amelie.createRoom()
            let message = try await amelie.say("là-bas", in: there)
            #expect(try await redact(message, in: here, by: amelie).errcode == "M_NOT_FOUND")
        }
    }

    @Test(
        "Deleting again with the same transaction gives the same event",
        arguments: TestEngine.allCases)
    func idempotent(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let message = try await amelie.say("oups", in: room)
            let first = try await redact(message, in: room, by: amelie).string("event_id")
            #expect(try await redact(message, in: room, by: amelie).string("event_id") == first)
        }
    }
}
