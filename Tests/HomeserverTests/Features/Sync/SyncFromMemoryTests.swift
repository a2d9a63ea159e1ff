import Database
import Foundation
import HomeserverTesting
import MatrixTypes
import SeededTesting
import Testing

@testable import Homeserver

struct SyncFromMemoryTests {
    private static let filters = [
        "{}", #"{"room": {"timeline": {"limit": 3}}}"#,
        #"{"room": {"timeline": {"types": ["m.room.message"], "unread_thread_notifications": true}}}"#,
        #"{"room": {"state": {"lazy_load_members": true, "include_redundant_members": true}}}"#,
        #"{"room": {"timeline": {"not_senders": ["@basile:culture.example"]}}}"#,
        #"{"event_fields": ["content.body", "sender"]}"#,
    ]

    @Test("What is put together out of memory is what the database would say", arguments: seeds(12))
    func sameAsDatabase(seed: UInt64) async throws {
        try await TestServer.run(on: .sqlite) { server in
            var random = SeededGenerator(seed: seed)
            let hasThreads = seed % 3 == 0
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            var rooms: [String] = []
            for _ in 0..<3 {
                let room = try await amelie.createRoom(
                    #"{"preset": "public_chat", "name": "Salon"}"#)
                try await basile.join(room)
                try await chloe.join(room)
                rooms.append(room)
            }
            var events: [String] = []
            var answers = 0
            for _ in 0..<10 {
                let since = try await chloe.now()
                for _ in 0..<Int.random(in: 1...5, using: &random) {
                    try await happen(
                        in: rooms, [amelie, basile], &events, &random,
                        withThreads: hasThreads)
                }
                let filter = try #require(Self.filters.randomElement(using: &random))
                answers += try await compare(since, filter, for: chloe)
            }
            // Unread threads are counted in the database.
            #expect(answers > 0 || hasThreads)
        }
    }

    private func happen(
        in rooms: [String], _ people: [TestClient], _ events: inout [String],
        _ random: inout SeededGenerator, withThreads hasThreads: Bool
    ) async throws {
        guard let room = rooms.randomElement(using: &random),
            let person = people.randomElement(using: &random)
        else { return }
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<6: events.append(try await person.say("bonjour \(events.count)", in: room))
        case 6:
            if let event = events.randomElement(using: &random) {
                try await person.read(event, in: room)
            }
        case 7:
            if hasThreads, let event = events.randomElement(using: &random) {
                try await person.answer("en fil", to: event, in: room)
            }
        case 8:
            // Only who made the room may.
            try await people.first?.setState(
                "m.room.topic", #"{"topic": "\#(events.count)"}"#, in: room)
        default:
            let user = pathComponent(person.userID?.rawValue ?? "")
            _ = try await person.put(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/typing/\(user)",
                #"{"typing": true, "timeout": 60000}"#)
        }
    }

    /// - Returns: 1 if there was an answer out of memory.
    private func compare(_ since: String, _ filter: String, for client: TestClient) async throws
        -> Int
    {
        let homeserver = client.server.homeserver
        let sync = try #require(homeserver.features.compactMap { $0 as? Sync }.first)
        let requester = Requester(
            userID: try #require(client.userID), deviceID: nil, sessionID: 99)
        let token = try #require(SyncToken(since))
        let now = client.server.clock.now
        var question = SyncQuestion()
        question.since = token
        question.filter = try await sync.filters.filter(filter, of: requester.userID)
        let asked = question
        func answers() async throws -> (SyncAssembly.Answer?, SyncAssembly.Answer) {
            let quick = SyncFromMemory(sync: sync, requester: requester, now: now, since: token)
                .answer(to: asked)
            let slow = try await homeserver.database.read { db in
                var assembly = SyncAssembly(
                    sync: sync, timeline: homeserver.engine.timeline(in: db), requester: requester,
                    now: now, question: asked)
                return try assembly.answer()
            }
            return (quick, slow)
        }
        var (quick, slow) = try await answers()
        // A job may have committed something between the two.
        for _ in 0..<20 where quick.map({ $0.end != slow.end }) ?? false {
            (quick, slow) = try await answers()
        }
        guard let quick else { return 0 }
        #expect(quick.end == slow.end)
        let texts = try [quick, slow].map { answer in
            String(
                decoding: try JSON(parsing: answer.writer.bytes(next: slow.end)).canonical(),
                as: UTF8.self)
        }
        #expect(texts[0] == texts[1], "filter \(filter)")
        return 1
    }

    @Test("A message in one of many rooms is told of out of memory, and nothing costs a read")
    func noReads() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let amelie = try await server.register("amelie")
            let chloe = try await server.register("chloe")
            var rooms: [String] = []
            for _ in 0..<5 {
                let room = try await amelie.createRoom()
                try await chloe.join(room)
                rooms.append(room)
            }
            let homeserver = server.homeserver
            let sync = try #require(homeserver.features.compactMap { $0 as? Sync }.first)
            let requester = Requester(
                userID: try #require(chloe.userID), deviceID: nil, sessionID: 99)
            let since = try #require(SyncToken(try await chloe.now()))
            // The counts of a room are in memory once they were asked for.
            try await amelie.say("un", in: rooms[2])
            _ = try await chloe.sync(since: since.description)
            let seen = try #require(SyncToken(try await chloe.now()))
            try await amelie.say("deux", in: rooms[2])
            var question = SyncQuestion()
            question.since = seen
            let answer = SyncFromMemory(
                sync: sync, requester: requester, now: server.clock.now, since: seen
            ).answer(to: question)
            let writer = try #require(answer).writer
            #expect(writer.joined.count == 1)
            #expect(writer.joined[RoomID(unchecked: rooms[2])]?.unreadNotifications != nil)
        }
    }
}
