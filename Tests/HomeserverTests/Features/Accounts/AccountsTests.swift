import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct AccountsTests {
    private let auth = #""auth": {"type": "m.login.password", "password": "mdp"}"#

    private func login(_ server: TestServer, _ password: String) async throws -> TestAnswer {
        try await server.stranger.post(
            "/_matrix/client/v3/login",
            """
            {"type": "m.login.password", "user": "amelie", "password": "\(password)"}
            """)
    }

    @Test(
        "Changing the password ends the other sessions, and not this one",
        arguments: TestEngine.allCases)
    func changePassword(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let here = try await server.register("amelie", password: "mdp")
            let there = TestClient(
                server: server, token: try await login(server, "mdp").string("access_token"),
                userID: nil)
            let path = "/_matrix/client/v3/account/password"
            let challenge = try await here.post(path, #"{"new_password": "nouveau"}"#)
            #expect(challenge.status == 401)
            #expect(challenge["flows"] != nil)
            let wrong = #""auth": {"type": "m.login.password", "password": "faux"}"#
            let refused = try await here.post(path, #"{"new_password": "nouveau", \#(wrong)}"#)
            #expect(refused.status == 401)
            #expect(refused.errcode == "M_FORBIDDEN")
            let done = try await here.post(path, #"{"new_password": "nouveau", \#(auth)}"#)
            #expect(done.status == 200)
            #expect(try await here.get("/_matrix/client/v3/devices").status == 200)
            #expect(try await there.get("/_matrix/client/v3/devices").status == 401)
            #expect(try await login(server, "mdp").status == 403)
            #expect(try await login(server, "nouveau").status == 200)
        }
    }

    @Test(
        "Closing an account leaves its rooms, and its name stays taken",
        arguments: TestEngine.allCases)
    func deactivate(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie", password: "mdp")
            let basile = try await server.register("basile")
            let room = try await basile.createRoom()
            try await amelie.join(room)
            let path = "/_matrix/client/v3/account/deactivate"
            #expect(try await amelie.post(path).status == 401)
            #expect(try await amelie.post(path, "{\(auth)}").status == 200)
            #expect(try await amelie.get("/_matrix/client/v3/devices").status == 401)
            #expect(try await login(server, "mdp").status == 403)
            let taken = try await server.stranger.get(
                "/_matrix/client/v3/register/available?username=amelie")
            #expect(taken.errcode == "M_USER_IN_USE")
            let members = try await basile.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/joined_members")
            #expect(members["joined", "@amelie:culture.example"] == nil)
            #expect(members["joined", "@basile:culture.example"] != nil)
        }
    }

    @Test("A session of one purpose opens nothing else", arguments: TestEngine.allCases)
    func purpose(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie", password: "mdp")
            let begun = try await amelie.post("/_matrix/client/v3/account/deactivate")
            let session = try begun.string("session")
            let answer = try await amelie.post(
                "/_matrix/client/v3/account/password",
                """
                {"new_password": "x", "auth": {"session": "\(session)"}}
                """)
            #expect(answer.status == 401)
            #expect(try answer.string("session") != session)
        }
    }
}
