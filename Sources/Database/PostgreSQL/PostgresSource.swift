/// A database on a PostgreSQL server.
struct PostgresSource: SessionSource {
    let engine = Engine.postgres
    private let location: String
    private let record: PostgresWriterRecord
    private let statementCacheSize: Int
    private let maxSilence: Duration

    init(location: String, options: DatabaseOptions) {
        self.location = location
        statementCacheSize = options.statementCacheSize
        maxSilence = options.maxSilence
        record = PostgresWriterRecord(
            location: location, writer: Int64.random(in: 1...Int64.max),
            patience: options.maxOutage)
    }

    func openWriter() throws -> any Session {
        let session = try open()
        // With `off` a crash of the server would lose acknowledged commits.
        try session.script(
            """
            SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off'
            """)
        return session
    }

    func openReader() throws -> any Session { try open() }

    func dispose() {}

    private func open() throws -> any Session {
        let session = PostgresSession(
            connection: try PostgresConnection(location), writer: record,
            statementCacheSize: statementCacheSize)
        // Each bounds what a node that hangs, or a query that went wrong, can hold up.
        try session.script(
            """
            SET statement_timeout = '30s';
            SET lock_timeout = '5s';
            SET idle_in_transaction_session_timeout = '\(maxSilence.components.seconds)s';
            """)
        return session
    }
}
