import HTTPTypes
import Homeserver
import HomeserverTesting
import MatrixTypes
import Testing

@Suite(.serialized)
struct EdgeTests {
    @Test(
        "An unknown path is 404 M_UNRECOGNIZED, with the headers that browsers ask for",
        arguments: [
            "/_matrix/client/v3/nothing", "/_matrix/client/v3/sync/",
            "/_matrix/client/v3/sync/../sync",
            "/_matrix/client//v3/sync", "/_matrix/unknown", "/_synapse/admin/v1/register",
        ])
    func unknown(path: String) async throws {
        try await TestServer.run { server in
            let answer = try await server.stranger.get(path)
            #expect(answer.status == 404)
            #expect(answer.errcode == "M_UNRECOGNIZED")
            #expect(answer.headers[.accessControlAllowOrigin] == "*")
        }
    }

    @Test("A method that an endpoint does not take is 405")
    func method() async throws {
        try await TestServer.run { server in
            let answer = try await server.stranger.delete("/_matrix/client/v3/sync")
            #expect(answer.status == 405)
            #expect(answer.errcode == "M_UNRECOGNIZED")
        }
    }

    @Test("OPTIONS is answered on any path, without a session")
    func options() async throws {
        try await TestServer.run { server in
            for path in ["/_matrix/client/v3/sync", "/.well-known/matrix/client", "/x"] {
                let answer = try await server.stranger.ask(.options, path)
                #expect(answer.status < 300)
                #expect(answer.headers[.accessControlAllowOrigin] == "*")
            }
        }
    }

    @Test("What is no JSON, and what is no object, are told apart")
    func badJSON() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let path = "/_matrix/client/v3/createRoom"
            #expect(try await amelie.post(path, "{\"a\"").errcode == "M_NOT_JSON")
            #expect(try await amelie.post(path, "[]").errcode == "M_BAD_JSON")
            let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
            #expect(try await amelie.post(path, "{\"a\": \(deep)}").errcode == "M_NOT_JSON")
        }
    }

    @Test("A token is taken from the query too, and a missing one is 401 M_MISSING_TOKEN")
    func tokens() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let path = "/_matrix/client/r0/account/whoami"
            #expect(try await server.stranger.get(path).errcode == "M_MISSING_TOKEN")
            let token = try #require(amelie.token)
            let answer = try await server.stranger.get("\(path)?access_token=\(token)")
            #expect(answer.status == 200)
            let wrong = try await server.stranger.get("\(path)?access_token=\(token)x")
            #expect(wrong.errcode == "M_UNKNOWN_TOKEN")
        }
    }

    @Test("Past its rate a client is asked to wait, and told how long")
    func rates() async throws {
        try await TestServer.run({ $0.hasRateLimits = true }) { server in
            let body = #"{"type": "m.login.password", "user": "x", "password": "y"}"#
            var answer = try await server.stranger.post("/_matrix/client/v3/login", body)
            for _ in 0..<20 where answer.status != 429 {
                answer = try await server.stranger.post("/_matrix/client/v3/login", body)
            }
            #expect(answer.status == 429)
            #expect(answer.errcode == "M_LIMIT_EXCEEDED")
            #expect((answer["retry_after_ms"]?.int ?? 0) > 0)
            #expect(answer.headers[.retryAfter] != nil)
        }
    }
}
