package import HummingbirdCore
import HummingbirdHTTP2
import NIOCore
import NIOSSL
import Synchronization

/// The certificate that the server shows, and its key: read from files, and again when they change,
/// so that a renewed certificate needs no restart.
package final class TLSCertificates: Sendable {
    private struct Pair: Sendable {
        let chain: [NIOSSLCertificate]
        let key: NIOSSLPrivateKey
    }

    /// Why the files cannot be used, as a whole sentence.
    package struct Unusable: Error, CustomStringConvertible {
        package let description: String
    }

    /// What a certificate says of itself.
    package struct Validity: Sendable {
        /// Seconds since the Unix epoch.
        package let from: Int64
        package let until: Int64
    }

    private let certificateFile: String
    private let keyFile: String
    private let current: Mutex<Pair>

    /// - Throws: `Unusable`.
    package init(certificateFile: String, keyFile: String) throws {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        current = Mutex(try Self.read(certificateFile, keyFile))
    }

    /// Reads the files again. What was there before stays where they cannot be used.
    ///
    /// - Returns: Whether the certificate is another one now.
    /// - Throws: `Unusable`.
    package func reload() throws -> Bool {
        let pair = try Self.read(certificateFile, keyFile)
        return current.withLock { current in
            defer { current = pair }
            return current.chain != pair.chain
        }
    }

    /// Those of the certificate that is the server's own.
    package var validity: Validity? {
        current.withLock { pair in
            pair.chain.first.map {
                Validity(from: Int64($0.notValidBefore), until: Int64($0.notValidAfter))
            }
        }
    }

    /// Whether the certificate is for a host, by its subject alternative names.
    package func isFor(host: String) -> Bool {
        let wanted = host.lowercased()
        let names = current.withLock { pair -> [String] in
            guard let leaf = pair.chain.first else { return [] }
            return leaf._subjectAlternativeNames().compactMap { name in
                guard name.nameType == .dnsName else { return nil }
                return name.contents.withUnsafeBufferPointer {
                    String(decoding: $0, as: UTF8.self).lowercased()
                }
            }
        }
        return names.contains { name in
            if name == wanted { return true }
            guard name.hasPrefix("*."), let dot = wanted.firstIndex(of: ".") else { return false }
            return wanted[dot...] == name.dropFirst()
        }
    }

    /// For the server: each new connection is shown the certificate of that moment.
    fileprivate var configuration: TLSConfiguration {
        let pair = current.withLock { $0 }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: pair.chain.map { .certificate($0) }, privateKey: .privateKey(pair.key)
        )
        configuration.minimumTLSVersion = .tlsv12
        configuration.sslContextCallback = { [self] _, promise in
            let pair = current.withLock { $0 }
            var change = NIOSSLContextConfigurationOverride()
            change.certificateChain = pair.chain.map { .certificate($0) }
            change.privateKey = .privateKey(pair.key)
            promise.succeed(change)
        }
        return configuration
    }

    private static func read(_ certificateFile: String, _ keyFile: String) throws -> Pair {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificateFile)
        } catch {
            throw Unusable(
                description: "\(certificateFile) holds no certificate in PEM that can be read.")
        }
        guard let leaf = chain.first else {
            throw Unusable(description: "\(certificateFile) holds no certificate.")
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        } catch {
            throw Unusable(description: "\(keyFile) holds no private key in PEM that can be read.")
        }
        do {
            // Fails where the key is not that of the certificate.
            _ = try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: [.certificate(leaf)], privateKey: .privateKey(key)))
        } catch {
            throw Unusable(
                description: "The key in \(keyFile) is not that of the certificate in "
                    + "\(certificateFile): take both from the same request.")
        }
        return Pair(chain: chain, key: key)
    }
}

extension HTTPServerBuilder {
    /// The server as it has to stand before strangers, by TLS: HTTP/2 where the client knows it.
    package static func guarded(by certificates: TLSCertificates) throws -> HTTPServerBuilder {
        try .http2Upgrade(
            tlsConfiguration: certificates.configuration,
            configuration: HTTP2ChannelConfiguration(
                idleTimeout: .nanoseconds(ConnectionGuard.idleTimeout.nanoseconds),
                streamConfiguration: .guarded(additionalChannelHandlers: [ConnectionGuard()])))
    }
}
