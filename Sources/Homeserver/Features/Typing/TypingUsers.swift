import Database
import MatrixTypes
import Synchronization

/// Who is typing in which room. In memory only: a restart forgets it, and nobody minds.
///
/// A change takes its number from the notifier while this is locked, so that whoever read that number
/// and then this sees what it stands for.
///
/// - Spec: [Typing notifications](https://spec.matrix.org/v1.19/client-server-api/#typing-notifications)
final class TypingUsers: Sendable {
    /// A client that asks for longer is held to this.
    static let longestTimeout = Duration.seconds(120)
    /// Of one room, no more are told of.
    static let mostInRoom = 100

    private struct Room {
        var deadlines: [UserID: ContinuousClock.Instant] = [:]
        /// Of the last change.
        var number: Int64 = 0
    }

    private let rooms = Mutex<[RoomNumber: Room]>([:])
    private let notifier: Notifier

    init(notifier: Notifier) { self.notifier = notifier }

    func start(
        _ user: UserID, in number: RoomNumber, for timeout: Duration,
        now: ContinuousClock.Instant
    ) {
        rooms.withLock { rooms in
            var room = rooms[number] ?? Room()
            guard room.deadlines[user] != nil || room.deadlines.count < Self.mostInRoom else {
                return
            }
            let isNew =
                room.deadlines.updateValue(now + min(timeout, Self.longestTimeout), forKey: user)
                == nil
            // Who goes on typing is no news.
            if isNew { room.number = notifier.ephemeralChange(in: number) }
            rooms[number] = room
        }
    }

    func stop(_ user: UserID, in number: RoomNumber) {
        rooms.withLock { Self.stop(user, in: number, &$0, notifier) }
    }

    private static func stop(
        _ user: UserID, in number: RoomNumber, _ rooms: inout [RoomNumber: Room],
        _ notifier: Notifier
    ) {
        guard rooms[number]?.deadlines.removeValue(forKey: user) != nil else { return }
        rooms[number]?.number = notifier.ephemeralChange(in: number)
    }

    /// Ends what is past its time.
    func endOverdue(at now: ContinuousClock.Instant) {
        rooms.withLock { rooms in
            for (number, room) in rooms where !room.deadlines.isEmpty {
                let typing = room.deadlines.filter { $0.value > now }
                guard typing.count < room.deadlines.count else { continue }
                rooms[number]?.deadlines = typing
                rooms[number]?.number = notifier.ephemeralChange(in: number)
            }
        }
    }

    /// Who leaves a room types there no more.
    func committed(_ group: CommittedGroup) {
        var gone: [(UserID, RoomNumber)] = []
        for case let change as Change in group.changes {
            guard case .event(let room, _, _, let membership?) = change.kind,
                membership.old == .join, membership.new != .join
            else { continue }
            gone.append((membership.user, room))
        }
        guard !gone.isEmpty else { return }
        rooms.withLock { rooms in
            for (user, room) in gone { Self.stop(user, in: room, &rooms, notifier) }
        }
    }

    /// Who is typing in a room, and the number of the last change; nil: nobody ever was.
    func typing(in room: RoomNumber) -> (users: [UserID], number: Int64)? {
        rooms.withLock { rooms in
            rooms[room].map { ($0.deadlines.keys.sorted(), $0.number) }
        }
    }
}

/// Who is typing in each room in which that changed.
struct TypingInSync: SyncSection {
    let users: TypingUsers

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        write(scope, to: &answer)
    }

    func writeFromMemory(_ scope: SyncScope, to answer: inout SyncWriter) -> Bool {
        write(scope, to: &answer)
        return true
    }

    private func write(_ scope: SyncScope, to answer: inout SyncWriter) {
        guard scope.filter.ephemeral.admits(type: "m.typing") else { return }
        for room in scope.rooms where scope.filter.ephemeral.admits(room: room.head.roomID) {
            guard let (typing, number) = users.typing(in: room.head.number) else { continue }
            if let seen = scope.ephemeralStart, room.start != nil {
                guard number > seen else { continue }
            } else if typing.isEmpty {
                continue
            }
            let bytes = jsonBytes { event in
                event.object("content") { $0["user_ids"] = typing }
                event["type"] = "m.typing"
            }
            answer.joined[room.head.roomID, default: .init()].ephemeral.append(bytes)
        }
    }
}
