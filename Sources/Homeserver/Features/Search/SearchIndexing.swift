import Database
import Logging
import MatrixTypes

/// Fills the index, after the commit: no send waits for it.
///
/// Events are read in the order of positions beside the writes, their words are cut in this task,
/// and one short write block keeps a batch with the new place. A crash between the two loses
/// nothing: the batch is read again. With several nodes each tries; the one that moves the place
/// keeps its batch.
struct SearchIndexing: Sendable {
    /// Holds up other writes for a few milliseconds.
    static let mostEvents = 256
    /// Of contents: as much text as one write block keeps in that time, however long the messages are.
    static let mostBytes = 131_072
    /// A step looks no further, so that positions without events cost no long read either.
    static let mostPositions: Int64 = 20_000
    /// What comes within this time goes into one batch, unless somebody searches.
    static let patience = Duration.milliseconds(250)

    /// Where more write blocks than this are run in a second, the index takes a twentieth of the time.
    static let busyRate = 500.0

    let database: Database
    let engine: RoomEngine
    let progress: SearchProgress
    let logger: Logger

    /// Keeps the index up to date until cancelled.
    func run() async {
        while !Task.isCancelled {
            await progress.committed.wait(for: progress.indexed.value + 1)
            await progress.asked.wait(for: progress.indexed.value + 1, atMost: Self.patience)
            do {
                try await catchUp()
            } catch is CancellationError {
                return
            } catch {
                logger.error("The search index was not filled.", metadata: ["error": "\(error)"])
                do { try await Task.sleep(for: .seconds(1)) } catch { return }
            }
        }
    }

    /// Brings the index to the newest event.
    func catchUp() async throws {
        var isBehind = true
        while isBehind {
            try Task.checkCancellation()
            let blocks = database.metrics.blocks
            let began = ContinuousClock.now
            isBehind = try await step()
            let took = ContinuousClock.now - began
            let rate = Double(database.metrics.blocks - blocks) / (took / .seconds(1))
            guard isBehind, rate > Self.busyRate, progress.asked.value <= progress.indexed.value
            else { continue }
            // Much is written, and nobody searches: what is left waits for a quieter time.
            await progress.asked.wait(
                for: progress.indexed.value + 1, atMost: min(took * 19, .seconds(2)))
        }
    }

    /// Takes one batch into the index.
    ///
    /// - Returns: Whether there is more to do.
    func step() async throws -> Bool {
        let batch = try await database.read { [engine] db in
            try SearchBatch(in: engine.timeline(in: db))
        }
        // The place is kept in memory while there is nothing to keep beside it.
        if batch.hasContent || batch.end - batch.start > Self.mostPositions / 4 {
            let documents = batch.documents()
            let isKept = try await database.write { [engine] db in
                try batch.keep(documents, in: engine.timeline(in: db))
            }
            guard isKept else { return true }
        }
        progress.indexed.advance(to: batch.end)
        return batch.isFollowed
    }
}
