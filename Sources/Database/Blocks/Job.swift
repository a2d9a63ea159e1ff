/// A block that waits to run, and the task that waits for its answer.
///
/// `@unchecked Sendable`: it is handed from the task to a queue and from there to one thread, each
/// time under a lock, and only its holder touches it.
class Job: @unchecked Sendable {
    /// Runs the block and keeps its result. May be called again: the later result counts.
    func run(_ connection: Connection) throws {
        preconditionFailure("A job of no type.")
    }

    /// Sets what the task will be told, if that is an error.
    func fail(_ error: any Error) {
        preconditionFailure("A job of no type.")
    }

    /// Tells the waiting task. Called once.
    func answer() {
        preconditionFailure("A job of no type.")
    }
}

/// A job whose block gives a value of a type.
final class BlockJob<Value: Sendable>: Job, @unchecked Sendable {
    private let block: @Sendable (Connection) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private var result: Result<Value, any Error>?

    init(
        _ block: @escaping @Sendable (Connection) throws -> Value,
        _ continuation: CheckedContinuation<Value, any Error>
    ) {
        self.block = block
        self.continuation = continuation
    }

    override func run(_ connection: Connection) throws {
        result = .success(try block(connection))
    }

    override func fail(_ error: any Error) {
        result = .failure(error)
    }

    override func answer() {
        guard let result else { preconditionFailure("A job answered before it ran.") }
        continuation.resume(with: result)
    }
}
