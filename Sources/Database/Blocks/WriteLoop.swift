/// What the write queue's thread does: groups of blocks, one transaction for each.
///
/// Belongs to that thread.
final class WriteLoop {
    private let queue: WriteQueue
    private let writer: Writer
    private let shared: SharedState
    private let options: DatabaseOptions
    /// Taken from the queue, and not yet run, from `next` on.
    private var taken: [Job] = []
    private var next = 0

    init(queue: WriteQueue, writer: Writer, shared: SharedState, options: DatabaseOptions) {
        self.queue = queue
        self.writer = writer
        self.shared = shared
        self.options = options
    }

    /// Runs groups until the queue is closed and empty.
    func run() {
        while let first = nextJob(sleeping: true) {
            runGroup(from: first)
        }
    }

    /// Runs a block and those that wait behind it, as many as one group takes.
    private func runGroup(from first: Job) {
        guard let group = begin(for: [first]) else { return }
        var jobs: [Job] = []
        let began = ContinuousClock.now
        do {
            var job: Job? = first
            while let running = job {
                jobs.append(running)
                try writer.runBlock(running, in: group)
                let isFull =
                    jobs.count >= options.maxBlocksInGroup
                    || ContinuousClock.now - began >= options.maxGroupDuration
                job = isFull ? nil : nextJob(sleeping: false)
            }
            try writer.prepareCommit(of: group)
        } catch {
            // Nothing is committed, and it cannot be said which block is to blame.
            writer.undo(group, after: error)
            shared.count { $0.groupsLost += 1 }
            repeatAlone(jobs)
            return
        }
        finish(jobs, group, runningFor: ContinuousClock.now - began)
    }

    /// Runs blocks whose group was lost in transactions of their own, for the last time.
    private func repeatAlone(_ jobs: [Job]) {
        for (index, job) in jobs.enumerated() {
            guard let group = begin(for: jobs[index...]) else { return }
            shared.count { $0.blocksRepeated += 1 }
            let began = ContinuousClock.now
            do {
                try writer.runBlock(job, in: group)
                try writer.prepareCommit(of: group)
            } catch {
                writer.undo(group, after: error)
                shared.count { $0.groupsLost += 1 }
                answer([job], failing: error)
                continue
            }
            finish([job], group, runningFor: ContinuousClock.now - began)
        }
    }

    /// Begins a transaction, or tells these and all who wait that there is none to be had: they
    /// have waited long enough.
    private func begin(for jobs: some Collection<Job>) -> WriteGroup? {
        do {
            return try writer.begin()
        } catch {
            var waiting = Array(jobs)
            while let job = nextJob(sleeping: false) { waiting.append(job) }
            answer(waiting, failing: error)
            return nil
        }
    }

    /// Commits, tells what was committed, and answers.
    private func finish(_ jobs: [Job], _ group: WriteGroup, runningFor running: Duration) {
        let began = ContinuousClock.now
        do {
            try writer.commit(group)
        } catch {
            // Also those whose block threw: that may rest on what was not committed.
            shared.count { $0.groupsLost += 1 }
            answer(jobs, failing: error)
            return
        }
        let committing = ContinuousClock.now - began
        writer.publish(group)
        shared.count { figures in
            figures.groups += 1
            figures.blocks += jobs.count - group.failedBlocks
            figures.blocksFailed += group.failedBlocks
            figures.largestGroup = max(figures.largestGroup, jobs.count)
            figures.runningTime += running
            figures.commitTime += committing
            figures.longestCommit = max(figures.longestCommit, committing)
        }
        for job in jobs { job.answer() }
    }

    private func answer(_ jobs: some Collection<Job>, failing error: any Error) {
        for job in jobs {
            job.fail(error)
            job.answer()
        }
    }

    private func nextJob(sleeping: Bool) -> Job? {
        if next == taken.count {
            taken = queue.take(sleeping: sleeping)
            next = 0
        }
        guard next < taken.count else { return nil }
        defer { next += 1 }
        return taken[next]
    }
}
