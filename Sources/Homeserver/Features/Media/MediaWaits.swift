import Database
import Synchronization

/// Announced when a file was put behind a media ID that was reserved for it.
struct MediaUploaded: Sendable {
    let mediaID: String
}

/// Those who wait for a file that is still to be uploaded. In memory only: a restart ends their
/// requests.
final class MediaWaits: Sendable {
    /// More than these are answered at once that there is nothing yet.
    private static let most = 1000
    /// Another node's upload is not announced here: it is looked for this often.
    private static let betweenLooks = Duration.seconds(2)

    struct Ticket: Sendable {
        fileprivate let number: Int
        fileprivate let mediaID: String
        fileprivate let uploads: AsyncStream<Void>
    }

    private struct State {
        var lastNumber = 0
        var count = 0
        var waiting: [String: [Int: AsyncStream<Void>.Continuation]] = [:]
    }
    private let state = Mutex(State())

    /// To be registered with `Database.onCommit`.
    func committed(_ group: CommittedGroup) {
        guard state.withLock({ $0.count > 0 }) else { return }
        for case let change as MediaUploaded in group.changes {
            let waiting = state.withLock { $0.waiting[change.mediaID] }
            for continuation in (waiting ?? [:]).values { continuation.yield() }
        }
    }

    /// A place in the queue, to be given back. Nil where too many wait already.
    func ticket(for mediaID: String) -> Ticket? {
        let (uploads, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        return state.withLock { state in
            guard state.count < Self.most else { return nil }
            state.count += 1
            state.lastNumber += 1
            state.waiting[mediaID, default: [:]][state.lastNumber] = continuation
            return Ticket(number: state.lastNumber, mediaID: mediaID, uploads: uploads)
        }
    }

    func give(back ticket: Ticket?) {
        guard let ticket else { return }
        state.withLock { state in
            state.count -= 1
            state.waiting[ticket.mediaID]?[ticket.number] = nil
            if state.waiting[ticket.mediaID]?.isEmpty == true {
                state.waiting[ticket.mediaID] = nil
            }
        }
    }

    /// Waits until it is worth looking again.
    ///
    /// - Returns: False where the deadline has passed.
    func wait(_ ticket: Ticket, until deadline: ContinuousClock.Instant) async -> Bool {
        let now = ContinuousClock.now
        guard now < deadline, !Task.isCancelled else { return false }
        let next = min(deadline, now + Self.betweenLooks)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in ticket.uploads { break }
            }
            group.addTask { try? await Task.sleep(until: next, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
        return true
    }
}
