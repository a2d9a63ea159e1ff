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
    func run(_ job: Job) {
        shared.count { $0.reads += 1 }
        do {
            let session: any Session
            let connection: Connection
            (session, connection) = try begin()
            connection.enter(.read(ReadSnapshot(session: session, shared: shared)))
            defer {
                connection.enter(.none)
                session.rollback()
            }
            try job.run(connection)
            if let failure = connection.failure { throw failure }
            try session.endSnapshot()
        } catch {
            job.fail(error)
        }
    }

    /// A connection that the server has closed in the meantime is noticed here, and replaced once.
    private func begin() throws -> (any Session, Connection) {
        if let (session, connection) = opened, session.isConnected {
            do {
                try session.beginSnapshot()
                return (session, connection)
            } catch let error as DatabaseError where !session.isConnected && error.isTransient {
                // Another one, below.
            }
        }
        opened?.session.close()
        opened = nil
        let session = try source.openReader()
        let connection = Connection(session: session)
        opened = (session, connection)
        try session.beginSnapshot()
        return (session, connection)
    }

    func close() {
        opened?.session.close()
        opened = nil
    }
}
