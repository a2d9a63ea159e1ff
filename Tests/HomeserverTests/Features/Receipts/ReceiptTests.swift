import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct ReceiptTests {
    @Test(
        "A receipt is told to the others in one event that does not name the room",
        arguments: TestEngine.allCases)
    func told(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let event = try await amelie.say("un", in: room)
            let since = try await amelie.now()
            async let woken = amelie.wait(since: since)
            #expect(try await basile.read(event, in: room).status == 200)
            let part = try await woken.joined(room)
            #expect(part.ephemeral.count == 1)
            #expect(part.ephemeral.first?["room_id"] == nil)
            let receipt = part.content("m.receipt")?[event]?["m.read"]?["@basile:culture.example"]
            #expect(receipt?["ts"]?.int != nil)
            #expect(receipt?["thread_id"] == nil)
            #expect(part.said == [])
            let first = try await amelie.sync().joined(room)
            #expect(first.content("m.receipt")?[event]?["m.read"] != nil)
        }
    }

    @Test("A private receipt is told to its own devices alone", arguments: TestEngine.allCases)
    func privately(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let event = try await amelie.say("un", in: room)
            let (sinceA, sinceB) = (try await amelie.now(), try await basile.now())
            async let woken = basile.wait(since: sinceB)
            try await basile.read(event, in: room, type: "m.read.private")
            let own = try await woken.joined(room)
            #expect(own.content("m.receipt")?[event]?["m.read.private"] != nil)
            #expect(own.unread == [0, 0])
            #expect(try await amelie.sync(since: sinceA)["rooms"] == nil)
            #expect(!(try await amelie.sync()).text.contains("m.read.private"))
            #expect(try await basile.sync().text.contains("m.read.private"))
        }
    }

    @Test("A receipt never goes back", arguments: TestEngine.allCases)
    func neverBack(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let first = try await amelie.say("un", in: room)
            let second = try await amelie.say("deux", in: room)
            try await basile.read(second, in: room)
            let since = try await amelie.now()
            #expect(try await basile.read(first, in: room).status == 200)
            #expect(try await basile.read(second, in: room).status == 200)
            #expect(try await amelie.sync(since: since)["rooms"] == nil)
            #expect(try await basile.sync().joined(room).unread == [0, 0])
        }
    }

    @Test("What is no receipt is refused", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            let root = try await amelie.say("racine", in: room)
            let reply = try await amelie.answer("fil", to: root, in: room)
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/receipt"
            let cases: [(String, String, String, Int)] = [
                ("m.seen", root, "{}", 400),
                ("m.read", root, #"{"thread_id": 4}"#, 400),
                ("m.read", root, #"{"thread_id": ""}"#, 400),
                ("m.read", root, #"{"thread_id": "fil"}"#, 400),
                ("m.fully_read", root, #"{"thread_id": "main"}"#, 400),
                ("m.read", reply, #"{"thread_id": "main"}"#, 400),
                ("m.read", reply, #"{"thread_id": "$autre"}"#, 400),
                ("m.read", "$nowhere", "{}", 404),
                ("m.read", root, "[]", 400),
                ("m.read", root, #"{"thread_id": "main"}"#, 200),
                ("m.read", reply, #"{"thread_id": "\#(root)"}"#, 200),
                ("m.read", root, #"{"thread_id": "\#(root)"}"#, 200),
            ]
            for (type, event, body, status) in cases {
                let answer = try await amelie.post(
                    "\(path)/\(type)/\(pathComponent(event))", body)
                #expect(answer.status == status, "\(type) \(event) \(body): \(answer.text)")
            }
            #expect(try await basile.read(root, in: room).status == 403)
        }
    }

    @Test(
        "Of two receipts for one event, the one of no thread is told, now and later",
        arguments: TestEngine.allCases)
    func clash(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let root = try await amelie.say("racine", in: room)
            let reply = try await amelie.answer("fil", to: root, in: room)
            let since = try await amelie.now()
            try await basile.read(reply, in: room, thread: root)
            let threaded = try await amelie.sync(since: since).joined(room)
            let path = ["m.read", "@basile:culture.example"]
            let receipt = { (part: RoomInAnswer) in
                part.content("m.receipt")?[reply]?[path[0]]?[path[1]]
            }
            #expect(receipt(threaded)?["thread_id"]?.string == root)
            try await basile.read(reply, in: room)
            let both = try await amelie.sync(since: since)
            #expect(receipt(both.joined(room)) != nil)
            #expect(receipt(both.joined(room))?["thread_id"] == nil)
            try await basile.read(reply, in: room, thread: root)
            #expect(try await amelie.sync(since: both.nextBatch)["rooms"] == nil)
            #expect(receipt(try await amelie.sync().joined(room))?["thread_id"] == nil)
        }
    }

    @Test(
        "Read markers set the marker and receipts together, and the marker never goes back",
        arguments: TestEngine.allCases)
    func markers(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let first = try await amelie.say("un", in: room)
            let second = try await amelie.say("deux", in: room)
            let since = try await basile.now()
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/read_markers"
            async let woken = basile.wait(since: since)
            let set = try await basile.post(
                path, #"{"m.fully_read": "\#(second)", "m.read": "\#(first)"}"#)
            #expect(set.status == 200)
            let part = try await woken.joined(room)
            let marker = part.accountData.first { $0["type"]?.string == "m.fully_read" }
            #expect(marker?["content"]?["event_id"]?.string == second)
            #expect(part.content("m.receipt")?[first]?["m.read"] != nil)
            #expect(part.unread == [1, 0])
            try await basile.read(first, in: room, type: "m.fully_read")
            let user = pathComponent("@basile:culture.example")
            let data = "/_matrix/client/v3/user/\(user)/rooms/\(pathComponent(room))/account_data"
            #expect(
                try await basile.get("\(data)/m.fully_read").string("event_id") == second)
            let direct = try await basile.put("\(data)/m.fully_read", #"{"event_id": "$x"}"#)
            #expect(direct.status == 405)
            for (body, status) in [
                (#"{"m.fully_read": 4}"#, 400), (#"{"m.fully_read": "$nowhere"}"#, 404),
                ("{}", 200), ("[]", 400),
            ] {
                #expect(try await basile.post(path, body).status == status, "\(body)")
            }
            let stranger = try await server.register("chloe")
            #expect(try await stranger.post(path, "{}").status == 403)
        }
    }
}
