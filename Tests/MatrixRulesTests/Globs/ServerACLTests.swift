import MatrixTypes
import Testing

@testable import MatrixRules

struct ServerACLTests {
    private func allows(_ content: String, _ server: String) throws -> Bool {
        let content = try JSONObject(parsing: Array(content.utf8))
        return ServerACLRules(try ServerACL(from: content)).allows(ServerName(unchecked: server))
    }

    @Test("What is denied is denied, though all others are allowed")
    func deny() throws {
        let acl = #"{"allow":["*"],"deny":["*.evil.example","evil.example"]}"#
        #expect(try allows(acl, "culture.example"))
        #expect(try !allows(acl, "evil.example"))
        #expect(try !allows(acl, "a.evil.example"))
        #expect(try allows(acl, "notevil.example"))
    }

    @Test("A room that allows nobody allows nobody")
    func nobody() throws {
        for acl in ["{}", #"{"allow":[]}"#, #"{"allow":"*"}"#, #"{"allow":[5,null]}"#] {
            #expect(try !allows(acl, "culture.example"))
        }
    }

    @Test("Neither the port nor the case matters")
    func portAndCase() throws {
        let acl = #"{"allow":["*"],"deny":["Evil.example"]}"#
        for server in ["evil.example", "evil.example:8448", "EVIL.EXAMPLE:1", "evil.EXAMPLE"] {
            #expect(try !allows(acl, server))
        }
        #expect(try !allows(#"{"allow":["*"],"deny":["[2001:db8::*]"]}"#, "[2001:DB8::1]:8448"))
    }

    @Test("An address can be denied for being one", arguments: ["false", "true", "5", ""])
    func addresses(setting: String) throws {
        let literals = setting.isEmpty ? "" : #","allow_ip_literals":\#(setting)"#
        let acl = #"{"allow":["*"]\#(literals)}"#
        for server in ["1.2.3.4", "1.2.3.4:8448", "[::1]", "[::1]:443"] {
            #expect(try allows(acl, server) == (setting != "false"))
        }
        for server in ["1.2.3.example", "1.2.3.4.5", "1.2.3"] {
            #expect(try allows(acl, server))
        }
    }

    @Test("`?` is one character")
    func question() throws {
        let acl = #"{"allow":["serveur-?.example"]}"#
        #expect(try allows(acl, "serveur-1.example"))
        #expect(try !allows(acl, "serveur-12.example"))
        #expect(try !allows(acl, "serveur-.example"))
    }

    @Test("A list of thousands of names is looked up, and one of stars takes few steps")
    func huge() throws {
        let names = (0..<3000).map { #""s\#($0).example""# }.joined(separator: ",")
        #expect(try !allows(#"{"allow":["*"],"deny":[\#(names)]}"#, "s2999.example"))
        #expect(try allows(#"{"allow":["*"],"deny":[\#(names)]}"#, "s3000.example"))
        let host = String(repeating: "a", count: 250)
        let stars = String(repeating: "*a", count: 30_000)
        #expect(try allows(#"{"allow":["*"],"deny":["\#(stars)"]}"#, host))
    }
}
