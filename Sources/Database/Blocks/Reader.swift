/// One connection that reads. Belongs to one thread of the pool.
final class Reader {
    private let source: any SessionSource
    private let shared: SharedState
    private var opened: (session: any Session, connection: Connection)?

    init(source: any SessionSource, shared: SharedState) {
        self.source = source
        self.shared = shared
    }

    /// Runs a block on a snapshot of its own and keeps its result in the job.
    ///
    /// Runs it again on another connection if the first was lost, as it is when the server has been
    /// restarted since the last block.
    func run(_ job: Job) {
        shared.count { $0.reads += 1 }
        do {
            do {
                try runOnce(job)
            } catch DatabaseError.disconnected {
                close()
                try runOnce(job)
            }
        } catch {
            job.fail(error)
        }
    }

    private func runOnce(_ job: Job) throws {
        let (session, connection) = try open()
        connection.enter(.read(ReadSnapshot(session: session, shared: shared)))
        defer { connection.enter(.none) }
        do {
            try session.beginSnapshot()
            try job.run(connection)
            if let failure = connection.failure { throw failure }
            try session.endSnapshot()
        } catch {
            session.rollback()
            throw error
        }
    }

    private func open() throws -> (any Session, Connection) {
        if let opened { return opened }
        let session = try source.openReader()
        let connection = Connection(session: session)
        opened = (session, connection)
        return (session, connection)
    }

    func close() {
        opened?.session.close()
        opened = nil
    }
}
