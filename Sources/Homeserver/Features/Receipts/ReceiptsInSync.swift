import Database
import MatrixTypes

/// New receipts of each room, as one event.
///
/// - Spec: [Receipts](https://spec.matrix.org/v1.19/client-server-api/#receipts)
struct ReceiptsInSync: SyncSection {
    let recent: SharedCache<RoomNumber, RecentReceipts>

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        guard scope.filter.ephemeral.admits(type: "m.receipt") else { return }
        let store = ReceiptStore(db: timeline.db, recent: recent)
        let reader = scope.requester.userID
        let withNews = try roomsWithNews(scope, store)
        for room in scope.rooms where scope.filter.ephemeral.admits(room: room.head.roomID) {
            let number = room.head.number
            guard let start = room.start else {
                write(try store.newest(in: number, for: reader), of: room, to: &answer)
                continue
            }
            let recent = timeline.db.cached(recent, number)?
                .receipts(after: start, upTo: scope.end)
            if let recent {
                write(recent.filter { isSeen($0, by: reader) }, of: room, to: &answer)
            } else if withNews.contains(number) {
                let receipts = try store.receipts(in: number, after: start, for: reader)
                write(receipts, of: room, to: &answer)
            }
            store.keepRecent(of: number, from: scope.end)
        }
    }

    /// The rooms, among those that were sent before, in which there is anything at all.
    private func roomsWithNews(_ scope: SyncScope, _ store: ReceiptStore) throws -> Set<RoomNumber>
    {
        let old = scope.rooms.filter { $0.start != nil }
        guard let first = old.compactMap(\.start).min() else { return [] }
        return try store.rooms(old.map(\.head.number), withReceiptsAfter: first)
    }

    func writeFromMemory(_ scope: SyncScope, to answer: inout SyncWriter) -> Bool {
        guard scope.filter.ephemeral.admits(type: "m.receipt") else { return true }
        let reader = scope.requester.userID
        for room in scope.rooms where scope.filter.ephemeral.admits(room: room.head.roomID) {
            guard let start = room.start,
                let receipts = recent.value(room.head.number)?
                    .receipts(after: start, upTo: scope.end)
            else { return false }
            write(receipts.filter { isSeen($0, by: reader) }, of: room, to: &answer)
        }
        return true
    }

    private func isSeen(_ receipt: Receipt, by reader: UserID) -> Bool {
        receipt.type == ReceiptType.read.rawValue || receipt.user == reader
    }

    /// Writes receipts as one event. The newest of each kind counts; of two for the same event, the one
    /// of no thread.
    ///
    /// - Parameter receipts: Oldest first.
    private func write(
        _ receipts: [Receipt], of room: SyncScope.Room, to answer: inout SyncWriter
    ) {
        guard !receipts.isEmpty else { return }
        struct Kind: Hashable {
            let user: UserID
            let type: String
            let thread: String
        }
        var newest: [Kind: Receipt] = [:]
        for receipt in receipts {
            newest[Kind(user: receipt.user, type: receipt.type, thread: receipt.thread)] = receipt
        }
        var events: [EventID: [String: [UserID: Receipt]]] = [:]
        for receipt in newest.values {
            let known = events[receipt.eventID]?[receipt.type]?[receipt.user]
            if let known, known.thread == ThreadScope.everything { continue }
            if let known, receipt.thread != ThreadScope.everything, known.ts > receipt.ts {
                continue
            }
            events[receipt.eventID, default: [:]][receipt.type, default: [:]][receipt.user] =
                receipt
        }
        let bytes = jsonBytes { event in
            event.object("content") { content in
                for (eventID, types) in events {
                    content.object(eventID.rawValue) { object in
                        for (type, users) in types {
                            object.object(type) { object in
                                for (user, receipt) in users {
                                    object.object(user.rawValue) { receipt.write(to: &$0) }
                                }
                            }
                        }
                    }
                }
            }
            event["type"] = "m.receipt"
        }
        answer.joined[room.head.roomID, default: .init()].ephemeral.append(bytes)
    }
}

extension Receipt {
    fileprivate func write(to object: inout JSONObjectWriter) {
        object["ts"] = ts
        if thread != ThreadScope.everything { object["thread_id"] = thread }
    }
}
