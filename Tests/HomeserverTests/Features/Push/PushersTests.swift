import Foundation
import HomeserverTesting
import MatrixTypes
import Testing

struct PushersTests {
    private let path = "/_matrix/client/v3/pushers"

    private func pusher(_ changes: String = "", key: String = "abc") -> String {
        #"""
        {"kind": "http", "app_id": "org.example.app", "pushkey": "\#(key)",
         "app_display_name": "App", "device_display_name": "Téléphone", "lang": "fr",
         "data": {"url": "https://push.example/_matrix/push/v1/notify", "format": "event_id_only"}
         \#(changes)}
        """#
    }

    @Test("Pushers are set, listed and removed", arguments: TestEngine.allCases)
    func set(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            #expect(try await amelie.get(path)["pushers"]?.array?.isEmpty == true)
            #expect(try await amelie.post("\(path)/set", pusher()).status == 200)
            #expect(try await amelie.post("\(path)/set", pusher()).status == 200)
            let pushers = try await amelie.get(path)["pushers"]?.array
            #expect(pushers?.count == 1)
            #expect(pushers?.first?["data"]?["format"]?.string == "event_id_only")
            #expect(pushers?.first?["device_display_name"]?.string == "Téléphone")
            let removed = try await amelie.post(
                "\(path)/set",
                #"{"kind": null, "app_id": "org.example.app", "pushkey": "abc"}"#)
            #expect(removed.status == 200)
            #expect(try await amelie.get(path)["pushers"]?.array?.isEmpty == true)
        }
    }

    @Test(
        "A pushkey belongs to its last user, unless both may have it",
        arguments: TestEngine.allCases)
    func handedOn(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            _ = try await amelie.post("\(path)/set", pusher())
            _ = try await basile.post("\(path)/set", pusher(#", "append": true"#))
            #expect(try await amelie.get(path)["pushers"]?.array?.count == 1)
            _ = try await basile.post("\(path)/set", pusher())
            #expect(try await amelie.get(path)["pushers"]?.array?.count == 0)
            #expect(try await basile.get(path)["pushers"]?.array?.count == 1)
        }
    }

    @Test("What is no pusher is refused", arguments: TestEngine.allCases)
    func refused(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let url = { (url: String) in #", "data": {"url": "\#(url)"}"# }
            for body in [
                "{}", #"{"kind": "http"}"#, pusher(#", "kind": "carrier-pigeon""#),
                pusher(url("https://push.example/other")),
                pusher(url("http://push.example/_matrix/push/v1/notify")),
                pusher(url("https:///_matrix/push/v1/notify")),
                pusher(url("ftp://push.example/_matrix/push/v1/notify")),
                pusher(#", "data": 4"#), pusher(#", "lang": 4"#),
                pusher(key: String(repeating: "x", count: 513)),
                pusher(#", "app_id": "\#(String(repeating: "x", count: 65))""#),
            ] {
                let answer = try await amelie.post("\(path)/set", body)
                #expect(answer.status == 400, "\(body.prefix(80)): \(answer.text)")
            }
        }
    }
}
