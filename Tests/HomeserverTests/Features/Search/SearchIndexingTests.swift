import Database
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct SearchIndexingTests {
    @Test("A server that starts again finds what was said before", arguments: TestEngine.allCases)
    func restarted(engine: TestEngine) async throws {
        try await TestServer.runTwice(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            try await amelie.say("ancien indexé", in: room)
            #expect(try await amelie.search("ancien").count == 1)
            // As if it had ended before the index was filled.
            let said = try await amelie.say("ancien perdu", in: room)
            #expect(try await amelie.search("ancien").count == 2)
            try await server.homeserver.database.write { db in
                let position: Int64 =
                    try db.one(
                        "SELECT position FROM events WHERE event_id = \(said)") ?? 0
                let store = SearchStore(db: db)
                try store.delete(
                    try store.documents(at: [StreamPosition(rawValue: position)]))
                try db.run("UPDATE search_progress SET position = \(position - 1)")
            }
            return amelie
        } then: { server, amelie in
            let found = try await amelie.on(server).search("ancien")
            #expect(found.count == 2)
        }
    }

    @Test("More than a batch is taken in, step by step", arguments: TestEngine.allCases)
    func batches(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let count = SearchIndexing.mostEvents + 50
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<count {
                    group.addTask { try await amelie.say("lot \(number)", in: room) }
                }
                try await group.waitForAll()
            }
            let found = try await amelie.search(
                "lot", #""order_by": "recent", "filter": {"limit": 50}"#)
            #expect(found.count == count)
            #expect(found.ids.count == 50)
            #expect(try await server.count("search_documents") == count)
            // The room is encrypted: all goes, in more than one step.
            try await amelie.setState(
                "m.room.encryption", in: room, #"{"algorithm": "m.megolm.v1.aes-sha2"}"#)
            #expect(try await amelie.search("lot").count == 0)
            try await server.search.indexing.catchUp()
            #expect(try await server.count("search_documents") == 0)
        }
    }

    @Test("Long messages make short batches", arguments: TestEngine.allCases)
    func longMessages(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let long = String(repeating: "longueur ", count: 6_000)
            for number in 0..<6 { try await amelie.say("\(long) n\(number)", in: room) }
            #expect(try await amelie.search("longueur").count == 6)
            // As if none were in the index yet: two and a half fill a batch.
            let homeserver = server.homeserver
            try await homeserver.database.write { db in
                try db.run("UPDATE search_progress SET position = 0")
            }
            let batch = try await homeserver.database.read { db in
                try SearchBatch(in: homeserver.engine.timeline(in: db))
            }
            #expect(batch.isCut && batch.documents().count == 2)
        }
    }

    @Test("A question is answered from the index", arguments: TestEngine.allCases)
    func plan(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            try await amelie.say("plan", in: room)
            #expect(try await amelie.search("plan").count == 1)
            guard engine == .sqlite else { return }
            let plan = try await server.homeserver.database.read { db in
                try db.all(
                    """
                    EXPLAIN QUERY PLAN
                    SELECT position FROM search_documents
                    WHERE room_number = 1 AND position < 5 ORDER BY position LIMIT 2
                    """
                ) { try $0.text(3) }
            }
            #expect(plan.joined().contains("search_documents_by_room"))
        }
    }
}

struct WatermarkTests {
    @Test("Those who wait go on when the number is there, and not before")
    func waiting() async {
        let mark = Watermark(3)
        await mark.wait(for: 3)
        let waiting = Task {
            await mark.wait(for: 10)
            return mark.value
        }
        mark.advance(to: 9)
        mark.advance(to: 4)
        #expect(mark.value == 9)
        mark.advance(to: 12)
        #expect(await waiting.value == 12)
    }

    @Test("A wait ends when its time has passed, or its task is cancelled")
    func ending() async {
        let mark = Watermark()
        await mark.wait(for: 1, atMost: .milliseconds(1))
        let waiting = Task { await mark.wait(for: 1) }
        waiting.cancel()
        await waiting.value
        #expect(mark.value == 0)
    }
}
