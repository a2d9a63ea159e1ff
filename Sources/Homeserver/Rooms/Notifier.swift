import Database
import MatrixTypes
import Synchronization

/// Knows, for each user who syncs, the newest thing that concerns them, and wakes those who wait.
///
/// Only users who have synced since the start are in it: the first sync of each reads the list of
/// their rooms, and commits keep it. A commit then costs one step for each such member of its room,
/// and an empty sync is answered without the database. Forgotten at a restart; nothing is lost by
/// that, since a sync that is older than the index asks the database.
final class Notifier: Sendable {
    private let state = Mutex(NotifierState())

    init() {}

    /// To be registered with `Database.onCommit`.
    func committed(_ group: CommittedGroup) {
        resume {
            $0.committed = max($0.committed, StreamPosition(rawValue: group.position))
            for case let change as Change in group.changes { $0.apply(change) }
        }
    }

    /// The newest position that can be read.
    var committedPosition: StreamPosition { state.withLock { $0.committed } }

    func start(at position: StreamPosition) {
        state.withLock { $0.committed = max($0.committed, position) }
    }

    /// Begins to follow a user: what changes from now on is kept until `follow` brings the rest.
    ///
    /// - Returns: False where the user is followed already.
    func prepareToFollow(_ user: UserID) -> Bool {
        state.withLock { $0.prepareToFollow(user) }
    }

    /// Completes what `prepareToFollow` began.
    ///
    /// - Parameter rooms: Those the user is joined to and since when, read after `prepareToFollow`.
    func follow(_ user: UserID, in rooms: [RoomNumber: StreamPosition]) {
        state.withLock { $0.follow(user, in: rooms) }
    }

    /// The newest things that concern a user.
    struct Newest: Sendable, Equatable {
        var position: StreamPosition
        /// Number of the newest change to what a restart may forget: typing, presence.
        var ephemeral: Int64
    }

    /// Nil where the user is not followed.
    ///
    /// - Parameter device: What concerns this one alone counts too.
    func newest(for user: UserID, _ device: DeviceID?) -> Newest? {
        state.withLock { $0.newest(for: user, device) }
    }

    /// What of a user's world is newer than something they have seen, up to `end`.
    struct News: Sendable {
        let end: StreamPosition
        /// The newest number of what a restart may forget.
        let ephemeral: Int64
        /// The joined rooms in which anything is new.
        var rooms: [RoomNews] = []
        /// Something that is in no room: account data, messages to devices, …
        let isPersonal: Bool
        /// They were invited, joined or left somewhere, or what they are called there has changed.
        let hasNewMembership: Bool
    }

    struct RoomNews: Sendable {
        let room: RoomNumber
        /// Since when they have been in it.
        let began: StreamPosition
        let hasEvents: Bool
        /// Something that is theirs alone: account data of the room, their own receipts.
        let hasOwn: Bool
    }

    /// Nil where the user is not followed.
    func news(for user: UserID, _ device: DeviceID?, after seen: Newest) -> News? {
        state.withLock { $0.news(for: user, device, after: seen) }
    }

    /// Something ephemeral changed in a room; its members are woken.
    @discardableResult
    func ephemeralChange(in room: RoomNumber) -> Int64 {
        resume { $0.ephemeralChange(in: room) }
    }

    /// The same about some users; those who share a room with one of them are woken.
    @discardableResult
    func ephemeralChange(about users: [UserID]) -> Int64 {
        resume { $0.ephemeralChange(about: users) }
    }

    var ephemeralNumber: Int64 { state.withLock { $0.ephemeral } }

    /// Those of some users who share a room with one user, as far as all are followed.
    func sharing(rooms user: UserID, with others: [UserID]) -> [UserID] {
        state.withLock { $0.sharing(rooms: user, with: others) }
    }

    /// The followed members of a room.
    func members(of room: RoomNumber) -> [UserID] { state.withLock { $0.members(of: room) } }

    /// Waits until something newer concerns the user on this device, or the deadline has passed.
    ///
    /// - Returns: False where the server is about to end, and nobody is to wait any more.
    func wait(
        for user: UserID, _ device: DeviceID?, after seen: Newest,
        until deadline: ContinuousClock.Instant
    ) async -> Bool {
        let ticket = state.withLock { $0.nextTicket() }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDue = state.withLock {
                    !$0.enqueue(
                        ticket, continuation, user, device, after: seen, until: deadline)
                }
                if isDue { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.cancel(ticket) }?.resume()
        }
        return state.withLock { !$0.isEnded }
    }

    /// Ends the waits whose deadline has passed, and wakes whom large rooms owe it, again and again
    /// until cancelled; then all others.
    func run() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .milliseconds(50)) } catch { break }
            let now = ContinuousClock.now
            resume { $0.payWhatIsOwed(at: now) }
            for continuation in state.withLock({ $0.takeDue(at: now) }) { continuation.resume() }
        }
        for continuation in state.withLock({ $0.takeAll() }) { continuation.resume() }
    }

    /// Changes the state, and wakes those who wait for it.
    @discardableResult
    private func resume<Value>(_ change: (inout NotifierState) -> Value) -> Value {
        let (value, woken) = state.withLock { state in
            let value = change(&state)
            return (value, state.takeWoken())
        }
        for continuation in woken { continuation.resume() }
        return value
    }
}
