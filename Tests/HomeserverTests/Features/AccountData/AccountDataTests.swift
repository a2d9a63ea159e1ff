import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct AccountDataTests {
    private let user = "/_matrix/client/v3/user/@amelie:culture.example"

    @Test("A tag's order of 0.25 comes back byte for byte", arguments: TestEngine.allCases)
    func tags(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let path = "\(user)/rooms/\(pathComponent(room))/tags"
            #expect(try await amelie.put("\(path)/m.favourite", #"{"order": 0.25}"#).status == 200)
            let tags = try await amelie.get(path)
            #expect(tags.text == #"{"tags":{"m.favourite":{"order": 0.25}}}"#)
            let sync = try await amelie.sync()
            let data = sync["rooms", "join", room, "account_data", "events"]?.array?.first
            #expect(data?["type"]?.string == "m.tag")
            #expect(try await amelie.delete("\(path)/m.favourite").status == 200)
            #expect(try await amelie.get(path).text == #"{"tags":{}}"#)
        }
    }

    @Test("Data of the account wakes a sync that waits", arguments: TestEngine.allCases)
    func wakes(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let since = try await amelie.sync().string("next_batch")
            async let waiting = amelie.sync(since: since, "timeout=10000")
            let set = try await amelie.put("\(user)/account_data/m.direct", #"{"a": [1]}"#)
            #expect(set.status == 200)
            let event = try await waiting["account_data", "events"]?.array?.first
            #expect(event?["type"]?.string == "m.direct")
            #expect(try await amelie.get("\(user)/account_data/m.direct").text == #"{"a": [1]}"#)
        }
    }

    @Test("What the server keeps itself is not set by clients", arguments: TestEngine.allCases)
    func serverTypes(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            for type in ["m.fully_read", "m.push_rules"] {
                let answer = try await amelie.put("\(user)/account_data/\(type)", "{}")
                #expect(answer.status == 405)
            }
            let basile = try await server.register("basile")
            #expect(try await basile.get("\(user)/account_data/m.direct").status == 403)
        }
    }

    @Test("A filter is stored once and found again", arguments: TestEngine.allCases)
    func filters(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let filter = #"{"room": {"timeline": {"limit": 3}}}"#
            let id = try await amelie.post("\(user)/filter", filter).string("filter_id")
            #expect(try await amelie.post("\(user)/filter", filter).string("filter_id") == id)
            #expect(try await amelie.get("\(user)/filter/\(id)").text == filter)
            #expect(try await amelie.get("\(user)/filter/999").errcode == "M_NOT_FOUND")
            #expect(try await amelie.post("\(user)/filter", #"{"room": 1}"#).status == 400)
        }
    }
}
