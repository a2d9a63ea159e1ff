import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct LoginTests {
    private let path = "/_matrix/client/v3/login"

    private func body(_ name: String, _ password: String, _ more: String = "") -> String {
        """
        {"type": "m.login.password", "identifier": {"type": "m.id.user", "user": "\(name)"},
         "password": "\(password)"\(more)}
        """
    }

    @Test("One logs in by localpart, by whole ID and in upper case", arguments: TestEngine.allCases)
    func names(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie", password: "motdepasse-é")
            for name in ["amelie", "@amelie:culture.example", "AMELIE"] {
                let answer = try await server.stranger.post(path, body(name, "motdepasse-é"))
                #expect(answer.status == 200)
                #expect(try answer.string("user_id") == "@amelie:culture.example")
            }
        }
    }

    @Test(
        "A wrong password and an unknown name get the same answer", arguments: TestEngine.allCases)
    func refusals(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie")
            let wrong = try await server.stranger.post(path, body("amelie", "faux"))
            let unknown = try await server.stranger.post(path, body("personne", "faux"))
            #expect(wrong.status == 403)
            #expect(wrong.errcode == "M_FORBIDDEN")
            #expect(wrong.body == unknown.body)
        }
    }

    @Test("Logging in with a device again ends what it had before", arguments: TestEngine.allCases)
    func sameDevice(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie", password: "mdp")
            let more = #", "device_id": "BUREAU""#
            let first = try await server.stranger.post(path, body("amelie", "mdp", more))
            let before = TestClient(
                server: server, token: try first.string("access_token"), userID: nil)
            #expect(try await before.get("/_matrix/client/v3/account/whoami").status == 200)
            let second = try await server.stranger.post(path, body("amelie", "mdp", more))
            #expect(try second.string("device_id") == "BUREAU")
            let refused = try await before.get("/_matrix/client/v3/account/whoami")
            #expect(refused.errcode == "M_UNKNOWN_TOKEN")
        }
    }

    @Test(
        "A refresh token brings new tokens, and its replay ends the session",
        arguments: TestEngine.allCases)
    func refresh(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie", password: "mdp")
            let login = try await server.stranger.post(
                path, body("amelie", "mdp", #", "refresh_token": true"#))
            let stolen = try login.string("refresh_token")
            func refresh(_ token: String) async throws -> TestAnswer {
                try await server.stranger.post(
                    "/_matrix/client/v3/refresh", #"{"refresh_token": "\#(token)"}"#)
            }
            let first = try await refresh(stolen)
            #expect(first.status == 200)
            // The answer was lost: the client asks once more.
            let again = try await refresh(stolen)
            #expect(again.status == 200)
            let used = try await refresh(try again.string("refresh_token"))
            #expect(used.status == 200)
            // Now the old one can only have been copied.
            #expect(try await refresh(stolen).errcode == "M_UNKNOWN_TOKEN")
            let client = TestClient(
                server: server, token: try used.string("access_token"), userID: nil)
            #expect(try await client.get("/_matrix/client/v3/account/whoami").status == 401)
        }
    }

    @Test("An access token that can be refreshed expires softly", arguments: TestEngine.allCases)
    func expiry(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            _ = try await server.register("amelie", password: "mdp")
            let login = try await server.stranger.post(
                path, body("amelie", "mdp", #", "refresh_token": true"#))
            let client = TestClient(
                server: server, token: try login.string("access_token"), userID: nil)
            #expect(try await client.get("/_matrix/client/v3/account/whoami").status == 200)
            server.clock.advance(by: .seconds(3601))
            let answer = try await client.get("/_matrix/client/v3/account/whoami")
            #expect(answer.errcode == "M_UNKNOWN_TOKEN")
            #expect(answer["soft_logout"]?.bool == true)
        }
    }

    @Test("A login token logs in once", arguments: TestEngine.allCases)
    func loginToken(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie", password: "mdp")
            let get = "/_matrix/client/v1/login/get_token"
            #expect(try await amelie.post(get).status == 401)
            let answer = try await amelie.post(
                get, #"{"auth": {"type": "m.login.password", "password": "mdp"}}"#)
            let token = try answer.string("login_token")
            let login = #"{"type": "m.login.token", "token": "\#(token)"}"#
            #expect(try await server.stranger.post(path, login).status == 200)
            #expect(try await server.stranger.post(path, login).status == 403)
        }
    }

    @Test(
        "After logging out the token is not known, nor the device", arguments: TestEngine.allCases)
    func logout(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            #expect(try await amelie.post("/_matrix/client/v3/logout").status == 200)
            let refused = try await amelie.get("/_matrix/client/v3/devices")
            #expect(refused.status == 401)
            #expect(refused.errcode == "M_UNKNOWN_TOKEN")
            #expect(try await server.count("devices") == 0)
        }
    }
}
