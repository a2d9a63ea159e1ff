import Logging

/// What `Database.open` does, on the thread that then becomes the writer's.
struct Opening: Sendable {
    let source: any SessionSource
    let incarnation: Int64
    let shared: SharedState
    let queue: WriteQueue
    let closing: Closing

    static func start(
        _ location: DatabaseLocation, migrations: [Migration], logger: Logger,
        options: DatabaseOptions
    ) async throws -> Opening {
        try await withCheckedThrowingContinuation { continuation in
            WorkerThread.start(named: "db-write") {
                let opening: Opening
                let loop: WriteLoop
                let writer: Writer
                do {
                    (opening, writer) = try open(
                        location, migrations: migrations, logger: logger, options: options)
                    loop = WriteLoop(
                        queue: opening.queue, writer: writer, shared: opening.shared,
                        options: options)
                } catch {
                    continuation.resume(throwing: error)
                    return
                }
                continuation.resume(returning: opening)
                loop.run()
                // Readers may still be at work; SQLite's last connection tidies up.
                opening.closing.waitForReaders()
                writer.close()
                opening.source.dispose()
                opening.closing.end()
            }
        }
    }

    private static func open(
        _ location: DatabaseLocation, migrations: [Migration], logger: Logger,
        options: DatabaseOptions
    ) throws -> (Opening, Writer) {
        let source = try source(of: location, options: options)
        var opened: (any Session)?
        do {
            var session = try source.openWriter()
            opened = session
            try Migrator(session: session, logger: logger).run(migrations)
            let shared = SharedState()
            shared.advance(to: try session.position())
            let queue = WriteQueue(maxWaiting: options.maxWaiting)
            let opening = Opening(
                source: source, incarnation: try incarnation(session), shared: shared,
                queue: queue, closing: Closing())
            var writersSource = source
            if let faults = options.faults {
                session = FaultySession(session, faults)
                writersSource = FaultySource(source: source, faults: faults)
            }
            let writer = Writer(
                session: session, source: writersSource, shared: shared,
                maxOutage: options.maxOutage, logger: logger, isClosing: { queue.isClosed })
            return (opening, writer)
        } catch {
            opened?.close()
            source.dispose()
            throw error
        }
    }

    static func source(
        of location: DatabaseLocation, options: DatabaseOptions
    ) throws -> any SessionSource {
        switch location {
        case .sqliteFile(let path): SQLiteSource(path: path, options: options)
        case .sqliteMemory: try SQLiteSource(temporaryWith: options)
        case .postgres(let url): PostgresSource(location: url, options: options)
        }
    }

    private static func incarnation(_ session: any Session) throws -> Int64 {
        var incarnation: Int64?
        try session.query("SELECT incarnation FROM stream") {
            incarnation = try $0.int(0)
            return false
        }
        guard let incarnation else { throw DatabaseError.corrupt("The table stream has no row.") }
        return incarnation
    }
}
