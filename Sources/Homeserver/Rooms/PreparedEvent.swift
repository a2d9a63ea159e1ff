import Database
import MatrixRules
import MatrixTypes
import Synchronization

/// An event made before its block runs, on the thread of its request, for the place where its room
/// stood then.
///
/// Hashing and signing take longer than all else in a block, and blocks run one after the other. If
/// somebody else has said something in the room meanwhile, the block makes the event again.
struct PreparedEvent: Sendable {
    let pdu: PDU
    let permit: SendingPermit
    private let extremities: [RoomHead.Extremity]

    /// Nil where the room or the sender's permit is not in memory, and until room version 2, whose
    /// events cite the hashes of others.
    init?(_ draft: EventDraft, to roomID: RoomID, by engine: RoomEngine) throws {
        guard let head = engine.heads.value(roomID), !head.rules.format.namesItself,
            let holder = SendingPermit.Holder(draft, in: head.number),
            let permit = engine.permits.value(holder), permit.state == head.state,
            draft.isStrict || head.rules.jsonMode == .plain
        else { return nil }
        var prev = JSONWriter()
        prev.array { array in
            for extremity in head.extremities { array.append(extremity.eventID) }
        }
        let place = EventBuilder.Place(
            after: head, prevEvents: prev.bytes, authEvents: permit.authEvents)
        pdu = try engine.builder.build(draft, at: place, under: head.rules)
        self.permit = permit
        extremities = head.extremities
    }

    /// The room still stands where it stood.
    func fits(_ head: RoomHead) -> Bool {
        extremities == head.extremities && permit.state == head.state
    }
}

/// How many requests are sending to each room at this moment: where there are several, each would
/// prepare its event for a place that another takes.
final class RoomsBeingWritten: Sendable {
    private let counts = Mutex<[RoomID: Int]>([:])

    /// - Returns: Nobody else is sending there.
    func enter(_ room: RoomID) -> Bool {
        counts.withLock { counts in
            counts[room, default: 0] += 1
            return counts[room] == 1
        }
    }

    func leave(_ room: RoomID) {
        counts.withLock { counts in
            guard let count = counts[room] else { return }
            counts[room] = count > 1 ? count - 1 : nil
        }
    }
}
