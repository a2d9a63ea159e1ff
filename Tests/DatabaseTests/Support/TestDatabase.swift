import Database
import DatabaseTesting
import Logging

/// Opens an empty database of an engine, lends it, and closes it.
@discardableResult
func withDatabase<Value>(
    _ engine: Engine, _ migrations: [Migration] = [], options: DatabaseOptions = DatabaseOptions(),
    _ body: (Database) async throws -> Value
) async throws -> Value {
    let database = try await Database.open(
        try await location(engine), migrations: migrations, logger: .silent, options: options)
    do {
        let value = try await body(database)
        await database.close()
        return value
    } catch {
        await database.close()
        throw error
    }
}

/// A new place for a database of an engine.
func location(_ engine: Engine) async throws -> DatabaseLocation {
    switch engine {
    case .sqlite: .sqliteMemory
    case .postgres: try await TemporaryPostgres.location()
    }
}

extension Engine {
    static let all: [Engine] = [.sqlite, .postgres]
}

extension Logger {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
