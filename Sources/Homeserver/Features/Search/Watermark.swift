import Synchronization

/// A number that only grows, and those who wait until it has reached another.
final class Watermark: Sendable {
    private struct Waiter {
        let target: Int64
        let continuation: CheckedContinuation<Void, Never>
    }
    private struct State {
        var value: Int64
        var waiters: [Int: Waiter] = [:]
        var lastTicket = 0
    }

    private let state: Mutex<State>

    init(_ value: Int64 = 0) { state = Mutex(State(value: value)) }

    var value: Int64 { state.withLock { $0.value } }

    /// Lower numbers change nothing.
    func advance(to value: Int64) {
        let reached = state.withLock { state in
            state.value = max(state.value, value)
            let reached = state.waiters.filter { $0.value.target <= state.value }
            for ticket in reached.keys { state.waiters[ticket] = nil }
            return reached.values.map(\.continuation)
        }
        for continuation in reached { continuation.resume() }
    }

    /// Returns once the number is there, or the task is cancelled.
    func wait(for target: Int64) async {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock { state in
                    // A task that was cancelled before this has nobody to wake it any more.
                    if state.value >= target || Task.isCancelled { return true }
                    state.waiters[ticket] = Waiter(target: target, continuation: continuation)
                    return false
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.continuation.resume()
        }
    }

    /// Returns once the number is there, the time has passed, or the task is cancelled.
    func wait(for target: Int64, atMost time: Duration) async {
        guard value < target else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.wait(for: target) }
            group.addTask {
                do { try await Task.sleep(for: time) } catch { return }
            }
            await group.next()
            group.cancelAll()
        }
    }
}
