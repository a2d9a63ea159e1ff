import DequeModule
import Dispatch
import Synchronization

/// The threads that run read blocks, each on a connection of its own.
///
/// The thread that went idle last is woken first: its caches are warm, and the others need not even
/// open a connection while one suffices.
final class ReaderPool: Sendable {
    private struct State {
        var waiting: Deque<Job> = []
        var idle: [Int] = []
        /// The job handed to each sleeping thread as it is woken.
        var handed: [Job?]
        var isClosed = false
        var running: Int
        var whenEnded: (@Sendable () -> Void)?
    }

    private let state: Mutex<State>
    private let wakeUps: [DispatchSemaphore]
    private let maxWaiting: Int
    private let source: any SessionSource
    private let shared: SharedState

    init(source: any SessionSource, shared: SharedState, options: DatabaseOptions) {
        let count = max(options.readers, 1)
        state = Mutex(State(handed: Array(repeating: nil, count: count), running: count))
        wakeUps = (0..<count).map { _ in DispatchSemaphore(value: 0) }
        maxWaiting = options.maxWaiting
        self.source = source
        self.shared = shared
        for index in 0..<count {
            WorkerThread.start(named: "db-read-\(index)") { self.run(index) }
        }
    }

    /// Hands a block to a thread, or answers it at once when that cannot be.
    ///
    /// - Returns: False if too many are waiting.
    func add(_ job: Job) -> Bool {
        let (refusal, woken) = state.withLock { state -> (DatabaseError?, Int?) in
            if state.isClosed { return (.closed, nil) }
            if let index = state.idle.popLast() {
                state.handed[index] = job
                return (nil, index)
            }
            if state.waiting.count >= maxWaiting { return (.overloaded, nil) }
            state.waiting.append(job)
            return (nil, nil)
        }
        if let woken { wakeUps[woken].signal() }
        guard let refusal else { return true }
        job.fail(refusal)
        job.answer()
        return refusal != .overloaded
    }

    /// Takes no more blocks. The threads end after those that wait.
    ///
    /// - Parameter ended: Called once, when all have ended.
    func close(_ ended: @escaping @Sendable () -> Void) {
        let idle = state.withLock { state -> [Int]? in
            state.isClosed = true
            guard state.running > 0 else { return nil }
            state.whenEnded = ended
            defer { state.idle = [] }
            return state.idle
        }
        guard let idle else { return ended() }
        for index in idle { wakeUps[index].signal() }
    }

    private func run(_ index: Int) {
        let reader = Reader(source: source, shared: shared)
        while let job = nextJob(index) {
            reader.run(job)
            job.answer()
        }
        reader.close()
        let ended = state.withLock { state in
            state.running -= 1
            return state.running == 0 ? state.whenEnded : nil
        }
        ended?()
    }

    private func nextJob(_ index: Int) -> Job? {
        enum Next {
            case job(Job)
            case end
            case sleep
        }
        while true {
            let next = state.withLock { state -> Next in
                if let job = state.handed[index] {
                    state.handed[index] = nil
                    return .job(job)
                }
                if let job = state.waiting.popFirst() { return .job(job) }
                if state.isClosed { return .end }
                state.idle.append(index)
                return .sleep
            }
            switch next {
            case .job(let job): return job
            case .end: return nil
            case .sleep: wakeUps[index].wait()
            }
        }
    }
}
