import Foundation

/// The row in which one writer notes the number of the group it writes, in the same transaction:
/// by it one can tell how a COMMIT ended whose answer was lost.
///
/// Not PostgreSQL's own transaction numbers: after a failover the new server gives the same numbers
/// to other transactions.
struct PostgresWriterRecord: Sendable {
    let location: String
    /// Of this process and database, chosen at random.
    let writer: Int64
    /// How long to look for the answer.
    let patience: Duration

    func statement(settingGroup number: Int64) -> SQL {
        """
        INSERT INTO stream_writers (writer, last_group, updated_ts)
        VALUES (\(writer), \(number), CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT))
        ON CONFLICT (writer) DO UPDATE
        SET last_group = EXCLUDED.last_group, updated_ts = EXCLUDED.updated_ts
        """
    }

    /// Returns if the group was committed.
    ///
    /// - Throws: `disconnected` if it was not, `unknownOutcome` if that cannot be learnt in time.
    func requireCommit(ofGroup number: Int64, after error: DatabaseError) throws {
        let began = ContinuousClock.now
        var last: any Error = error
        while ContinuousClock.now - began < patience {
            do {
                guard try lastGroup() == number else { throw Outcome.notCommitted }
                return
            } catch Outcome.notCommitted {
                throw error
            } catch {
                last = error
                Thread.sleep(forTimeInterval: Double.random(in: 0.05...0.2))
            }
        }
        throw DatabaseError.unknownOutcome("\(last)")
    }

    private enum Outcome: Error {
        case notCommitted
    }

    /// Waits for the transaction in doubt to end, if the server still has it open.
    private func lastGroup() throws -> Int64? {
        let connection = try PostgresConnection(location)
        defer { connection.close() }
        let session = PostgresSession(
            connection: connection, writer: self, statementCacheSize: 4)
        try session.script("SET lock_timeout = '2s'")
        try connection.send("BEGIN")
        // The first waits for an insertion in doubt, the second for an update.
        _ = try session.run(
            """
            INSERT INTO stream_writers (writer, last_group, updated_ts) VALUES (\(writer), 0, 0)
            ON CONFLICT (writer) DO NOTHING
            """)
        var number: Int64?
        try session.query(
            "SELECT last_group FROM stream_writers WHERE writer = \(writer) FOR UPDATE"
        ) {
            number = try $0.int(0)
            return false
        }
        session.rollback()
        return number
    }
}
