package import Logging

extension Database {
    /// What all migrations together make, as SQLite holds it: one text, for reading and for a test
    /// that compares it with the `schema.sql` of the repository.
    package static func schema(of migrations: [Migration], logger: Logger) async throws -> String {
        let database = try await open(.sqliteMemory, migrations: migrations, logger: logger)
        do {
            let statements = try await database.read { db in
                // An index that SQLite makes for a constraint has no text; the tables in which it
                // keeps an index of words are its own affair.
                try db.all(
                    """
                    SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT IN (
                        SELECT name FROM pragma_table_list WHERE type = 'shadow')
                    ORDER BY rowid
                    """,
                    as: String.self)
            }
            await database.close()
            return statements.map { $0 + ";\n" }.joined(separator: "\n")
        } catch {
            await database.close()
            throw error
        }
    }
}
