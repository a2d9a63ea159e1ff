import Homeserver
import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct TURNCredentialsTests {
    private static let settings = TURNSettings(
        uris: ["turn:turn.chat.example"], secret: "geheim", lifetime: .seconds(600))

    @Test("The credentials are those that coturn works out itself")
    func vector() {
        // By `printf 1767226200:@amelie:culture.example | openssl dgst -sha1 -hmac geheim -binary`.
        let credentials = TURNCredentials(
            for: UserID(unchecked: "@amelie:culture.example"), Self.settings,
            now: Timestamp(rawValue: 1_767_225_600_999))
        #expect(credentials.username == "1767226200:@amelie:culture.example")
        #expect(credentials.password == "f0FNq8vJnPQo9rDSEzjbr9X9rhE=")
    }

    @Test("The answer says for how long they are good")
    func answer() async throws {
        try await TestServer.run({ $0.turn = Self.settings }) { server in
            let amelie = try await server.register("amelie")
            let answer = try await amelie.get("/_matrix/client/v3/voip/turnServer")
            #expect(answer.status == 200)
            #expect(answer["ttl"]?.int == 600)
            #expect(answer["uris"]?.array?.strings == ["turn:turn.chat.example"])
        }
    }

    @Test("What holds the secret does not show it")
    func hidden() {
        #expect(!String(describing: Self.settings).contains("geheim"))
        #expect(!String(reflecting: Self.settings).contains("geheim"))
        var shown = ""
        dump(Self.settings, to: &shown)
        #expect(!shown.contains("geheim"))
    }
}
