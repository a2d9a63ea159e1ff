import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct RelationsTests {
    private func send(_ content: String, in room: String, by client: TestClient, _ txn: String)
        async throws -> String
    {
        try await client.put(
            "/_matrix/client/v3/rooms/\(pathComponent(room))/send/m.room.message/\(txn)", content
        ).string("event_id")
    }

    @Test(
        "An edit comes bundled with its message, and only its author's",
        arguments: TestEngine.allCases)
    func edits(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let message = try await amelie.say("bonjuor", in: room)
            func edit(_ text: String) -> String {
                """
                {"msgtype": "m.text", "body": "* \(text)",
                 "m.new_content": {"msgtype": "m.text", "body": "\(text)"},
                 "m.relates_to": {"rel_type": "m.replace", "event_id": "\(message)"}}
                """
            }
            let own = try await send(edit("bonjour"), in: room, by: amelie, "e1")
            _ = try await send(edit("faux"), in: room, by: basile, "e2")
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/event/"
            let event = try await basile.get(path + pathComponent(message))
            #expect(
                event["unsigned", "m.relations", "m.replace", "event_id"]?.string == own)
        }
    }

    @Test("An edit is told beside more reactions than are looked at")
    func manyReactions() async throws {
        try await TestServer.run(on: .sqlite) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let message = try await amelie.say("bonjuor", in: room)
            let edit = try await send(
                """
                {"msgtype": "m.text", "body": "* bonjour",
                 "m.new_content": {"msgtype": "m.text", "body": "bonjour"},
                 "m.relates_to": {"rel_type": "m.replace", "event_id": "\(message)"}}
                """, in: room, by: amelie, "e")
            for number in 0...1000 {
                _ = try await amelie.put(
                    "/_matrix/client/v3/rooms/\(pathComponent(room))/send/m.reaction/\(number)",
                    """
                    {"m.relates_to": {"rel_type": "m.annotation", "event_id": "\(message)",
                                      "key": "\(number)"}}
                    """)
            }
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/event/"
            let event = try await amelie.get(path + pathComponent(message))
            #expect(event["unsigned", "m.relations", "m.replace", "event_id"]?.string == edit)
        }
    }

    @Test(
        "A thread tells its count and its newest answer, and is listed",
        arguments: TestEngine.allCases)
    func threads(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let root = try await amelie.say("sujet", in: room)
            var last = ""
            for number in 1...3 {
                last = try await send(
                    """
                    {"msgtype": "m.text", "body": "\(number)",
                     "m.relates_to": {"rel_type": "m.thread", "event_id": "\(root)"}}
                    """, in: room, by: basile, "t\(number)")
            }
            let rooms = "/_matrix/client/v1/rooms/\(pathComponent(room))"
            let threads = try await basile.get("\(rooms)/threads")
            let thread = threads["chunk"]?.array?.first
            #expect(thread?["event_id"]?.string == root)
            let bundled = thread?["unsigned"]?["m.relations"]?["m.thread"]
            #expect(bundled?["count"]?.int == 3)
            #expect(bundled?["latest_event"]?["event_id"]?.string == last)
            #expect(bundled?["current_user_participated"]?.bool == true)

            let page = try await amelie.get(
                "\(rooms)/relations/\(pathComponent(root))/m.thread?limit=2")
            #expect(page["chunk"]?.array?.count == 2)
            let next = try page.string("next_batch")
            let rest = try await amelie.get(
                "\(rooms)/relations/\(pathComponent(root))/m.thread?limit=2&from=\(next)")
            #expect(rest["chunk"]?.array?.count == 1)
            #expect(rest["next_batch"] == nil)
        }
    }
}
