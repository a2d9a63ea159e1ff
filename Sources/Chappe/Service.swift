import Database
import Foundation
import Homeserver
import Hummingbird
import Logging
import MatrixSigning
import ServiceLifecycle
import UnixSignals

/// Starts the homeserver behind its HTTP server, and ends both in order.
struct Service {
    let options: ServeOptions

    func run() async throws {
        Allocator.giveBack()
        var logger = Logger(label: "chappe", factory: JSONLines.init)
        logger.logLevel = .notice
        let configuration = try options.configuration()
        try FileManager.default.createDirectory(
            atPath: options.data, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        let key = try SigningKeyFile(path: options.data + "/signing.key").read()
        let homeserver = try await Homeserver(configuration, key: key, logger: logger)
        let (host, port) = try options.address()
        let app = Application(
            responder: homeserver.edge, server: .guarded,
            configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                // Ended from the last to the first: who waits for news is let go before connections
                // are waited for.
                services: [
                    .init(service: app), .init(service: Background(homeserver: homeserver)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
            await homeserver.database.close()
        } catch {
            await homeserver.database.close()
            throw error
        }
    }
}

/// What the homeserver does beside the requests.
private struct Background: ServiceLifecycle.Service {
    let homeserver: Homeserver

    func run() async throws {
        await cancelWhenGracefulShutdown { await homeserver.run() }
    }
}

/// The file that holds the server's signing key: one line, readable by its owner alone.
struct SigningKeyFile {
    let path: String

    /// Makes the key at the first start.
    func read() throws -> SigningKey {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) {
            guard let key = SigningKey(line: text.trimmingCharacters(in: .whitespacesAndNewlines))
            else { throw CocoaError(.fileReadCorruptFile) }
            return key
        }
        let key = SigningKey.generate()
        let made = FileManager.default.createFile(
            atPath: path, contents: Data((key.line + "\n").utf8),
            attributes: [.posixPermissions: 0o600])
        guard made else { throw CocoaError(.fileWriteUnknown) }
        return key
    }
}
