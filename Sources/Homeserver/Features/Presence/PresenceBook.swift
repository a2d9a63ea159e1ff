import MatrixTypes
import Synchronization

/// Everyone's presence, in memory.
///
/// Others are told at once, but of what changes in a while after that together: a thousand people who
/// come online at once would otherwise be a million answers. A change takes its number from the notifier while this is
/// locked, so that whoever read that number and then this sees what it stands for.
final class PresenceBook: SyncPresence, Sendable {
    /// Changes that are kept in their order; who was away for longer is told of everyone.
    private static let mostChanges = 10_000

    /// After others were told of something, they are not told of more for so long.
    private static let pause = Duration.milliseconds(500)

    private struct Book {
        var states: [UserID: PresenceState] = [:]
        /// Those who are not offline: time passes for them alone.
        var present: Set<UserID> = []
        /// Whom others have not been told of yet.
        var pending: Set<UserID> = []
        var lastTold: ContinuousClock.Instant?
        /// Whom others were told of, and at which number; oldest first.
        var changes: [(number: Int64, user: UserID)] = []
        /// No change after this number is missing from `changes`.
        var changesAfter: Int64 = 0

        mutating func change(_ user: UserID, _ body: (inout PresenceState) -> Void) {
            let old = states[user] ?? PresenceState()
            var new = old
            body(&new)
            states[user] = new
            if new.status == .offline { present.remove(user) } else { present.insert(user) }
            if new.looksDifferent(from: old) { pending.insert(user) }
        }
    }

    private let book = Mutex(Book())
    private let notifier: Notifier
    private let clock: any WallClock

    init(notifier: Notifier, clock: any WallClock) {
        self.notifier = notifier
        self.clock = clock
    }

    func began(_ requester: Requester, _ presence: String?) {
        let status = PresenceStatus(rawValue: presence ?? "online") ?? .online
        guard status != .offline else { return }
        let now = clock.now
        change(requester.userID) { $0.beganSync(as: status, at: now) }
    }

    func ended(_ requester: Requester, _ presence: String?) {
        guard presence != PresenceStatus.offline.rawValue else { return }
        let now = clock.now
        change(requester.userID) { $0.endedSync(at: now) }
    }

    func wasActive(_ user: UserID) {
        let now = clock.now
        change(user) { $0.wasActive(at: now) }
    }

    private func change(_ user: UserID, _ change: (inout PresenceState) -> Void) {
        book.withLock { book in
            book.change(user, change)
            guard !book.pending.isEmpty else { return }
            if let last = book.lastTold, ContinuousClock.now - last < Self.pause { return }
            tell(&book)
        }
    }

    /// Sets what a user says of themselves, and has others told at once.
    func set(_ status: PresenceStatus, _ message: String??, of user: UserID) {
        let now = clock.now
        book.withLock { book in
            book.change(user) { state in
                state.set(status, at: now)
                if let message { state.message = message }
            }
            tell(&book)
        }
    }

    func restore(_ messages: [UserID: String]) {
        book.withLock { book in
            for (user, message) in messages where book.states[user]?.message == nil {
                book.states[user, default: PresenceState()].message = message
            }
        }
    }

    /// Has those go idle or offline whose time it is, and others told of all that changed.
    func passTime(to now: Timestamp) {
        book.withLock { book in
            for user in book.present { book.change(user) { $0.passTime(to: now) } }
            tell(&book)
        }
    }

    private func tell(_ book: inout Book) {
        guard !book.pending.isEmpty else { return }
        book.lastTold = .now
        let number = notifier.ephemeralChange(about: Array(book.pending))
        book.changes += book.pending.map { (number, $0) }
        book.pending = []
        let excess = book.changes.count - Self.mostChanges
        guard excess > 0 else { return }
        book.changesAfter = book.changes[excess - 1].number
        book.changes.removeFirst(excess)
    }

    func state(of user: UserID) -> PresenceState? { book.withLock { $0.states[user] } }

    /// Those of some users of whom anything is known.
    func states(of users: some Sequence<UserID>) -> [UserID: PresenceState] {
        book.withLock { book in
            var found: [UserID: PresenceState] = [:]
            for user in users { found[user] = book.states[user] }
            return found
        }
    }

    /// Whose presence changed after a number; for nil, or one too long ago: all who are there.
    func changed(after number: Int64?) -> [UserID] {
        book.withLock { book in
            guard let number, number >= book.changesAfter else { return Array(book.present) }
            var changed: Set<UserID> = []
            for change in book.changes.reversed() {
                guard change.number > number else { break }
                changed.insert(change.user)
            }
            return Array(changed)
        }
    }
}
