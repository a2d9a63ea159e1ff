import Homeserver
import Testing

@testable import Chappe

struct WrittenTests {
    @Test("An address is a host and a port")
    func addresses() {
        #expect(Address("127.0.0.1:8008") == Address(host: "127.0.0.1", port: 8008))
        #expect(Address("[::1]:0") == Address(host: "::1", port: 0))
        #expect(Address("[::1]:80")?.description == "[::1]:80")
        for wrong in [
            "", ":", "8008", ":8008", "host:", "host:-1", "host:65536", "host:+80", "::1:80",
            "ho st:80", "host:٨٠", "http://host:80",
        ] {
            #expect(Address(wrong) == nil, "\(wrong)")
        }
    }

    @Test("A size has a unit of bytes, or none")
    func sizes() throws {
        #expect(try Written("100 MiB").bytes() == 100 << 20)
        #expect(try Written("2GiB").bytes() == 2 << 30)
        #expect(try Written("4096").bytes() == 4096)
        for wrong in ["", "MiB", "1 MB", "-1", "1.5 GiB", "99999999999 TiB", "1e3"] {
            #expect(throws: Refusal.self, "\(wrong)") { try Written(wrong).bytes() }
        }
        #expect(throws: Refusal.self) { try Written("10").bytes(atLeast: 11) }
    }

    @Test("Yes and no have the words that people use")
    func yes() throws {
        for word in ["yes", "TRUE", "on", "1"] { #expect(try Written(word).yes()) }
        for word in ["no", "false", "Off", "0"] { #expect(try !Written(word).yes()) }
        for word in ["", "oui", "2", "y"] {
            #expect(throws: Refusal.self) { try Written(word).yes() }
        }
    }

    @Test("A relay's address has its own port and transport where nothing is said")
    func relays() {
        let plain = TURNAddress("turn:turn.chat.example")
        #expect(plain?.port == 3478)
        #expect(plain?.transport == "udp")
        let sealed = TURNAddress("turns:turn.chat.example:443?transport=tcp")
        #expect(sealed?.port == 443)
        #expect(sealed?.isTLS == true)
        #expect(TURNAddress("turns:turn.chat.example")?.transport == "tcp")
        #expect(TURNAddress("turn:[::1]")?.host == "::1")
        for wrong in ["", "turn:", "turn://host", "stun:host", "turn:h?transport=sctp", "turn:h:0"]
        {
            #expect(TURNAddress(wrong) == nil, "\(wrong)")
        }
    }

    @Test("A rate is a name, so many a second, and so many at once")
    func rates() {
        #expect(RateLimitSettings("sending=10/50")?.description == "sending=10/50")
        #expect(RateLimitSettings("login=0.5/3")?.description == "login=0.5/3")
        for wrong in [
            "", "sending", "sending=10", "sending=0/5", "sending=1/0", "sending=nan/5",
            "sending=inf/5", "flying=1/1", "sending=1/1/1",
        ] {
            #expect(RateLimitSettings(wrong) == nil, "\(wrong)")
        }
    }
}
