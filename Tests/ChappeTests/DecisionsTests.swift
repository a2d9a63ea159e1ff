import Database
import Foundation
import Homeserver
import Testing

@testable import Chappe

struct DecisionsTests {
    /// What is said in the three places, with the two settings that are needed.
    private func decide(
        _ options: [String: [String]] = [:], environment: [String: String] = [:],
        file: String? = nil, needed: Bool = true
    ) throws -> Decisions {
        var options = options
        if needed {
            options["server-name"] = options["server-name"] ?? ["localhost"]
            options["data"] = options["data"] ?? ["/nowhere"]
        }
        guard let file else {
            return Decisions(options: options, config: nil, environment: environment)
        }
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("chappe-\(UUID().uuidString).yaml").path
        try Data(file.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return Decisions(options: options, config: path, environment: environment)
    }

    @Test("An option counts before the environment, that before the file, that before the default")
    func precedence() throws {
        let file = "listen: 127.0.0.1:3"
        let environment = ["CHAPPE_LISTEN": "127.0.0.1:2"]
        let options = ["listen": ["127.0.0.1:1"]]
        #expect(try decide(options, environment: environment, file: file).site.listen.port == 1)
        #expect(try decide(environment: environment, file: file).site.listen.port == 2)
        #expect(try decide(file: file).site.listen.port == 3)
        #expect(try decide().site.listen.port == 8008)
    }

    @Test("Each place may say every kind of value")
    func kinds() throws {
        let byFile = try decide(
            file: """
                open-registration: yes
                presence: no
                rate-limit:
                  - sending=1/2
                  - login=3/4
                """)
        #expect(byFile.problems.isEmpty)
        #expect(byFile.site.configuration.hasOpenRegistration)
        #expect(!byFile.site.configuration.hasPresence)
        #expect(byFile.site.configuration.rateLimits.count == 2)
        let byEnvironment = try decide(environment: [
            "CHAPPE_RATE_LIMIT": "sending=1/2,login=3/4", "CHAPPE_NO_RATE_LIMITS": "no",
        ])
        #expect(byEnvironment.site.configuration.rateLimits.count == 2)
        #expect(byEnvironment.site.configuration.hasRateLimits)
    }

    @Test(
        "An empty or odd variable gives one plain sentence",
        arguments: [
            ("CHAPPE_LISTEN", "", "CHAPPE_LISTEN is empty: give it a value or take it away."),
            ("CHAPPE_LISTEN", "a\nb", "CHAPPE_LISTEN must be one line of at most 4096 bytes."),
            ("CHAPPE_PRESENCE", "oui", "CHAPPE_PRESENCE is 'oui', but it takes yes or no."),
            (
                "CHAPPE_LISTEN", "8008",
                "CHAPPE_LISTEN is '8008', but it takes HOST:PORT, as in 127.0.0.1:8008 or [::1]:8008."
            ),
            ("CHAPPE_CONFIG", "", "CHAPPE_CONFIG is empty: give it a value or take it away."),
            (
                "CHAPPE_WEB", "/nowhere/at/all",
                "CHAPPE_WEB is '/nowhere/at/all', but it takes a folder that is there."
            ),
        ])
    func oddVariables(name: String, value: String, sentence: String) throws {
        let problems = try decide(environment: [name: value]).problems
        #expect(problems.map(\.description).contains(sentence))
        #expect(!problems.contains { $0.isUsage })
    }

    @Test("A variable of our prefix that is no setting is told of, and harms nothing")
    func strays() throws {
        let decisions = try decide(environment: ["CHAPPE_LISTN": "x", "PATH": "/bin"])
        #expect(decisions.strayVariables == ["CHAPPE_LISTN"])
        #expect(decisions.problems.isEmpty)
    }

    @Test("A key that is not known is refused with its line and the nearest one")
    func unknownKeys() throws {
        let decisions = try decide(file: "presence: no\n\nlistn: 127.0.0.1:3\n")
        #expect(decisions.problems.count == 1)
        let sentence = try #require(decisions.problems.first).description
        #expect(sentence.contains("line 3"))
        #expect(sentence.hasSuffix("there is no setting listn; the nearest is listen."))
    }

    @Test(
        "A file that is not what it should be is refused, and read no further",
        arguments: [
            "- a\n- b", "just text", "listen: [a, b]", "listen:\n  port: 3", "listen: {a: b}",
            "? [a]\n: b", "a: b: c", "\tlisten: x", "listen: 'x",
            "listen: 127.0.0.1:3\nlisten: 127.0.0.1:4", "rate-limit: []", "rate-limit: [[a]]",
            "listen:", "config: other.yaml",
        ])
    func damagedFiles(text: String) throws {
        #expect(try !decide(file: text).problems.isEmpty)
    }

    @Test("An empty file says nothing")
    func emptyFile() throws {
        for text in ["", "\n", "# a comment\n", "---\n"] {
            #expect(try decide(file: text).problems.isEmpty)
        }
    }

    @Test(
        "A file of random bytes is read or refused, and never ends the program", arguments: 0..<200)
    func randomFiles(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        let bytes = (0..<200).map { _ -> UInt8 in
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            let alphabet = Array("listen: -[]{}&*!|>'\"%@`#,?\n\t y1".utf8)
            return alphabet[Int(state % UInt64(alphabet.count))]
        }
        let contents = ConfigurationFile.parse(String(decoding: bytes, as: UTF8.self), "f")
        #expect(contents.given.keys.allSatisfy { Setting.byName[$0] != nil })
    }

    @Test("The name and the folder are needed, and a lack of them is said to who types")
    func needed() throws {
        let problems = try decide(needed: false).problems
        #expect(problems.count == 2)
        #expect(problems.allSatisfy { $0.isUsage })
    }

    @Test(
        "What is for tests alone is refused on a name that others can reach, wherever it is said",
        arguments: ["open-registration", "no-rate-limits", "allow-loopback"])
    func tests(name: String) throws {
        let public_ = ["server-name": ["culture.example"]]
        #expect(try decide(public_.merging([name: ["yes"]]) { $1 }).problems.count == 1)
        #expect(try decide(public_, file: "\(name): yes").problems.count == 1)
        #expect(try decide(public_, file: "\(name): no").problems.isEmpty)
        for local in [
            "localhost", "localhost:8008", "127.0.0.1", "[::1]:1", "a.test", "b.localhost",
        ] {
            #expect(try decide(["server-name": [local], name: ["yes"]]).problems.isEmpty)
        }
    }

    @Test(
        "Settings that do nothing alone are refused alone",
        arguments: [
            ["tls-listen": ["127.0.0.1:1"]], ["turn": ["turn:host"]],
            ["smtp": ["smtp://host"], "mail-folder": ["/tmp"]],
            ["admin-listen": ["127.0.0.1:8008"]],
        ])
    func together(options: [String: [String]]) throws {
        #expect(try !decide(options).problems.isEmpty)
    }

    @Test("A password of the database is not taken from the command line, and goes into the URL")
    func databasePassword() throws {
        let url = "postgres://chappe:geheim@db.example/chappe"
        let refused = try decide(["database": [url]]).problems
        #expect(refused.count == 1)
        #expect(refused.allSatisfy { !$0.description.contains("geheim") })
        #expect(try decide(environment: ["CHAPPE_DATABASE": url]).problems.isEmpty)

        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("chappe-\(UUID().uuidString)").path
        try Data("p@ss/wort\n".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let decisions = try decide([
            "database": ["postgres://chappe@db.example/chappe"], "database-password-file": [file],
        ])
        #expect(decisions.problems.isEmpty)
        #expect(
            decisions.site.configuration.database
                == .postgres("postgres://chappe:p%40ss%2Fwort@db.example/chappe"))
        #expect(!CheckConfig.table(decisions).joined().contains("wort"))
    }

    @Test("A secret that every user can read is refused, with the cure")
    func openSecrets() throws {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("chappe-\(UUID().uuidString)").path
        try Data("geheim".utf8).write(to: URL(fileURLWithPath: file))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let problems = try decide(["turn": ["turn:host"], "turn-secret-file": [file]]).problems
        #expect(problems.contains { $0.description.contains("chmod o= \(file)") })
    }

    @Test(
        "The registration of an application service has the form that it needs",
        arguments: [
            "", "nonsense", "id: a", "[a]", "id: a\nas_token: b\nhs_token: c\nsender_localpart: d",
            "id: a\nas_token: [b]\nhs_token: c\nsender_localpart: d\nurl: null\nnamespaces: {}",
        ])
    func appservices(text: String) {
        #expect(AppserviceForm.lack(in: text) != nil)
        let whole =
            "id: a\nas_token: b\nhs_token: c\nsender_localpart: d\nurl: null\nnamespaces: {users: []}"
        #expect(AppserviceForm.lack(in: whole) == nil)
    }

    @Test("What is shown says where each value comes from")
    func table() throws {
        let decisions = try decide(
            ["web": ["/nowhere"]], environment: ["CHAPPE_PRESENCE": "no"],
            file: "log-level: debug")
        let lines = CheckConfig.table(decisions)
        #expect(lines.contains { $0.hasPrefix("presence ") && $0.hasSuffix("CHAPPE_PRESENCE") })
        #expect(lines.contains { $0.hasPrefix("log-level ") && $0.hasSuffix("line 1") })
        #expect(lines.contains { $0.hasPrefix("listen ") && $0.hasSuffix("default") })
        #expect(lines.contains { $0.hasPrefix("web ") && $0.hasSuffix("command line") })
    }
}
