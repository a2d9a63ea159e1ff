import Database
import Homeserver
import Logging
import MatrixTypes

/// What a site has decided, read and checked: all that the commands act on.
struct Site: Sendable {
    /// What is handed to the homeserver.
    var configuration: Configuration
    var listen = Address(host: "127.0.0.1", port: 8008)
    /// Where TLS is served by the server itself; nil: by something in front of it.
    var tlsListen: Address?
    var tlsCertificate: String?
    var tlsKey: String?
    /// Where `/metrics` and `/health` are, and there alone; nil: beside everything else.
    var adminListen: Address?
    /// As written: `sqlite` or a URL of PostgreSQL.
    var database = "sqlite"
    var databasePassword: String?
    var turnSecret: String?
    var turnURIs: [String] = []
    var turnLifetimeSeconds = 86_400
    var logLevel = Logger.Level.notice

    /// Nothing decided yet. The name stands for none: a site is not used while it has problems.
    init() {
        configuration = Configuration(
            serverName: ServerName(unchecked: "undecided.invalid"), dataFolder: "")
    }

    var dataFolder: String { configuration.dataFolder }
    var serverName: ServerName { configuration.serverName }

    /// Where commands reach the server that runs on the data folder.
    var consoleSocket: String { dataFolder + "/chappe.sock" }
    var signingKeyFile: String { dataFolder + "/signing.key" }

    /// `sqlite` or `postgres`.
    var engineName: String {
        if case .postgres = configuration.database { "postgres" } else { "sqlite" }
    }

    /// Whether the server name says that nobody else can reach this server.
    var isLocal: Bool {
        let host = serverName.host
        return host == "localhost" || host.hasSuffix(".localhost") || host.hasSuffix(".test")
            || host.hasPrefix("127.") || host == "[::1]"
    }
}
