import Homeserver
import Logging

extension Setting {
    /// Who this server is, and what it keeps where.
    static let identity = [
        Setting(
            "server-name", .text("NAME"),
            "The name of this server, the part after the colon of every user ID; it can never change."
        ) { (value, site) throws(Refusal) in
            site.configuration.serverName = try value.serverName()
        },
        Setting("data", .text("DIR"), "Folder for everything that is kept.") {
            (value, site) throws(Refusal) in
            site.configuration.dataFolder = value.text
        },
        Setting(
            "log-level", .text("LEVEL"), standard: "notice",
            "The least that is logged: trace, debug, info, notice, warning, error or critical."
        ) { (value, site) throws(Refusal) in
            guard let level = Logger.Level(rawValue: value.text.lowercased()) else {
                let names = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Refusal(takes: "one of \(names)")
            }
            site.logLevel = level
        },
    ]

    /// How it is reached.
    static let addresses = [
        Setting(
            "listen", .text("HOST:PORT"), standard: "127.0.0.1:8008",
            "Address and port to listen at without TLS, for a reverse proxy or this machine alone."
        ) { (value, site) throws(Refusal) in site.listen = try value.address() },
        Setting(
            "tls-listen", .text("HOST:PORT"),
            "Address and port to listen at with TLS, by HTTP/2 and HTTP/1.1."
        ) { (value, site) throws(Refusal) in site.tlsListen = try value.address() },
        Setting(
            "tls-certificate", .text("FILE"),
            "The certificate and those between it and its authority, in PEM; read again when it changes."
        ) { (value, site) throws(Refusal) in site.tlsCertificate = try value.existingFile() },
        Setting("tls-key", .text("FILE"), "The certificate's private key, in PEM.") {
            (value, site) throws(Refusal) in
            let path = try value.existingFile()
            guard !FileRights.areOpenToAll(path) else {
                throw Refusal(takes: "a file that not everybody can read: chmod o= \(path)")
            }
            site.tlsKey = path
        },
        Setting(
            "admin-listen", .text("HOST:PORT"),
            "Address and port for /metrics and /health, which are then nowhere else."
        ) { (value, site) throws(Refusal) in site.adminListen = try value.address() },
        Setting(
            "public-url", .text("URL"), standard: "https:// and the server name",
            "The address at which clients reach this server, told in /.well-known/matrix/client."
        ) { (value, site) throws(Refusal) in
            _ = try value.url("https", "http")
            site.configuration.publicBaseURL =
                value.text.hasSuffix("/") ? String(value.text.dropLast()) : value.text
        },
        Setting(
            "support-address", .text("EMAIL"),
            "Whom to write to for help, told in /.well-known/matrix/support."
        ) { (value, site) throws(Refusal) in
            guard EmailAddress(value.text) != nil else {
                throw Refusal(takes: "an e-mail address, as in aide@chat.example")
            }
            site.configuration.supportAddress = value.text
        },
        Setting(
            "trust", .text("FILE"),
            "A certificate authority of one's own, in PEM, for what the server calls."
        ) { (value, site) throws(Refusal) in
            guard try value.content().contains("-----BEGIN CERTIFICATE-----") else {
                throw Refusal(takes: "a file with a certificate in PEM")
            }
            site.configuration.trustedAuthority = value.text
        },
        Setting("web", .text("DIR"), "Folder of the built web client.") {
            (value, site) throws(Refusal) in
            let folder = try value.existingFolder()
            guard (try? Written(folder + "/index.html").existingFile()) != nil else {
                throw Refusal(takes: "a folder with the built web client, index.html in it")
            }
            site.configuration.webFolder = folder
        },
    ]

    static let storage = [
        Setting(
            "database", .text("URL"), standard: "sqlite",
            "sqlite, which is a file in the data folder, or a postgres:// URL."
        ) { (value, site) throws(Refusal) in
            let lower = value.text.lowercased()
            guard
                lower == "sqlite" || lower.hasPrefix("postgres://")
                    || lower.hasPrefix("postgresql://")
            else { throw Refusal(takes: "sqlite or postgres://USER@HOST/NAME") }
            site.database = value.text
        },
        Setting(
            "database-password-file", .text("FILE"),
            "A file with the password of PostgreSQL, so that the URL need not hold it."
        ) { (value, site) throws(Refusal) in site.databasePassword = try value.secret() },
    ]
}
