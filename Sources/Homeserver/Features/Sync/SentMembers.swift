import MatrixTypes
import Synchronization

/// Which members each device was told of already, so that a sync that loads members lazily does not
/// repeat them with every message.
///
/// In memory only: what is forgotten is sent once more. A member counts as sent once the device comes
/// back with a token at least as new as the answer that held it, so a lost answer loses nothing.
///
/// - Spec: [Lazy-loading room members](https://spec.matrix.org/v1.19/client-server-api/#lazy-loading-room-members)
final class SentMembers: Sendable {
    private struct Key: Hashable {
        let session: Int64
        let room: RoomNumber
        let user: String
    }

    private struct Sent {
        let member: StreamPosition
        let answer: StreamPosition
    }

    /// When the younger half is full, the older is forgotten.
    private static let mostInHalf = 50_000

    private struct Halves {
        var young: [Key: Sent] = [:]
        var old: [Key: Sent] = [:]
    }

    private let halves = Mutex(Halves())

    init() {}

    /// Whether the device knows this member event, by the token that it sent.
    func knows(
        _ session: Int64, _ user: String, in room: RoomNumber, at member: StreamPosition,
        since: StreamPosition
    ) -> Bool {
        let key = Key(session: session, room: room, user: user)
        return halves.withLock { halves in
            guard let sent = halves.young[key] ?? halves.old[key] else { return false }
            return sent.member == member && sent.answer <= since
        }
    }

    /// Remembers what an answer holds.
    func sent(
        _ members: [(user: String, member: StreamPosition)], to session: Int64,
        in room: RoomNumber, by answer: StreamPosition
    ) {
        guard !members.isEmpty else { return }
        halves.withLock { halves in
            for (user, member) in members {
                let key = Key(session: session, room: room, user: user)
                // An answer that is given once more holds what the one before held.
                if halves.young[key]?.member == member { continue }
                halves.young[key] = Sent(member: member, answer: answer)
            }
            guard halves.young.count > Self.mostInHalf else { return }
            halves.old = halves.young
            halves.young = [:]
        }
    }
}
