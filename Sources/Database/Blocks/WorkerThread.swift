import Dispatch
import Foundation

/// A thread of ours for work that blocks, which Swift's own threads must not do.
enum WorkerThread {
    /// Deep enough for recursive algorithms over rooms of any shape, and only reserved, not used.
    private static let stackBytes = 8 << 20

    static func start(named name: String, _ body: @escaping @Sendable () -> Void) {
        let thread = Thread(block: body)
        thread.name = name
        thread.stackSize = stackBytes
        thread.start()
    }
}
