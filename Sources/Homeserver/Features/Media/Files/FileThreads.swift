import NIOPosix

/// Threads for calls that wait for a disk, so that no request waits for another's file.
///
/// Not those that hash passwords: a rush of logins must not hold up downloads.
final class FileThreads: Sendable {
    private let pool: NIOThreadPool

    init(count: Int) {
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    deinit { pool.shutdownGracefully { _ in } }

    func run<Value: Sendable>(_ body: @Sendable @escaping () throws -> Value) async throws -> Value
    {
        try await pool.runIfActive(body)
    }
}
