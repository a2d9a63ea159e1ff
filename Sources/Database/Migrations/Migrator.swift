import Logging

/// Brings a database to the schema of this program.
struct Migrator {
    let session: any Session
    let logger: Logger

    /// Runs the migrations that have not run yet, each in a transaction of its own.
    ///
    /// - Throws: `DatabaseError.unusable` when the database knows a migration that we do not: it
    ///   was used by a newer program.
    func run(_ migrations: [Migration]) throws {
        try prepare()
        let known = Set(migrations.map(\.name))
        precondition(known.count == migrations.count, "Two migrations of one name.")
        let strangers = try applied().subtracting(known)
        guard strangers.isEmpty else {
            throw DatabaseError.unusable(
                "The database was used by a newer version: \(strangers.sorted().joined(separator: ", "))"
            )
        }
        for migration in migrations { try run(migration) }
    }

    /// Makes the tables of our own. The one row of `stream` is the sequence of all changes.
    private func prepare() throws {
        try transaction {
            for statement in Self.ownTables(session.engine) {
                try session.script(Dialect(engine: session.engine).respell(statement))
            }
            _ = try session.run(
                """
                INSERT INTO stream (id, position, incarnation)
                VALUES (1, 0, \(Int64.random(in: 1...Int64.max)))
                ON CONFLICT (id) DO NOTHING
                """)
        }
    }

    private func run(_ migration: Migration) throws {
        try transaction {
            // Another node may have just run it.
            guard try !applied().contains(migration.name) else { return }
            for statement in migration.statements {
                try session.script(statement.text(for: session.engine))
            }
            _ = try session.run(
                "INSERT INTO schema_migrations (name) VALUES (\(migration.name))")
            logger.info("A migration has run.", metadata: ["migration": "\(migration.name)"])
        }
    }

    private func applied() throws -> Set<String> {
        var names: Set<String> = []
        try session.query("SELECT name FROM schema_migrations") {
            names.insert(try $0.text(0))
            return true
        }
        return names
    }

    private func transaction(_ body: () throws -> Void) throws {
        switch session.engine {
        case .sqlite: try session.script("BEGIN IMMEDIATE")
        case .postgres:
            // Nodes that start together take turns, and a migration may take long. The number is
            // any that others do not use.
            try session.script(
                """
                BEGIN;
                SET LOCAL lock_timeout = '10min';
                SET LOCAL statement_timeout = '10min';
                SELECT pg_advisory_xact_lock(6834791, hashtext(current_schema()))
                """)
        }
        do {
            try body()
            try session.commit()
        } catch {
            session.rollback()
            throw error
        }
    }

    private static func ownTables(_ engine: Engine) -> [String] {
        engine == .postgres ? tables + [writersTable] : tables
    }

    private static let tables = [
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            name TEXT NOT NULL PRIMARY KEY
        )
        """,
        """
        CREATE TABLE IF NOT EXISTS stream (
            id          SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
            position    BIGINT   NOT NULL, -- the place taken last by a committed change
            incarnation BIGINT   NOT NULL  -- random; another one after a restore
        )
        """,
    ]

    /// See `PostgresWriterRecord`.
    private static let writersTable = """
        CREATE TABLE IF NOT EXISTS stream_writers (
            writer     BIGINT NOT NULL PRIMARY KEY, -- random, one for each start of a node
            last_group BIGINT NOT NULL, -- random, of the group it committed last
            updated_ts BIGINT NOT NULL  -- milliseconds since the Unix epoch
        );
        -- Of nodes that are gone.
        DELETE FROM stream_writers
        WHERE updated_ts < EXTRACT(EPOCH FROM now() - INTERVAL '30 days') * 1000
        """
}
