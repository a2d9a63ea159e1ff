import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct ProfilesTests {
    private let amelieID = "@amelie:culture.example"

    @Test("A new name reaches the rooms that one is in", arguments: TestEngine.allCases)
    func rooms(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await basile.createRoom()
            try await amelie.join(room)
            let set = try await amelie.put(
                "/_matrix/client/v3/profile/\(amelieID)/displayname",
                #"{"displayname": "Amélie Martin"}"#)
            #expect(set.status == 200)
            let profile = try await server.stranger.get("/_matrix/client/v3/profile/\(amelieID)")
            #expect(try profile.string("displayname") == "Amélie Martin")
            let member = try await basile.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/state/m.room.member/\(amelieID)")
            #expect(try member.string("displayname") == "Amélie Martin")
        }
    }

    @Test("A field of one's own comes back as it was given", arguments: TestEngine.allCases)
    func customFields(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let path = "/_matrix/client/v3/profile/\(amelieID)/m.tz"
            #expect(try await server.stranger.get(path).errcode == "M_NOT_FOUND")
            #expect(try await amelie.put(path, #"{"m.tz": "Europe/Paris"}"#).status == 200)
            #expect(try await server.stranger.get(path).text == #"{"m.tz":"Europe/Paris"}"#)
            #expect(try await amelie.delete(path).status == 200)
            #expect(try await server.stranger.get(path).status == 404)
        }
    }

    @Test("Nobody sets the name of another", arguments: TestEngine.allCases)
    func others(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie")
            let basile = try await server.register("basile")
            let answer = try await basile.put(
                "/_matrix/client/v3/profile/\(amelieID)/displayname", #"{"displayname": "x"}"#)
            #expect(answer.errcode == "M_FORBIDDEN")
        }
    }

    @Test(
        "People are found by the beginning of any word, accents and case ignored",
        arguments: TestEngine.allCases)
    func directory(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await amelie.put(
                "/_matrix/client/v3/profile/\(amelieID)/displayname",
                #"{"displayname": "Éloïse d'Œuvre [Modernisation]"}"#)
            let basile = try await server.register("basile")
            func find(_ term: String) async throws -> [String] {
                let answer = try await basile.post(
                    "/_matrix/client/v3/user_directory/search", #"{"search_term": "\#(term)"}"#)
                return answer["results"]?.array?.compactMap { $0["user_id"]?.string } ?? []
            }
            for term in ["eloi", "ELOÏSE", "oeuv", "moderni", "amel", "eloise oeuvre"] {
                #expect(try await find(term) == [amelieID], "\(term)")
            }
            for term in ["", "%", "loïse", "eloise basile"] {
                #expect(try await find(term) == [], "\(term)")
            }
        }
    }
}
