import Database
import Dispatch

/// Holds threads until it is opened, and none from then on.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    /// Blocks the thread: for the closures of blocks only, which have threads of their own.
    func wait() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// Runs blocks in this order, in one group unless something goes wrong.
///
/// The group begins with a block of its own that holds the writer until all are waiting. Needs
/// `DatabaseOptions.patient`.
func writeTogether<Value: Sendable>(
    _ database: Database, _ blocks: [@Sendable (Connection) throws -> Value]
) async -> [Result<Value, any Error>] {
    let gate = Gate()
    let (begun, beginning) = AsyncStream.makeStream(of: Void.self)
    let holder = Task {
        // A test's faults may hit this one as well.
        var hasRun = false
        while !hasRun {
            do {
                try await database.write { _ in
                    beginning.finish()
                    gate.wait()
                }
                hasRun = true
            } catch is DatabaseError {
                continue
            }
        }
    }
    for await _ in begun {}
    var tasks: [Task<Value, any Error>] = []
    for block in blocks {
        tasks.append(Task { try await database.write(block) })
        while database.metrics.waiting < tasks.count { await Task.yield() }
    }
    gate.open()
    _ = await holder.result
    var results: [Result<Value, any Error>] = []
    for task in tasks { results.append(await task.result) }
    return results
}

extension DatabaseOptions {
    /// A group that takes as long as its slowest block.
    static var patient: DatabaseOptions {
        var options = DatabaseOptions()
        options.maxGroupDuration = .seconds(3600)
        options.maxSilence = .seconds(3600)
        options.maxOutage = .milliseconds(200)
        return options
    }
}
