import ArgumentParser
import Glibc
import NIOCore
import NIOPosix

/// Whether an address can be listened at.
enum Listening {
    /// Listens there for an instant.
    ///
    /// - Returns: Nil if it can be; otherwise why not, and what to do.
    static func obstacle(_ address: Address) async -> String? {
        do {
            let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: address.host, port: address.port).get()
            try await channel.close().get()
            return nil
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            return "\(address) is taken by another program: stop that, or choose another port."
        } catch let error as IOError where error.errnoCode == EACCES {
            return "\(address) may not be listened at by this user: choose a port from 1024 on, "
                + "or give the capability CAP_NET_BIND_SERVICE."
        } catch let error as IOError where error.errnoCode == EADDRNOTAVAIL {
            return "\(address) is no address of this machine."
        } catch {
            return "\(address) cannot be listened at: \(error)"
        }
    }

    /// - Throws: Exit code 69.
    static func check(_ address: Address) async throws {
        if let obstacle = await obstacle(address) { throw StartFailure.unavailable(obstacle) }
    }
}
