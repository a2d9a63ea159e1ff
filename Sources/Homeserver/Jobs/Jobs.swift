import Logging
import MatrixTypes

/// Runs the jobs that the features bring, each beside the others.
struct Jobs: Sendable {
    /// Between two steps of a job, so that it never takes more than its share of the writes.
    static let pause = Duration.milliseconds(20)
    /// After a step has failed.
    static let pauseAfterFailure = Duration.seconds(60)

    let jobs: [any Job]
    let clock: any WallClock
    let logger: Logger

    /// Goes on until cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for job in jobs { group.addTask { await run(job) } }
        }
    }

    private func run(_ job: any Job) async {
        while !Task.isCancelled {
            var rest = job.interval
            do {
                if try await job.step(at: clock.now) { rest = Self.pause }
            } catch is CancellationError {
                return
            } catch {
                logger.error(
                    "A job has failed.", metadata: ["job": "\(job.name)", "error": "\(error)"])
                rest = Self.pauseAfterFailure
            }
            do { try await Task.sleep(for: rest) } catch { return }
        }
    }

    /// Does all that is due, at once.
    func finish() async throws {
        for job in jobs {
            while try await job.step(at: clock.now) { try Task.checkCancellation() }
        }
    }
}
