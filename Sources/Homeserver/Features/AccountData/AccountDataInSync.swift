import Database
import MatrixTypes

/// Account data that changed, for the account and for each joined room.
struct AccountDataInSync: SyncSection {
    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        let store = AccountDataStore(db: timeline.db)
        let user = scope.requester.userID
        for entry in try store.entries(of: user, after: scope.start, upTo: scope.end)
        where scope.filter.accountData.admits(type: EventType(rawValue: entry.type)) {
            answer.accountData.append(event(entry))
        }
        let rooms = Dictionary(
            scope.rooms.map { ($0.head.number, $0) }, uniquingKeysWith: { first, _ in first })
        let filter = scope.filter.roomAccountData
        let fresh = Set(scope.rooms.filter { $0.start == nil }.map(\.head.number))
        // A room that is sent whole brings what is older than the token too.
        for (number, room) in rooms where fresh.contains(number) && scope.start != nil {
            for entry in try store.entries(of: user, in: number) {
                add(entry, to: room, filter, &answer)
            }
        }
        for (number, entry) in try store.roomEntries(
            of: user, after: scope.start, upTo: scope.end)
        {
            guard let room = rooms[number], scope.start == nil || !fresh.contains(number) else {
                continue
            }
            add(entry, to: room, filter, &answer)
        }
    }

    private func add(
        _ entry: AccountDataStore.Entry, to room: SyncScope.Room, _ filter: EventFilter,
        _ answer: inout SyncWriter
    ) {
        guard filter.admits(type: EventType(rawValue: entry.type)),
            filter.admits(room: room.head.roomID)
        else { return }
        answer.joined[room.head.roomID, default: .init()].accountData.append(event(entry))
    }

    private func event(_ entry: AccountDataStore.Entry) -> [UInt8] {
        jsonBytes { object in
            object.raw("content", entry.content)
            object["type"] = entry.type
        }
    }
}
