import Glibc
import Homeserver
import NIOCore

/// Whether something answers at an address. Blocking, and bounded by a few seconds.
enum Reach {
    private static let patienceSeconds = 5

    static func connects(_ host: String, _ port: Int) -> Bool {
        exchange(.network(host: host, port: port), saying: [], over: SOCK_STREAM) != nil
    }

    /// Connects, says something and hears the first bytes of what comes back.
    ///
    /// - Parameter saying: Empty: nothing is said, and nothing waited for.
    /// - Returns: Nil where there is no connection; empty where nothing comes back.
    static func exchange(
        _ address: DaemonAddress, saying bytes: [UInt8], listens: Bool = false,
        over kind: __socket_type
    ) -> [UInt8]? {
        guard let place = resolve(address) else { return nil }
        let descriptor = socket(
            Int32(place.protocol.rawValue), Int32(kind.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(
                descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        let status = place.withSockAddr { pointer, length in
            connect(descriptor, pointer, socklen_t(length))
        }
        guard status == 0 else { return nil }
        if !bytes.isEmpty {
            guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
                return nil
            }
        }
        guard listens || !bytes.isEmpty else { return [] }
        var answer = [UInt8](repeating: 0, count: 512)
        let count = recv(descriptor, &answer, answer.count, 0)
        return count > 0 ? Array(answer[..<count]) : []
    }

    private static func resolve(_ address: DaemonAddress) -> SocketAddress? {
        switch address {
        case .network(let host, let port):
            try? SocketAddress.makeAddressResolvingHost(host, port: port)
        case .socket(let path): try? SocketAddress(unixDomainSocketPath: path)
        }
    }
}
