import Dispatch
import Synchronization

/// The blocks that wait to write, and the thread that runs them one after the other.
final class WriteQueue: Sendable {
    private struct State {
        var waiting: [Job] = []
        var isClosed = false
        /// The thread sleeps, or is about to.
        var isIdle = false
    }

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let maxWaiting: Int

    init(maxWaiting: Int) {
        self.maxWaiting = maxWaiting
    }

    /// Adds a block to the end, or answers it at once when that cannot be.
    ///
    /// - Returns: False if too many are waiting.
    func add(_ job: Job) -> Bool {
        let (refusal, wakes) = state.withLock { state -> (DatabaseError?, Bool) in
            if state.isClosed { return (.closed, false) }
            if state.waiting.count >= maxWaiting { return (.overloaded, false) }
            state.waiting.append(job)
            defer { state.isIdle = false }
            return (nil, state.isIdle)
        }
        if wakes { wakeUp.signal() }
        guard let refusal else { return true }
        job.fail(refusal)
        job.answer()
        return refusal != .overloaded
    }

    /// No block is added from now on; the thread ends after those that wait.
    func close() {
        let wakes = state.withLock { state in
            state.isClosed = true
            defer { state.isIdle = false }
            return state.isIdle
        }
        if wakes { wakeUp.signal() }
    }

    /// How many blocks wait that the thread has not taken yet.
    var count: Int { state.withLock { $0.waiting.count } }

    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Takes all that wait. Sleeps while there are none, if asked to.
    ///
    /// - Returns: Nothing if none wait, or, having slept, if the queue is closed.
    func take(sleeping: Bool) -> [Job] {
        while true {
            let taken = state.withLock { state -> [Job]? in
                if state.waiting.isEmpty, sleeping, !state.isClosed {
                    state.isIdle = true
                    return nil
                }
                defer { state.waiting.removeAll() }
                return state.waiting
            }
            if let taken { return taken }
            wakeUp.wait()
        }
    }
}
