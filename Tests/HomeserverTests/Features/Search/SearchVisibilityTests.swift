import Database
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct SearchVisibilityTests {
    @Test(
        "Nobody finds what was said where they are not, or counts it",
        arguments: TestEngine.allCases)
    func otherRooms(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await amelie.say("confidentiel", in: room)
            for filter in ["", #""filter": {"rooms": ["\#(room)"]}"#] {
                let found = try await basile.search("confidentiel", filter)
                #expect(found.ids == [] && found.count == 0 && found.highlights == [])
            }
            // Nor with a token that names the room.
            #expect(try await basile.search("confidentiel", next: "f1000.5...1").ids == [])
        }
    }

    @Test("Who has left finds what came before, who was banned too", arguments: TestEngine.allCases)
    func left(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            try await chloe.join(room)
            let before = try await amelie.say("départ imminent", in: room)
            try await basile.leave(room)
            try await amelie.ban(chloe.id, from: room)
            let after = try await amelie.say("départ fini", in: room)
            for person in [basile, chloe] {
                let found = try await person.search("départ", #""event_context": {}"#)
                #expect(found.ids == [before])
                #expect(found.count == 1)
                #expect(!found.answer.text.contains(after))
            }
            try await basile.forget(room)
            #expect(try await basile.search("départ").ids == [])
        }
    }

    @Test(
        "Who joins later finds what the history's visibility lets them see",
        arguments: TestEngine.allCases)
    func visibility(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            let shared = try await amelie.say("historique partagé", in: room)
            try await amelie.setState(
                "m.room.history_visibility", in: room, #"{"history_visibility": "joined"}"#)
            try await amelie.say("historique caché", in: room)
            try await basile.join(room)
            let joined = try await amelie.say("historique visible", in: room)
            let found = try await basile.search("historique", #""order_by": "recent""#)
            #expect(found.ids == [joined, shared])
            #expect(found.count == 2)
        }
    }

    @Test(
        "Redacted messages are found no more, and leave the index", arguments: TestEngine.allCases)
    func redacted(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let kept = try await amelie.say("bévue gardée", in: room)
            let message = try await amelie.say("bévue regrettable", in: room)
            #expect(try await amelie.search("bévue").count == 2)
            _ = try await amelie.put(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/redact/\(pathComponent(message))/r"
            )
            let found = try await amelie.search("bévue")
            #expect(found.ids == [kept] && found.count == 1)
            #expect(try await server.count("search_documents") == 1)
            #expect(try await amelie.search("regrettable").count == 0)
            // The day after, its words are not in the index's own tables either.
            try await server.homeserver.jobs.finish()
            let erased = try await server.homeserver.database.read {
                try SearchStore(db: $0).erased()
            }
            #expect(erased == 0)
        }
    }

    @Test(
        "Encrypted rooms are not searched, from the day they are encrypted",
        arguments: TestEngine.allCases)
    func encrypted(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            try await amelie.say("chiffrement prochain", in: room)
            #expect(try await amelie.search("chiffrement").count == 1)
            try await amelie.setState(
                "m.room.encryption", in: room, #"{"algorithm": "m.megolm.v1.aes-sha2"}"#)
            #expect(try await amelie.search("chiffrement").count == 0)
            // In clear all the same, as a client that does not know better may send it.
            try await amelie.setState("m.room.name", in: room, #"{"name": "Chiffrement"}"#)
            #expect(try await amelie.search("chiffrement").count == 0)
            #expect(try await server.count("search_documents") == 0)
            #expect(try await server.count("search_cells") == 0)
        }
    }

    @Test("Who is ignored is not found", arguments: TestEngine.allCases)
    func ignored(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            try await basile.say("importun", in: room)
            _ = try await amelie.put(
                "/_matrix/client/v3/user/\(pathComponent(amelie.id))/account_data/m.ignored_user_list",
                #"{"ignored_users": {"\#(basile.id)": {}}}"#)
            let found = try await amelie.search("importun")
            #expect(found.ids == [] && found.count == 0)
            #expect(try await basile.search("importun").count == 1)
        }
    }

    @Test("A search in a room goes on in the room that it replaces", arguments: TestEngine.allCases)
    func upgraded(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let old = try await amelie.createRoom(
                #"{"preset": "public_chat", "room_version": "10"}"#)
            let before = try await amelie.say("déménagement avant", in: old)
            let new = try await amelie.upgrade(old, to: "12").string("replacement_room")
            try await basile.join(new)
            let after = try await amelie.say("déménagement après", in: new)
            let filter = #""filter": {"rooms": ["\#(new)"]}, "keys": ["content.body"]"#
            #expect(try await amelie.search("déménagement", filter).ids == [before, after])
            // Basile never was in the old room.
            #expect(try await basile.search("déménagement", filter).ids == [after])
        }
    }
}
