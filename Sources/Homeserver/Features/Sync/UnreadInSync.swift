import Database
import MatrixTypes

/// How many events of each room are unread and notify. Written after all else, for the rooms of which
/// the answer speaks, and those that the requester has read.
///
/// - Spec: [Receiving notifications](https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications)
struct UnreadInSync {
    let engine: RoomEngine

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        let counter = UnreadCounter(timeline: timeline, user: scope.requester.userID)
        let states = try counter.states(of: scope.rooms.map { ($0.head, $0.joined) })
        for room in scope.rooms {
            guard let state = states[room.head.number] else { continue }
            let isRead =
                room.start.map { state.changed > $0 && state.changed <= scope.end } ?? false
            guard isRead || speaks(answer, of: room) else { continue }
            let unread = state.unread(in: room.head.counts)
            var threads: [(EventID, NotificationCount)] = []
            if unread.threads != .zero {
                threads = try counter.threads(of: state, in: room.head)
            }
            write(unread, threads, of: room, scope, to: &answer)
        }
    }

    /// - Returns: False where it takes the database.
    func writeFromMemory(_ scope: SyncScope, to answer: inout SyncWriter) -> Bool {
        for room in scope.rooms where speaks(answer, of: room) {
            let key = UserInRoom(user: scope.requester.userID, room: room.head.number)
            guard let state = engine.readStates.value(key),
                state.holds(for: room.head, began: room.joined)
            else { return false }
            let unread = state.unread(in: room.head.counts)
            if unread.threads != .zero { return false }
            write(unread, [], of: room, scope, to: &answer)
        }
        return true
    }

    private func speaks(_ answer: SyncWriter, of room: SyncScope.Room) -> Bool {
        answer.joined[room.head.roomID].map { !$0.isEmpty } ?? false
    }

    private func write(
        _ unread: UnreadCounts, _ threads: [(EventID, NotificationCount)], of room: SyncScope.Room,
        _ scope: SyncScope, to answer: inout SyncWriter
    ) {
        var part = answer.joined[room.head.roomID] ?? SyncWriter.RoomPart()
        let isByThread = scope.filter.timeline.unreadThreadNotifications
        // Threads are summed one by one: what a receipt of one thread takes from it is not known of
        // all together.
        let count = isByThread ? unread.main : threads.reduce(unread.main) { $0 + $1.1 }
        part.unreadNotifications = jsonBytes { write(count, to: &$0) }
        if isByThread, !threads.isEmpty {
            part.unreadThreadNotifications = jsonBytes { object in
                for (root, count) in threads {
                    object.object(root.rawValue) { write(count, to: &$0) }
                }
            }
        }
        answer.joined[room.head.roomID] = part
    }

    private func write(_ count: NotificationCount, to object: inout JSONObjectWriter) {
        object["highlight_count"] = max(0, count.highlights)
        object["notification_count"] = max(0, count.notifications)
    }
}
