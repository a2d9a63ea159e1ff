import Database

/// How many events notify, and how many of those stand out.
///
/// Stored as one number, highlights × 2³² + notifications: sums and differences of the stored
/// numbers are those of the counts, also where a part is below zero.
struct NotificationCount: RawRepresentable, Hashable, Sendable, SQLConvertible {
    let rawValue: Int64

    init(rawValue: Int64) { self.rawValue = rawValue }

    init(notifications: Int, highlights: Int) {
        rawValue = Int64(highlights) << 32 + Int64(notifications)
    }

    static let zero = NotificationCount(rawValue: 0)

    var notifications: Int { Int(Int32(truncatingIfNeeded: rawValue)) }
    var highlights: Int { Int((rawValue - Int64(notifications)) >> 32) }

    static func + (a: Self, b: Self) -> Self { Self(rawValue: a.rawValue &+ b.rawValue) }
    static func - (a: Self, b: Self) -> Self { Self(rawValue: a.rawValue &- b.rawValue) }
    static func += (a: inout Self, b: Self) { a = a + b }
    static func -= (a: inout Self, b: Self) { a = a - b }
}

/// The running counts of a room: of what the default rules notify since it began.
struct RoomCounts: Hashable, Sendable {
    /// Of the main timeline.
    var main = NotificationCount.zero
    /// Of all threads together.
    var threads = NotificationCount.zero
    /// How many of its events notified and were redacted since.
    var corrections: Int64 = 0
}

/// What a member's rules make of a room's events, roughly: what differs from it is stored event by
/// event, so whichever is chosen the counts are right; a good choice stores little.
enum PushMode: Int, Hashable, Sendable, SQLConvertible {
    /// The same as the default rules.
    case all = 0
    /// Only what the default rules highlight.
    case highlights = 1
    case nothing = 2

    /// Linear: what holds for a sum is the sum of what holds for its parts.
    func callAsFunction(_ count: NotificationCount) -> NotificationCount {
        switch self {
        case .all: count
        case .highlights:
            NotificationCount(notifications: count.highlights, highlights: count.highlights)
        case .nothing: .zero
        }
    }
}

/// Which part of a room a receipt or a count is about.
///
/// - Spec: [Threaded read receipts](https://spec.matrix.org/v1.19/client-server-api/#threaded-read-receipts)
enum ThreadScope {
    /// As stored: the whole room, whatever the thread.
    static let everything = ""
    static let main = "main"
}
