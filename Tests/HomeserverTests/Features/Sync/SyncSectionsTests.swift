import Database
import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

/// The sections as simplified sliding sync will ask them: each room from a place of its own.
struct SyncSectionsTests {
    @Test(
        "Rooms that begin at different places, one of them never sent, each get their own part",
        arguments: TestEngine.allCases)
    func placesOfTheirOwn(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            var rooms: [String] = []
            for _ in 0..<3 {
                let room = try await amelie.createRoom()
                try await basile.join(room)
                let event = try await amelie.say("un", in: room)
                try await amelie.read(event, in: room)
                rooms.append(room)
            }
            let early = try #require(SyncToken(try await basile.now()))
            for room in rooms { try await amelie.say("deux", in: room) }
            let late = try #require(SyncToken(try await basile.now()))
            for room in rooms { try await amelie.say("trois", in: room) }
            let starts: [StreamPosition?] = [early.position, late.position, nil]
            let answer = try await write(
                Array(zip(rooms, starts)), from: late.position, for: basile)
            let parts = rooms.map { RoomInAnswer(json: answer["rooms"]?["join"]?[$0]) }
            #expect(parts[0].said == ["deux", "trois"])
            #expect(parts[1].said == ["trois"])
            #expect(parts[2].said.suffix(3) == ["un", "deux", "trois"])
            #expect(parts[2].isLimited == true)
            #expect(parts[0].state.isEmpty && parts[1].state.isEmpty)
            #expect(
                (parts[2].keys() + parts[2].keys("timeline")).contains("m.room.create"))
            #expect(parts[0].content("m.receipt") == nil)
            #expect(parts[2].content("m.receipt") != nil)
            #expect(parts.map(\.unread) == [[3, 0], [3, 0], [3, 0]])
        }
    }

    /// What the sections say of some rooms.
    private func write(
        _ rooms: [(room: String, start: StreamPosition?)], from start: StreamPosition,
        for client: TestClient
    ) async throws -> JSON {
        let homeserver = client.server.homeserver
        let user = try #require(client.userID)
        let requester = Requester(userID: user, deviceID: nil, sessionID: 1)
        let now = client.server.clock.now
        let sync = try #require(homeserver.features.compactMap { $0 as? Sync }.first)
        let bytes = try await homeserver.database.read { db in
            let timeline = homeserver.engine.timeline(in: db)
            let scopes = try rooms.map { room, start in
                let head = try #require(try timeline.rooms.head(of: RoomID(unchecked: room)))
                let entry = try #require(try timeline.memberships.entry(of: user, in: head.number))
                return SyncScope.Room(head: head, start: start, joined: entry.began)
            }
            let scope = SyncScope(
                requester: requester, now: now,
                end: StreamPosition(rawValue: try db.seenPosition()), start: start,
                ephemeralStart: nil, rooms: scopes)
            var answer = SyncWriter()
            for section in sync.sections { try section.write(scope, in: timeline, to: &answer) }
            try sync.counts.write(scope, in: timeline, to: &answer)
            return answer.bytes(
                next: SyncToken(incarnation: 1, position: scope.end, boot: 1, ephemeral: 0))
        }
        return try JSON(parsing: bytes)
    }
}
