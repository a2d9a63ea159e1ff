import Database
import MatrixTypes

/// Timelines, state and summaries of the joined rooms.
///
/// - Spec: [Syncing](https://spec.matrix.org/v1.19/client-server-api/#syncing)
struct RoomsInSync: SyncSection {
    let sent: SentMembers

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        for room in scope.rooms {
            let part = try RoomInSync(
                timeline: timeline, scope: scope, sent: sent, room: room.head, start: room.start,
                end: scope.end, joined: room.joined, stateEnd: scope.end
            ).part()
            guard let part else { continue }
            var written = answer.joined[room.head.roomID] ?? SyncWriter.RoomPart()
            written.timeline = part.timeline
            written.state = part.state
            written.summary = part.summary
            answer.joined[room.head.roomID] = written
            if scope.start != nil { answer.arrivals.formUnion(part.arrivals) }
        }
    }

    func writeFromMemory(_ scope: SyncScope, to answer: inout SyncWriter) -> Bool { false }
}

/// Rooms that the requester has left, or was kept from, since the token.
struct LeftRoomsInSync {
    let scope: SyncScope
    let sent: SentMembers

    func write(
        _ rooms: [(MembershipStore.Entry, RoomHead)], in timeline: Timeline,
        to answer: inout SyncWriter
    ) throws {
        for (entry, head) in rooms {
            if let since = scope.start {
                guard entry.position > since else { continue }
            } else {
                guard scope.filter.includesLeft, !entry.isForgotten else { continue }
            }
            answer.left[head.roomID] = try part(entry, head, timeline)
        }
    }

    private func part(
        _ entry: MembershipStore.Entry, _ head: RoomHead, _ timeline: Timeline
    ) throws -> SyncWriter.RoomPart {
        // Who was invited and declined, or was banned after having left, is told of that alone.
        let leave = try timeline.endOfStay(
            of: scope.requester.userID, in: head, from: entry.position)
        let stateEnd = leave.map(\.position).flatMap { left in
            scope.start.map { left > $0 ? left : nil } ?? left
        }
        let part = try RoomInSync(
            timeline: timeline, scope: scope, sent: sent, room: head, start: scope.start,
            end: entry.position, joined: nil, stateEnd: stateEnd
        ).part()
        var written = SyncWriter.RoomPart()
        written.timeline = part?.timeline
        written.state = part?.state ?? []
        return written
    }
}
