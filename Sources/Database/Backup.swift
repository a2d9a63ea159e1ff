import Foundation
import GRDB

extension Database {
    /// Copies a database of SQLite to a new file: one snapshot, page by page, while whoever uses it
    /// goes on writing.
    ///
    /// - Parameter destination: A path where nothing is. The copy is on the disk when this returns.
    /// - Returns: What the copy says of itself, looked at whole.
    /// - Throws: `DatabaseError`; `corrupt` where the copy is damaged.
    package static func copySQLite(
        at path: String, to destination: String
    ) async throws -> DatabaseInspection {
        try await withCheckedThrowingContinuation { continuation in
            WorkerThread.start(named: "db-backup") {
                continuation.resume(with: Result { try copyNow(path, destination) })
            }
        }
    }

    private static func copyNow(
        _ path: String, _ destination: String
    ) throws -> DatabaseInspection {
        do {
            var reading = Configuration()
            reading.readonly = true
            reading.busyMode = .timeout(30)
            let source = try DatabaseQueue(path: path, configuration: reading)
            let copy = try DatabaseQueue(path: destination)
            // All in one step: one snapshot, which the writer does not make begin anew.
            try source.backup(to: copy, pagesPerStep: -1)
            try copy.close()
            try source.close()
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError.grdb(error)
        }
        let inspection = try inspectNow(.sqliteFile(destination))
        guard inspection.damage.isEmpty else {
            throw DatabaseError.corrupt(inspection.damage.joined(separator: "; "))
        }
        return inspection
    }

    /// Gives a database that was put back its new incarnation, so that no sync goes on from a
    /// position that was handed out after the backup.
    ///
    /// - Throws: `DatabaseError`.
    package static func beginIncarnation(_ location: DatabaseLocation) async throws {
        try await withCheckedThrowingContinuation { continuation in
            WorkerThread.start(named: "db-restore") {
                continuation.resume(with: Result { try beginNow(location) })
            }
        }
    }

    private static func beginNow(_ location: DatabaseLocation) throws {
        let source = try Opening.source(of: location, options: DatabaseOptions())
        defer { source.dispose() }
        let session = try source.openWriter()
        defer { session.close() }
        try session.script("BEGIN")
        do {
            _ = try session.run(
                "UPDATE stream SET incarnation = \(Int64.random(in: 1...Int64.max))")
            try session.commit()
        } catch {
            session.rollback()
            throw error
        }
    }

    /// Whether there is nothing in a database of PostgreSQL: no table of anybody's.
    package static func isEmpty(_ location: DatabaseLocation) async throws -> Bool {
        try await withCheckedThrowingContinuation { continuation in
            WorkerThread.start(named: "db-inspect") {
                continuation.resume(
                    with: Result {
                        let source = try Opening.source(of: location, options: DatabaseOptions())
                        defer { source.dispose() }
                        let session = try source.openReader()
                        defer { session.close() }
                        return try session.texts(
                            """
                            SELECT table_name::text FROM information_schema.tables
                            WHERE table_schema = current_schema() LIMIT 1
                            """
                        ).isEmpty
                    })
            }
        }
    }
}
