import Foundation
import Synchronization

/// Stands between libpq and the server, and cuts the connection around a COMMIT when asked to.
final class CuttingProxy: Sendable {
    enum Cut: Sendable, CaseIterable {
        /// The server never gets the COMMIT.
        case before
        /// The server gets it, and nobody its answer.
        case after
        /// The server gets it, and the connection is cut without waiting for what it does.
        case during
    }

    /// The folder to give to libpq as `host`.
    let folder: String
    private let server: String
    private let listener: Int32
    private let next = Mutex<Cut?>(nil)

    /// - Parameter server: The folder in which the server's socket is.
    init(to server: String) throws {
        self.server = server
        folder =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("proxy-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        listener = try Self.openSocket(folder) { bind($0, $1, $2) }
        listen(listener, 16)
        Thread.detachNewThread { self.acceptAll() }
    }

    /// Cuts at the writer's next COMMIT, once.
    func cut(_ cut: Cut) { next.withLock { $0 = cut } }

    func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        do { try FileManager.default.removeItem(atPath: folder) } catch {}
    }

    private func acceptAll() {
        while true {
            let client = accept(listener, nil, nil)
            guard client >= 0 else { break }
            do {
                let upstream = try Self.openSocket(server) { connect($0, $1, $2) }
                let pair = Pair(client: client, server: upstream)
                Thread.detachNewThread { self.pumpRequests(pair) }
                Thread.detachNewThread { self.pumpAnswers(pair) }
            } catch {
                Glibc.close(client)
            }
        }
        Glibc.close(listener)
    }

    private func pumpRequests(_ pair: Pair) {
        while let bytes = Self.read(pair.client) {
            if bytes.holds("stream_writers") {
                pair.isWriter.store(true, ordering: .sequentiallyConsistent)
            }
            let isWriter = pair.isWriter.load(ordering: .sequentiallyConsistent)
            let cut = next.withLock { next -> Cut? in
                guard isWriter, bytes.holds("COMMIT") else { return nil }
                defer { next = nil }
                return next
            }
            switch cut {
            case nil: Self.write(bytes, to: pair.server)
            case .before: pair.shutDown()
            case .during:
                Self.write(bytes, to: pair.server)
                pair.shutDown()
            case .after:
                pair.swallowsAnswers.store(true, ordering: .sequentiallyConsistent)
                Self.write(bytes, to: pair.server)
            }
        }
        pair.shutDown()
    }

    private func pumpAnswers(_ pair: Pair) {
        while let bytes = Self.read(pair.server) {
            if pair.swallowsAnswers.load(ordering: .sequentiallyConsistent) { break }
            Self.write(bytes, to: pair.client)
        }
        pair.shutDown()
    }

    /// Both ends of one connection.
    private final class Pair: Sendable {
        let client: Int32
        let server: Int32
        let isWriter = Atomic(false)
        let swallowsAnswers = Atomic(false)

        init(client: Int32, server: Int32) {
            self.client = client
            self.server = server
        }

        deinit {
            Glibc.close(client)
            Glibc.close(server)
        }

        func shutDown() {
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
        }
    }

    private static func read(_ socket: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = Glibc.read(socket, &bytes, bytes.count)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    private static func write(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func openSocket(
        _ folder: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("\(folder)/.s.PGSQL.5432".utf8)
        try withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            guard path.count < bytes.count else { throw Failure.socket(ENAMETOOLONG) }
            bytes.copyBytes(from: path)
        }
        let made = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let code = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(made, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else {
            Glibc.close(made)
            throw Failure.socket(errno)
        }
        return made
    }

    private enum Failure: Error {
        case socket(Int32)
    }
}

extension [UInt8] {
    fileprivate func holds(_ word: String) -> Bool {
        String(decoding: self, as: UTF8.self).contains(word)
    }
}
