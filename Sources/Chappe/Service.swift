import Database
import Foundation
import Glibc
import Homeserver
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Starts the homeserver behind its HTTP servers, and ends all in order.
struct Service {
    let site: Site
    /// Variables of the environment that look like ours and are not.
    let strayVariables: [String]

    /// - Throws: Exit code 78 or 69, with a line that says what to do, where it cannot start.
    func run() async throws {
        Allocator.giveBack()
        var logger = Logger(label: "chappe", factory: JSONLines.init)
        logger.logLevel = site.logLevel
        for name in strayVariables {
            logger.notice("A variable is no setting.", metadata: ["variable": "\(name)"])
        }
        let folder = try DataFolder.open(site)
        let certificates = try certificates()
        for address in listeners { try await Listening.check(address) }
        let key = try SigningKeyFile(path: site.signingKeyFile).read()
        let homeserver = try await StartFailure.explained {
            try await Homeserver(site.configuration, key: key, logger: logger)
        }
        do {
            try await serve(homeserver, folder, certificates, logger)
            await homeserver.database.close()
        } catch {
            await homeserver.database.close()
            throw error
        }
    }

    private var listeners: [Address] {
        [site.listen, site.tlsListen, site.adminListen].compactMap { $0 }
    }

    private func serve(
        _ homeserver: Homeserver, _ folder: DataFolder, _ certificates: TLSCertificates?,
        _ logger: Logger
    ) async throws {
        func application(_ edge: Edge, _ server: HTTPServerBuilder, _ address: BindAddress)
            -> ServiceGroupConfiguration.ServiceConfiguration
        {
            .init(
                service: Application(
                    responder: edge, server: server,
                    configuration: ApplicationConfiguration(address: address), logger: logger))
        }
        // Ended from the last to the first: who waits for news is let go before connections are
        // waited for.
        var services = [application(homeserver.edge, .guarded, site.listen.binding)]
        if let certificates, let address = site.tlsListen {
            services.append(
                application(homeserver.edge, try .guarded(by: certificates), address.binding))
        }
        if let address = site.adminListen {
            services.append(application(homeserver.operations, .guarded, address.binding))
        }
        services.append(
            application(
                homeserver.console, .guarded, .unixDomainSocket(path: folder.consoleSocketPath)))
        services.append(
            .init(service: Reloading(certificates: certificates, logger: logger)))
        services.append(.init(service: Background(homeserver: homeserver)))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        folder.removeConsoleSocket()
    }

    private func certificates() throws -> TLSCertificates? {
        guard let certificate = site.tlsCertificate, let key = site.tlsKey else { return nil }
        do {
            return try TLSCertificates(certificateFile: certificate, keyFile: key)
        } catch let error as TLSCertificates.Unusable {
            throw StartFailure.configuration(error.description)
        }
    }
}

extension Address {
    fileprivate var binding: BindAddress { .hostname(host, port: port) }
}

/// What the homeserver does beside the requests.
private struct Background: ServiceLifecycle.Service {
    let homeserver: Homeserver

    func run() async throws {
        await cancelWhenGracefulShutdown { await homeserver.run() }
    }
}
