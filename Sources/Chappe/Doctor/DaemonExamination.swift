import Foundation
import Glibc
import Homeserver

/// Looks whether the daemons that the site names answer.
struct DaemonExamination {
    let site: Site

    func findings() -> [Finding] {
        let daemons = site.configuration.daemons
        var findings: [Finding] = []
        if let clamd = daemons.clamd {
            let answer = Reach.exchange(clamd, saying: Array("zPING\0".utf8), over: SOCK_STREAM)
            findings.append(
                answer.map { $0.starts(with: "PONG".utf8) } == true
                    ? .ok("clamd", "it answers.")
                    : .problem("clamd", "it does not answer: start it, or correct its address."))
        }
        findings += site.turnURIs.map(relay)
        if let janus = daemons.janus { findings.append(janusFinding(janus)) }
        if let smtp = daemons.smtp { findings.append(mail(smtp)) }
        return findings
    }

    private func relay(_ uri: String) -> Finding {
        guard let relay = TURNAddress(uri) else { return .problem("turn", "\(uri) is no address.") }
        let answers: Bool
        if relay.transport == "udp" {
            // A STUN binding request: type 1, no attributes, the magic cookie, a transaction ID.
            let request: [UInt8] =
                [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42] + (0..<12).map { _ in .random(in: 0...255) }
            let place = DaemonAddress.network(host: relay.host, port: relay.port)
            let answer = Reach.exchange(place, saying: request, over: SOCK_DGRAM) ?? []
            answers = answer.count >= 20 && answer[4..<20].elementsEqual(request[4..<20])
        } else {
            answers = Reach.connects(relay.host, relay.port)
        }
        return answers
            ? .ok("turn", "\(uri) answers.")
            : .problem("turn", "\(uri) does not answer: start coturn, or open its port.")
    }

    private func janusFinding(_ url: URL) -> Finding {
        let usual = ["http": 80, "https": 443, "ws": 80, "wss": 443]
        let port = url.port ?? usual[url.scheme?.lowercased() ?? ""] ?? 80
        return Reach.connects(url.host() ?? "", port)
            ? .ok("janus", "it answers.")
            : .problem("janus", "it does not answer: start it, or correct its address.")
    }

    private func mail(_ url: URL) -> Finding {
        let isTLS = url.scheme?.lowercased() == "smtps"
        let place = DaemonAddress.network(
            host: url.host() ?? "", port: url.port ?? (isTLS ? 465 : 587))
        // By TLS nothing is said first by the server.
        let answer = Reach.exchange(place, saying: [], listens: !isTLS, over: SOCK_STREAM)
        guard let answer, isTLS || answer.starts(with: "220".utf8) else {
            return .problem("mail", "the relay does not answer: start it, or correct its address.")
        }
        return .ok("mail", "the relay answers.")
    }
}
