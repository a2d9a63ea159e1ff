import Foundation
import GRDB
import GRDBSQLite

/// A database in one file, in WAL mode.
struct SQLiteSource: SessionSource {
    let engine = Engine.sqlite
    private let path: String
    /// The folder that goes with the database, for one that is to leave nothing behind.
    private let temporaryFolder: String?
    private let statementCacheSize: Int

    init(path: String, options: DatabaseOptions) {
        self.path = path
        temporaryFolder = nil
        statementCacheSize = options.statementCacheSize
    }

    /// A database in a folder of its own, in memory where the system has a file system for that.
    ///
    /// SQLite's own databases in memory give no snapshots to readers.
    init(temporaryWith options: DatabaseOptions) throws {
        let files = FileManager.default
        let memory = "/dev/shm"
        let parent =
            files.isWritableFile(atPath: memory)
            ? URL(fileURLWithPath: memory) : files.temporaryDirectory
        let folder = parent.appendingPathComponent("chappe-\(UUID().uuidString)")
        try files.createDirectory(at: folder, withIntermediateDirectories: false)
        path = folder.appendingPathComponent("memory.sqlite").path
        temporaryFolder = folder.path
        statementCacheSize = options.statementCacheSize
    }

    func openWriter() throws -> any Session {
        let session = try open { configuration in
            configuration.journalMode = .wal
            configuration.label = "db-write"
        } then: { session in
            // GRDB sets NORMAL with WAL, by which a power cut would lose acknowledged commits.
            try session.script("PRAGMA synchronous = FULL")
            try session.require("synchronous", is: 2)
            try session.require("foreign_keys", is: 1)
            try session.script(
                """
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -8192;
                PRAGMA mmap_size = 0;
                PRAGMA secure_delete = ON;
                PRAGMA journal_size_limit = 67108864;
                """)
        }
        session.checkpoint(by: try queue { $0.label = "db-checkpoint" })
        return session
    }

    func openReader() throws -> any Session {
        try open { configuration in
            configuration.readonly = true
            configuration.label = "db-read"
        } then: { session in
            try session.script(
                """
                PRAGMA temp_store = MEMORY;
                PRAGMA cache_size = -2048;
                PRAGMA mmap_size = 0;
                """)
        }
    }

    func dispose() {
        guard let temporaryFolder else { return }
        do {
            try FileManager.default.removeItem(atPath: temporaryFolder)
        } catch {
            // The system's own cleaning gets it.
        }
    }

    private func open(
        _ configure: (inout Configuration) -> Void, then setUp: (SQLiteSession) throws -> Void
    ) throws -> SQLiteSession {
        let session = try SQLiteSession(
            owner: try queue(configure), statementCacheSize: statementCacheSize)
        try setUp(session)
        return session
    }

    private func queue(_ configure: (inout Configuration) -> Void) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(5)
        configure(&configuration)
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch let error as GRDB.DatabaseError {
            throw DatabaseError.grdb(error)
        }
    }
}

extension SQLiteSession {
    /// Makes sure that a setting took: SQLite says nothing about one that it ignores.
    fileprivate func require(_ pragma: String, is expected: Int64) throws {
        var found: Int64?
        try query(SQL(text: "PRAGMA \(pragma)")) {
            found = try $0.int(0)
            return false
        }
        guard found == expected else {
            throw DatabaseError.unusable(
                "SQLite's \(pragma) is \(found.map(String.init) ?? "unknown"), not \(expected).")
        }
    }
}

extension DatabaseError {
    static func grdb(_ error: GRDB.DatabaseError) -> DatabaseError {
        let message = error.message ?? "\(error.extendedResultCode)"
        return switch error.resultCode {
        case .SQLITE_FULL: .full(message)
        case .SQLITE_BUSY, .SQLITE_LOCKED: .busy(message)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: .corrupt(message)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: .io(message)
        default: .unusable(message)
        }
    }
}
