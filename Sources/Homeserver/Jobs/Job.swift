import MatrixTypes

/// Work that nobody waits for and that comes again: forgetting what has expired, removing history.
///
/// Done in steps, each bounded, so that no write waits long for one. What a step has done stays done;
/// a process that ends between two goes on, at its next start, where it was. With several nodes, each
/// may take the same step: the second finds less to do, or nothing.
protocol Job: Sendable {
    /// What it is called in the log.
    var name: String { get }

    /// How long it rests once there is nothing left to do.
    var interval: Duration { get }

    /// Does a bounded part of what is due at a time.
    ///
    /// - Returns: Whether there may be more.
    func step(at now: Timestamp) async throws -> Bool
}
