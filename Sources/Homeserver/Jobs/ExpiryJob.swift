import Database
import MatrixTypes

/// Deletes rows that have expired, some at a time.
struct ExpiryJob: Job {
    static let mostRows = 500

    let name: String
    let interval: Duration
    let database: Database
    /// Deletes rows that expired before now, as many as the limit at most, and tells how many.
    let delete: @Sendable (Connection, _ now: Timestamp, _ limit: Int) throws -> Int

    func step(at now: Timestamp) async throws -> Bool {
        try await database.write { [delete] in try delete($0, now, Self.mostRows) } >= Self.mostRows
    }
}
