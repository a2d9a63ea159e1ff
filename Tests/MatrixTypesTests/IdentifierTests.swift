import SeededTesting
import Testing

@testable import MatrixTypes

struct IdentifierTests {
    @Test(
        "Server names that the grammar allows",
        arguments: [
            "matrix.org", "matrix.org:8888", "1.2.3.4", "1.2.3.4:1234", "[1234:5678::abcd]",
            "[1234:5678::abcd]:5678", "localhost", "localhost:8008", "a", "MATRIX.org", "a-b.c-d",
            "[::]", "[::1]", "[1::]", "[::ffff:1.2.3.4]", "[1:2:3:4:5:6:7:8]",
            "[1:2:3:4:5:6:1.2.3.4]",
            "[1:2:3:4:5:6:7::]", "[::2:3:4:5:6:7:8]", "1.2.3", "1.2.3.4.5", "xn--80ak6aa92e.com",
            "host:0", "host:65535", "host:00080", "[ABCD::ef]",
        ])
    func serverNames(text: String) { #expect(ServerName(text)?.rawValue == text) }

    @Test(
        "Server names that it does not allow",
        arguments: [
            "", ":", ":80", "a:", "a:b", "a:123456", "a:65536", "a:-1", "a b", "a_b", "é.org",
            "a/b", "../x", "..", ".", "a..b", ".a", "a.", "a\u{0}", "%2e%2e", "1.2.3.256",
            "999.1.1.1", "[", "[]", "[1]", "[::", "::1", "[::1]x", "[::1]:", "[::1]:x", "[:::]",
            "[1::2::3]", "[12345::]", "[g::]", "[1:2:3:4:5:6:7]", "[1:2:3:4:5:6:7:8:9]",
            "[1:2:3:4:5:6:7:8::]", "[::1.2.3.256]", "[::1.2.3]", "[1.2.3.4::]", "[:1:2:3:4:5:6:7]",
            "[1:2:3:4:5:6:7:]", "a@b", "a#b", "a?b", "[::1%25eth0]", "a\n", " a",
        ])
    func badServerNames(text: String) { #expect(ServerName(text) == nil) }

    @Test(
        "The host and the port of a server name",
        arguments: [
            ("matrix.org", "matrix.org", nil, false),
            ("matrix.org:8888", "matrix.org", 8888, false),
            ("1.2.3.4:1", "1.2.3.4", 1, true), ("[::1]", "[::1]", nil, true),
            ("[::1]:80", "[::1]", 80, true), ("1.2.3", "1.2.3", nil, false),
        ] as [(String, String, Int?, Bool)])
    func serverNameParts(text: String, host: String, port: Int?, isIPLiteral: Bool) throws {
        let name = try #require(ServerName(text))
        #expect(String(name.host) == host)
        #expect(name.port == port)
        #expect(name.isIPLiteral == isIPLiteral)
    }

    @Test(
        "User IDs: whether an account may have it, and whether clients are told of it",
        arguments: [
            ("@amelie:culture.example", true, true), ("@a.b_c=d-e/f+0:x", true, true),
            ("@Amelie:x", false, true), ("@a#!*:x", false, true), ("@:x", false, false),
            ("@é:x", false, false), ("@a b:x", false, false), ("@\u{1}:x", false, false),
            ("@a:x:8448", true, true), ("@a:[::1]:8448", true, true),
        ])
    func userIDs(text: String, isOfCurrentGrammar: Bool, isCompliant: Bool) throws {
        let user = try #require(UserID(text))
        #expect(user.rawValue == text)
        #expect(user.isOfCurrentGrammar == isOfCurrentGrammar)
        #expect(user.isCompliant == isCompliant)
    }

    @Test(
        "Texts that are no user ID",
        arguments: [
            "", "@", "a:x", "@a", "@a:", "@a:x y", "@a\u{0}:x", "!a:x", "@a:..", "@a:b:c",
            "@a:x:99999",
            "@a:x/../y", " @a:x",
        ])
    func badUserIDs(text: String) { #expect(UserID(text) == nil) }

    @Test("The parts of a user ID")
    func userIDParts() throws {
        let user = try #require(UserID("@amelie:culture.example:8448"))
        #expect(user.localpart == "amelie")
        #expect(user.server == ServerName(unchecked: "culture.example:8448"))
        let server = try #require(ServerName("x"))
        #expect(UserID(localpart: "a", server: server)?.rawValue == "@a:x")
        #expect(UserID(localpart: "a:b", server: server) == nil)
        #expect(UserID(unchecked: "amelie").server.rawValue == "")
        #expect(UserID(unchecked: "@\u{301}:x").localpart.utf8.elementsEqual("\u{301}".utf8))
    }

    @Test("Identifiers have at most 255 bytes, not characters")
    func length() {
        func user(_ letter: String, _ count: Int) -> UserID? {
            UserID("@\(String(repeating: letter, count: count)):x.y")
        }
        #expect(user("a", 250) != nil)
        #expect(user("a", 251) == nil)
        #expect(user("é", 125) != nil)
        #expect(user("é", 126) == nil)
        #expect(DeviceID(String(repeating: "d", count: 255)) != nil)
        #expect(DeviceID(String(repeating: "d", count: 256)) == nil)
        #expect(EventID("$" + String(repeating: "e", count: 254)) != nil)
        #expect(EventID("$" + String(repeating: "e", count: 255)) == nil)
    }

    @Test("Room IDs have a server, or since v12 the hash of the create event")
    func roomIDs() throws {
        let old = try #require(RoomID("!opaque:culture.example"))
        #expect(old.server?.rawValue == "culture.example")
        #expect(old.createEventID == nil)
        let hash = "31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"
        let new = try #require(RoomID("!" + hash))
        #expect(new.server == nil)
        #expect(new.createEventID?.rawValue == "$" + hash)
        #expect(RoomID(ofCreateEvent: EventID(unchecked: "$" + hash)) == new)
        for text in ["", "!", "!a b", "!a\u{0}:x", "#a:x", "a:x", "!a:", "!a/b:..", "!é"] {
            #expect(RoomID(text) == nil, "\(text)")
        }
    }

    @Test("Event IDs of every room version")
    func eventIDs() throws {
        #expect(
            EventID("$143273582443PhrSn:culture.example")?.server?.rawValue == "culture.example")
        #expect(EventID("$acR1l0raoZnm60CBwAVgqbZqoO/mYU81xysh1u7XcJk")?.server == nil)
        #expect(EventID("$Rqnc-F-dvnEYJTyHq_iKxU2bZ1CI92-kuZq3a5lr5Zg") != nil)
        for text in ["", "$", "$a b", "$a:", "a", "!a", "$a\u{0}", "$é", "$../x:.."] {
            #expect(EventID(text) == nil, "\(text)")
        }
    }

    @Test("Aliases take any characters but a colon and NUL")
    func aliases() throws {
        let alias = try #require(RoomAlias("#réunion générale:culture.example"))
        #expect(alias.localpart == "réunion générale")
        #expect(alias.server.rawValue == "culture.example")
        for text in ["#a", "#a\u{0}:x", "a:x", "#a:b c"] { #expect(RoomAlias(text) == nil) }
    }

    @Test(
        "Media URIs whose parts can lead nowhere else",
        arguments: [
            ("mxc://culture.example/AQwafuaFswefuhsfAFAgsw", true), ("mxc://a:80/b-_9", true),
        ]
            + [
                "", "mxc:", "mxc://", "mxc://a", "mxc://a/", "mxc:///b", "mxc://a/b/c",
                "mxc://a/../b",
                "mxc://../b", "mxc://a/..", "mxc://a/%2e%2e", "mxc://a/b?c", "mxc://a/b#c",
                "mxc://a/b\u{0}",
                "mxc://a/b.png", "http://a/b", "MXC://a/b", "mxc://a/é", "mxc://a/b ",
                "mxc://x/../../",
            ].map { ($0, false) })
    func mediaURIs(text: String, isValid: Bool) { #expect((MXCURI(text) != nil) == isValid) }

    @Test("The parts of a media URI")
    func mediaURIParts() throws {
        let uri = try #require(MXCURI("mxc://culture.example:80/abc"))
        #expect(uri.server.rawValue == "culture.example:80")
        #expect(uri.mediaID == "abc")
        #expect(MXCURI(server: uri.server, mediaID: "../x") == nil)
        #expect(MXCURI(server: uri.server, mediaID: "abc") == uri)
    }

    @Test("Opaque identifiers keep to unreserved characters")
    func opaqueIDs() {
        #expect(OpaqueID("aZ0-._~") != nil)
        for text in ["", "a b", "a/b", "é", "a+b", String(repeating: "a", count: 256)] {
            #expect(OpaqueID(text) == nil)
        }
    }

    @Test("Two spellings of an accent are two users, two types and two state keys")
    func unicodeEquivalence() {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed, "which is why this is tested")
        #expect(UserID(unchecked: composed) != UserID(unchecked: decomposed))
        #expect(EventType(composed) != EventType(decomposed))
        #expect(StateKey("t", composed) != StateKey("t", decomposed))
        #expect(Set([UserID(unchecked: composed), UserID(unchecked: decomposed)]).count == 2)
        let state: StateMap = [
            StateKey("t", composed): EventID(unchecked: "$1"),
            StateKey("t", decomposed): EventID(unchecked: "$2"),
        ]
        #expect(state[StateKey("t", composed)]?.rawValue == "$1")
        #expect(UserID(unchecked: composed).hashValue != UserID(unchecked: decomposed).hashValue)
    }

    @Test("Identifiers and state keys go by code point")
    func order() {
        #expect(UserID(unchecked: "@a\u{FFFF}:x") < UserID(unchecked: "@a\u{10000}:x"))
        #expect(UserID(unchecked: "@Z:x") < UserID(unchecked: "@a:x"))
        #expect(StateKey("a", "z") < StateKey("b", "a"))
        #expect(StateKey("a", "a") < StateKey("a", "aa"))
        #expect(!(StateKey("a", "a") < StateKey("a", "a")))
    }

    @Test("Any bytes can be looked at", arguments: seeds(20))
    func damage(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let seeds = [
            "@a:x.y:1", "!a:[::1]:2", "$abc-_", "#é:1.2.3.4", "mxc://a.b/c", "[1::2:3.4.5.6]",
        ]
        for _ in 0..<200 {
            let sample = Array((seeds.randomElement(using: &random) ?? "").utf8)
            let text = String(decoding: sample.damaged(using: &random), as: UTF8.self)
            if let user = UserID(text) { _ = (user.localpart, user.server.host, user.server.port) }
            if let room = RoomID(text) { _ = (room.server?.host, room.createEventID) }
            if let alias = RoomAlias(text) { _ = (alias.localpart, alias.server.port) }
            if let uri = MXCURI(text) {
                #expect(MXCURI(server: uri.server, mediaID: uri.mediaID) == uri, "seed \(seed)")
            }
            _ = (EventID(text), ServerName(text)?.isIPLiteral, DeviceID(text), OpaqueID(text))
        }
    }
}
