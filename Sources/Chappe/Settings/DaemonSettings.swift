import Foundation
import Homeserver

extension Setting {
    /// What runs beside the server.
    static let daemons = [
        Setting(
            "appservice", .list("FILE"), "The registration of an application service, in YAML."
        ) { (value, site) throws(Refusal) in
            let path = try value.existingFile()
            if let lack = AppserviceForm.lack(in: try value.content()) {
                throw Refusal(takes: lack)
            }
            site.configuration.daemons.appserviceFiles.append(path)
        },
        Setting(
            "clamd", .text("ADDRESS"),
            "The antivirus clamd: HOST:PORT, or the path of its socket."
        ) { (value, site) throws(Refusal) in
            site.configuration.daemons.clamd = try value.socket()
        },
        Setting(
            "turn", .list("URI"),
            "The relay of calls, as in turn:turn.chat.example:3478?transport=udp."
        ) { (value, site) throws(Refusal) in
            guard TURNAddress(value.text) != nil else {
                throw Refusal(
                    takes: "turn:HOST:PORT or turns:HOST:PORT, with ?transport=udp or tcp")
            }
            site.turnURIs.append(value.text)
        },
        Setting(
            "turn-secret-file", .text("FILE"),
            "A file with the secret that coturn knows as static-auth-secret."
        ) { (value, site) throws(Refusal) in site.turnSecret = try value.secret() },
        Setting(
            "turn-lifetime", .text("SECONDS"), standard: "86400",
            "How long the credentials for the relay are good."
        ) { (value, site) throws(Refusal) in
            site.turnLifetimeSeconds = try value.count(60...604_800)
        },
        Setting("janus", .text("URL"), "The switch of group calls, reached by the server alone.") {
            (value, site) throws(Refusal) in
            site.configuration.daemons.janus = try value.url("http", "https", "ws", "wss")
        },
        Setting(
            "janus-secret-file", .text("FILE"), "A file with the secret of Janus's interface."
        ) { (value, site) throws(Refusal) in
            site.configuration.daemons.janusSecret = Secret(try value.secret())
        },
        Setting("smtp", .text("URL"), "The relay of mail, as in smtp://USER@HOST:587.") {
            (value, site) throws(Refusal) in
            let url = try value.url("smtp", "smtps")
            guard url.password() == nil else {
                throw Refusal(
                    takes: "an address without a password, which goes to smtp-password-file")
            }
            site.configuration.daemons.smtp = url
        },
        Setting(
            "smtp-password-file", .text("FILE"), "A file with the password for the relay of mail."
        ) { (value, site) throws(Refusal) in
            site.configuration.daemons.smtpPassword = Secret(try value.secret())
        },
        Setting(
            "mail-folder", .text("DIR"), "Writes each mail to this folder instead of sending it."
        ) { (value, site) throws(Refusal) in
            site.configuration.daemons.mailFolder = try value.existingFolder()
        },
    ]

    /// For tests and measurements, refused where the server name is not local.
    static let testing = [
        Setting(
            "open-registration", .flag, standard: "no",
            "Let anybody make an account. For tests and measurements, on a local name."
        ) { (value, site) throws(Refusal) in
            site.configuration.hasOpenRegistration = try value.yes()
        },
        Setting(
            "no-rate-limits", .flag, standard: "no",
            "Limit no rates. For tests and measurements, on a local name."
        ) { (value, site) throws(Refusal) in site.configuration.hasRateLimits = try !value.yes() },
        Setting(
            "allow-loopback", .flag, standard: "no",
            "Let the server call loopback addresses. For tests, on a local name."
        ) { (value, site) throws(Refusal) in
            site.configuration.callsLoopback = try value.yes()
        },
        Setting(
            "registration-secret-file", .text("FILE"),
            "A file with the secret of /_synapse/admin/v1/register. For tests, on a local name."
        ) { (value, site) throws(Refusal) in
            site.configuration.registrationSecret = try value.secret(keptFromOthers: false)
        },
    ]
}

/// `turn:HOST:PORT?transport=udp`, in its parts.
///
/// RFC 7065 gives the form; the port may be left out.
struct TURNAddress: Equatable {
    let isTLS: Bool
    let host: String
    let port: Int
    /// `udp` where nothing is said, `tcp` for `turns:`.
    let transport: String

    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0] == "turn" || parts[0] == "turns" else { return nil }
        isTLS = parts[0] == "turns"
        let halves = parts[1].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        if halves.count == 2 {
            guard halves[1] == "transport=udp" || halves[1] == "transport=tcp" else { return nil }
            transport = String(halves[1].suffix(3))
        } else {
            transport = isTLS ? "tcp" : "udp"
        }
        let place = String(halves[0])
        let ending = place.hasPrefix("[") ? place.hasSuffix("]") : !place.contains(":")
        guard let address = Address(ending ? place + (isTLS ? ":5349" : ":3478") : place),
            address.port > 0
        else { return nil }
        host = address.host
        port = address.port
    }
}
