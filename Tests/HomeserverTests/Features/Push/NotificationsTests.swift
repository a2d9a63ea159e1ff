import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct NotificationsTests {
    private let path = "/_matrix/client/v3/notifications"

    @Test("What notified is listed, the newest first, in pages", arguments: TestEngine.allCases)
    func listed(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let rooms = [try await amelie.createRoom(), try await amelie.createRoom()]
            for room in rooms { try await basile.join(room) }
            let first = try await amelie.say("un", in: rooms[0])
            try await amelie.say("deux", in: rooms[1])
            try await amelie.mention([basile], in: rooms[0])
            try await amelie.send(#"{"body": "note", "msgtype": "m.notice"}"#, in: rooms[0])
            try await basile.say("à moi", in: rooms[1])
            try await basile.read(first, in: rooms[0])
            let bodies = { (answer: TestAnswer) in
                answer["notifications"]?.array?.compactMap {
                    $0["event"]?["content"]?["body"]?.string
                } ?? []
            }
            let all = try await basile.get(path)
            #expect(bodies(all) == ["Dites !", "deux", "un"])
            #expect(all["next_token"] == nil)
            let read = all["notifications"]?.array?.map { $0["read"]?.bool }
            #expect(read == [false, true, true])
            let mention = all["notifications"]?.array?.first
            #expect(mention?["room_id"]?.string == rooms[0])
            #expect(mention?["actions"]?.array?.first?.string == "notify")
            #expect(mention?["ts"]?.int != nil)
            #expect(mention?["event"]?["room_id"] == nil)
            #expect(bodies(try await basile.get("\(path)?only=highlight")) == ["Dites !"])
            let page = try await basile.get("\(path)?limit=2")
            #expect(bodies(page) == ["Dites !", "deux"])
            let next = try page.string("next_token")
            #expect(bodies(try await basile.get("\(path)?limit=2&from=\(next)")) == ["un"])
            #expect(try await basile.get("\(path)?from=x").status == 400)
            #expect(bodies(try await amelie.get(path)) == ["à moi"])
        }
    }
}
