import ArgumentParser
import Database
import Foundation
import Homeserver
import MatrixTypes

/// The options of `chappe serve`.
struct ServeOptions: ParsableArguments {
    @Option(help: "The name of this server, the part after the colon of every user ID.")
    var serverName: String

    @Option(help: "Address and port to listen at.")
    var listen = "127.0.0.1:8008"

    @Option(help: "Folder for everything that is kept.")
    var data: String

    @Option(help: "sqlite (the default, in the data folder) or a postgres:// URL.")
    var database: String?

    @Option(help: "Folder of the built web client.")
    var web: String?

    @Flag(help: "Let anybody make an account. For tests and measurements, on a local name.")
    var openRegistration = false

    @Flag(help: "Limit no rates. For tests and measurements, on a local name.")
    var noRateLimits = false

    @Flag(help: "Let the server call loopback addresses. For tests, on a local name.")
    var allowLoopback = false

    @Option(
        help: "A file with the secret of /_synapse/admin/v1/register. For tests, on a local name.")
    var registrationSecretFile: String?

    @Flag(help: "Only what the specification decides: this deployment's policies off.")
    var plainMatrix = false

    /// Goes away once the web client encrypts: then private rooms always are.
    @Flag(help: "Encrypt private rooms from their creation, and refuse plain messages in them.")
    var encryptPrivateRooms = false

    func validate() throws {
        guard ServerName(serverName) != nil else {
            throw ValidationError("'\(serverName)' is no server name.")
        }
        if openRegistration || noRateLimits || allowLoopback || registrationSecretFile != nil,
            !isLocal
        {
            throw ValidationError(
                "--open-registration, --no-rate-limits, --allow-loopback and "
                    + "--registration-secret-file are for local names: localhost, a loopback "
                    + "address, or a name that ends in .localhost or .test.")
        }
        _ = try address()
    }

    /// Whether the server name says that nobody else can reach this server.
    private var isLocal: Bool {
        guard let name = ServerName(serverName) else { return false }
        let host = name.host
        return host == "localhost" || host.hasSuffix(".localhost") || host.hasSuffix(".test")
            || host.hasPrefix("127.") || host == "[::1]"
    }

    func address() throws -> (host: String, port: Int) {
        guard let colon = listen.lastIndex(of: ":"),
            let port = Int(listen[listen.index(after: colon)...]), (0...65535).contains(port)
        else { throw ValidationError("--listen takes HOST:PORT.") }
        return (String(listen[..<colon].trimmingPrefix("[")).replacing("]", with: ""), port)
    }

    func configuration() throws -> Configuration {
        guard let name = ServerName(serverName) else {
            throw ValidationError("'\(serverName)' is no server name.")
        }
        var configuration = Configuration(serverName: name, dataFolder: data)
        if let database, database != "sqlite" { configuration.database = .postgres(database) }
        configuration.hasOpenRegistration = openRegistration
        configuration.hasRateLimits = !noRateLimits
        configuration.hasPolicies = !plainMatrix
        configuration.encryptsPrivateRooms = encryptPrivateRooms
        configuration.webFolder = web
        if let registrationSecretFile {
            configuration.registrationSecret = try String(
                contentsOfFile: registrationSecretFile, encoding: .utf8
            ).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        configuration.publicBaseURL = isLocal ? "http://\(listen)" : "https://\(serverName)"
        return configuration
    }
}
