import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct DevicesTests {
    @Test(
        "A device is listed, named and, with the password, logged out",
        arguments: TestEngine.allCases)
    func life(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie", password: "mdp")
            let login = try await server.stranger.post(
                "/_matrix/client/v3/login",
                """
                {"type": "m.login.password", "user": "amelie", "password": "mdp",
                 "device_id": "TABLETTE", "initial_device_display_name": "Tablette"}
                """)
            let tablet = TestClient(
                server: server, token: try login.string("access_token"), userID: nil)
            let path = "/_matrix/client/v3/devices/TABLETTE"
            #expect(try await amelie.get(path).string("display_name") == "Tablette")
            #expect(try await amelie.put(path, #"{"display_name": "Salon"}"#).status == 200)
            #expect(try await amelie.get(path).string("display_name") == "Salon")
            let list = try await amelie.get("/_matrix/client/v3/devices")
            #expect(list["devices"]?.array?.count == 2)

            #expect(try await amelie.delete(path).status == 401)
            #expect(try await tablet.get("/_matrix/client/v3/devices").status == 200)
            let auth = #"{"auth": {"type": "m.login.password", "password": "mdp"}}"#
            #expect(try await amelie.delete(path, auth).status == 200)
            #expect(try await tablet.get("/_matrix/client/v3/devices").status == 401)
            #expect(try await amelie.get(path).errcode == "M_NOT_FOUND")
        }
    }

    @Test("Nobody sees or ends the device of another", arguments: TestEngine.allCases)
    func others(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie", password: "mdp")
            let basile = try await server.register("basile", password: "mdp")
            let id = try await amelie.get("/_matrix/client/v3/account/whoami").string("device_id")
            let path = "/_matrix/client/v3/devices/\(id)"
            #expect(try await basile.get(path).errcode == "M_NOT_FOUND")
            #expect(try await basile.put(path, #"{"display_name": "à moi"}"#).status == 404)
            let auth = #"{"auth": {"type": "m.login.password", "password": "mdp"}}"#
            #expect(try await basile.delete(path, auth).status == 200)
            #expect(try await amelie.get(path).status == 200)
        }
    }
}
