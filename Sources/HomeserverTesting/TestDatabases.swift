import Database
import DatabaseTesting
import Foundation

/// Databases for tests: SQLite in memory, or a new database on the run's own PostgreSQL server.
enum TestDatabases {
    static func location(of engine: TestEngine) async throws -> DatabaseLocation {
        switch engine {
        case .sqlite: .sqliteMemory
        case .postgres: try await TemporaryPostgres.location()
        }
    }

    /// One that can be opened again once it was closed.
    static func lastingLocation(of engine: TestEngine) async throws -> DatabaseLocation {
        switch engine {
        case .sqlite:
            .sqliteFile(
                FileManager.default.temporaryDirectory
                    .appendingPathComponent("chappe-test-\(UUID().uuidString).db").path)
        case .postgres: try await TemporaryPostgres.location()
        }
    }
}
