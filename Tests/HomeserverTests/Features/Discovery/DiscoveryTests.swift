import Database
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct DiscoveryTests {
    @Test("All versions up to the newest are told, with a token and without")
    func versions() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            for client in [server.stranger, amelie] {
                let answer = try await client.get("/_matrix/client/versions")
                let versions = answer["versions"]?.array?.strings
                #expect(versions?.first == "v1.1" && versions?.last == "v1.19")
                #expect(versions?.count == 19)
            }
        }
    }

    @Test("Capabilities tell what one may do", arguments: TestEngine.allCases)
    func capabilities(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let path = "/_matrix/client/v3/capabilities"
            let answer = try await amelie.get(path)
            #expect(answer["capabilities", "m.get_login_token", "enabled"]?.bool == true)
            #expect(answer["capabilities", "m.3pid_changes", "enabled"]?.bool == false)
            #expect(answer["capabilities", "m.profile_fields", "enabled"]?.bool == true)
            #expect(answer["capabilities", "m.room_versions", "default"]?.string == "12")
            #expect(answer["capabilities", "m.account_moderation"] == nil)
            try await server.homeserver.database.write { db in
                try db.run("UPDATE users SET is_admin = 1")
            }
            let told = try await amelie.get(path)
            #expect(told["capabilities", "m.account_moderation", "lock"]?.bool == true)
            #expect(told["capabilities", "m.account_moderation", "suspend"]?.bool == true)
        }
    }
}
