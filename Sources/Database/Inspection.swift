/// What a database says of itself to somebody who only looks.
package struct DatabaseInspection: Sendable {
    /// `SQLite 3.40.1`
    package var version = ""
    /// What the engine found broken, a line each; at most 20.
    package var damage: [String] = []
    /// Settings by which acknowledged commits could be lost: `fsync is off`.
    package var weakSettings: [String] = []
    /// The names of those that have run.
    package var migrations: [String] = []
}

extension Database {
    /// Looks into a database beside whoever uses it, and changes nothing.
    ///
    /// Takes as long as reading all of it on SQLite.
    ///
    /// - Throws: `DatabaseError`; `io` where there is no database.
    package static func inspect(_ location: DatabaseLocation) async throws -> DatabaseInspection {
        try await withCheckedThrowingContinuation { continuation in
            WorkerThread.start(named: "db-inspect") {
                continuation.resume(with: Result { try inspectNow(location) })
            }
        }
    }

    static func inspectNow(_ location: DatabaseLocation) throws -> DatabaseInspection {
        let source = try Opening.source(of: location, options: DatabaseOptions())
        defer { source.dispose() }
        let session = try source.openReader()
        defer { session.close() }
        var inspection = DatabaseInspection()
        switch session.engine {
        case .sqlite:
            // What the server's own connection is set to it sees to itself: see `SQLiteSource`.
            inspection.version = "SQLite " + (try session.texts("SELECT sqlite_version()")[0])
            inspection.damage = try session.texts("PRAGMA integrity_check(20)").filter {
                $0 != "ok"
            }
        case .postgres:
            inspection.version = "PostgreSQL " + (try session.texts("SHOW server_version")[0])
            // `synchronous_commit` the server turns on for itself: see `PostgresSource`.
            for setting in ["fsync", "full_page_writes"]
            where try session.texts("SELECT current_setting(\(setting))") == ["off"] {
                inspection.weakSettings.append("\(setting) is off")
            }
        }
        inspection.migrations = try session.texts("SELECT name FROM schema_migrations")
        return inspection
    }
}

extension Session {
    /// The first column of each row.
    func texts(_ sql: SQL) throws -> [String] {
        var texts: [String] = []
        try query(sql) { row in
            texts.append(try row.text(0))
            return true
        }
        return texts
    }
}
