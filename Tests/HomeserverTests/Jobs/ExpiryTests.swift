import Database
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct ExpiryTests {
    @Test(
        "Client transactions are known for a day at least, then forgotten",
        arguments: TestEngine.allCases)
    func transactions(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let sent = try await amelie.say("bonjour", in: room, txn: "t1")
            server.clock.advance(by: .seconds(86_400))
            try await server.homeserver.jobs.finish()
            #expect(try await amelie.say("bonjour", in: room, txn: "t1") == sent)
            server.clock.advance(by: .seconds(86_400))
            try await server.homeserver.jobs.finish()
            #expect(try await server.count("client_transactions") == 0)
        }
    }

    @Test("More rows than one step takes are forgotten in several", arguments: TestEngine.allCases)
    func steps(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let count = ExpiryJob.mostRows + 20
            try await server.homeserver.database.write { db in
                for number in 0..<count {
                    try db.post(
                        """
                        INSERT INTO client_transactions (day, request, event_id)
                        VALUES (\(number % 3), \([UInt8(number / 256), UInt8(number % 256)]), '$a')
                        """)
                }
            }
            let job = try #require(
                server.homeserver.jobs.jobs.first { $0.name == "client transactions" })
            #expect(try await job.step(at: server.clock.now))
            #expect(try await server.count("client_transactions") == 20)
            #expect(try await !job.step(at: server.clock.now))
            #expect(try await server.count("client_transactions") == 0)
        }
    }

    @Test("Tokens that nobody can use are deleted, the others stay", arguments: TestEngine.allCases)
    func tokens(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            _ = try await amelie.post(
                "/_matrix/client/v3/user/\(pathComponent(amelie.id))/openid/request_token")
            let login = try await server.stranger.post(
                "/_matrix/client/v3/login",
                """
                {"type": "m.login.password", "password": "motdepasse-1", "refresh_token": true,
                 "identifier": {"type": "m.id.user", "user": "amelie"}}
                """)
            let refreshed = try await server.stranger.post(
                "/_matrix/client/v3/refresh",
                #"{"refresh_token": "\#(try login.string("refresh_token"))"}"#)
            try await server.homeserver.database.write { db in
                try LoginTokenStore(db: db).insert(
                    [1, 2, 3], for: UserID(unchecked: amelie.id),
                    until: Timestamp(rawValue: 1_767_225_600_000) + LoginTokens.validity)
            }
            func counts() async throws -> [Int] {
                try await server.homeserver.jobs.finish()
                return [
                    try await server.count("openid_tokens"), try await server.count("login_tokens"),
                    try await server.count("access_tokens"),
                    try await server.count("refresh_tokens"),
                ]
            }
            #expect(try await counts() == [1, 1, 2, 2])
            server.clock.advance(by: .seconds(7_200))
            #expect(try await counts() == [0, 0, 2, 2])
            // Expired, and still known: the client is told to refresh.
            let expired = TestClient(
                server: server, token: try refreshed.string("access_token"), userID: amelie.userID)
            server.clock.advance(by: Login.refreshTokenMemory)
            #expect(try await counts() == [0, 0, 2, 1])
            let told = try await expired.get("/_matrix/client/v3/account/whoami")
            #expect(told.status == 401 && told["soft_logout"]?.bool == true)
            server.clock.advance(by: Login.accessTokenMemory)
            #expect(try await counts() == [0, 0, 1, 1])
            // Both the session without an end and the refresh token go on.
            #expect(try await amelie.get("/_matrix/client/v3/account/whoami").status == 200)
            let again = try await server.stranger.post(
                "/_matrix/client/v3/refresh",
                #"{"refresh_token": "\#(try refreshed.string("refresh_token"))"}"#)
            #expect(again.status == 200)
        }
    }
}
