import MatrixTypes

/// A user in a room.
struct UserInRoom: Hashable, Sendable {
    let user: UserID
    let room: RoomNumber
}

/// How many events of a room are unread by a member and notify them.
struct UnreadCounts: Hashable, Sendable {
    var main = NotificationCount.zero
    /// All threads together.
    var threads = NotificationCount.zero

    var total: NotificationCount { main + threads }
}

/// All that it takes to tell how much of a room a member has not read, without looking at an event:
/// kept in memory, and subtracted from the room's running counts.
struct ReadState: Sendable {
    /// Since when they have been in the room.
    let began: StreamPosition
    /// Up to which order of history they have read the whole room, whatever the thread.
    let floor: Int64
    /// The same of the main timeline, never below `floor`.
    var mainFloor: Int64
    /// The same of threads, where it is above `floor`.
    let threadFloors: [String: Int64]
    /// Their modes since `floor`, the oldest first. The last one is the present.
    let periods: [PushModeStore.Period]
    /// How many corrections the room had had.
    let corrections: Int64
    /// The place of the last change of what they have read.
    var changed: StreamPosition

    /// The room's running counts from which the present mode counts on.
    var base: UnreadCounts
    /// What counts beside that.
    var rest: UnreadCounts

    var mode: PushMode { periods.last?.mode ?? .all }

    /// Whether it can be told from this; not after a redaction, nor for who came in anew.
    func holds(for room: RoomHead, began: StreamPosition) -> Bool {
        corrections == room.counts.corrections && self.began == began
    }

    func unread(in counts: RoomCounts) -> UnreadCounts {
        UnreadCounts(
            main: mode(counts.main - base.main) + rest.main,
            threads: mode(counts.threads - base.threads) + rest.threads)
    }

    /// How far they have read a thread, or `main`.
    func floor(of thread: String) -> Int64 {
        thread == ThreadScope.main ? mainFloor : threadFloors[thread] ?? floor
    }

    /// An event that was just appended is another for them than their mode makes of it.
    mutating func add(_ difference: NotificationCount, in thread: EventID?) {
        if thread == nil { rest.main += difference } else { rest.threads += difference }
    }

    /// They have read all of the main timeline.
    mutating func readMain(upTo order: Int64, of counts: RoomCounts, at changed: StreamPosition) {
        mainFloor = order
        base.main = counts.main
        rest.main = .zero
        self.changed = changed
    }
}
