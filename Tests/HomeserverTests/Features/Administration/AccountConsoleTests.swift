import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct AccountConsoleTests {
    @Test(
        "The name of an account follows from the address as everybody's does",
        arguments: [
            (
                "amelie.durand@culture.gouv.fr", "amelie.durand-culture.gouv.fr",
                "Amelie Durand [Culture]"
            ),
            (
                "Jean-Paul.Martin@sg.sante.gouv.fr", "jean-paul.martin-sg.sante.gouv.fr",
                "Jean-Paul Martin [Sante]"
            ),
            ("a+b@gouv.fr", "ab-gouv.fr", "A+b [Gouv]"),
            ("_x@ville.lyon.fr", "x-ville.lyon.fr", "_x [Lyon]"),
        ])
    func names(address: String, localpart: String, displayName: String) throws {
        let name = AccountName(try #require(EmailAddress(address)))
        #expect(name.localpart == localpart)
        #expect(name.displayName == displayName)
    }

    @Test(
        "What is no address is none",
        arguments: [
            "", "a", "@b.fr", "a@", "a@b", "a@b@c.fr", "a b@c.fr", ".a@b.fr", "a..b@c.fr",
            "a@-b.fr",
            "a@b..fr", "\"a\"@b.fr", "é@b.fr", "a@b.fr\n",
        ])
    func noAddresses(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test(
        "The console is not among the endpoints that everybody reaches",
        arguments: TestEngine.allCases)
    func apart(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            #expect(try await amelie.get("/_chappe/console/accounts").status == 404)
            let listed = try await server.console.get("/_chappe/console/accounts")
            #expect(listed["accounts"]?.array?.count == 1)
            #expect(!listed.text.contains("argon2"))
        }
    }

    @Test(
        "A new password ends every session and takes the devices away",
        arguments: TestEngine.allCases)
    func password(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let path = "/_matrix/client/v3/account/whoami"
            #expect(try await amelie.get(path).status == 200)
            let changed = try await server.console.post(
                "/_chappe/console/accounts/amelie/password", #"{"password": "nouveau"}"#)
            #expect(changed.status == 200)
            #expect(try await amelie.get(path).errcode == "M_UNKNOWN_TOKEN")
            #expect(try await server.count("devices") == 0)
        }
    }

    @Test("What is asked wrongly changes nothing")
    func refusals() async throws {
        try await TestServer.run { server in
            let path = "/_chappe/console/accounts"
            for body in [
                "{}", "[]", #"{"name": 3}"#, #"{"name": "a b"}"#, #"{"name": "a", "password": ""}"#,
                #"{"name": "a", "display_name": ""}"#, #"{"name": "@a:elsewhere.example"}"#,
            ] {
                #expect(try await server.console.post(path, body).status == 400, "\(body)")
            }
            for user in ["nobody", "@a:elsewhere.example", "@", "%00"] {
                let answer = try await server.console.post(
                    "\(path)/\(pathComponent(user))/deactivate")
                #expect(answer.status == 404)
            }
            #expect(try await server.count("users") == 0)
        }
    }
}
