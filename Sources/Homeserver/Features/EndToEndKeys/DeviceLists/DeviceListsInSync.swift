import Database
import MatrixTypes

/// `device_lists`: whose keys a client has to look at again.
///
/// - Spec: [Extensions to /sync](https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync)
struct DeviceListsInSync: SyncSection {
    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        guard let start = scope.start else { return }
        let changes = try DeviceListStore(db: timeline.db)
            .changes(for: scope.requester.userID, after: start, upTo: scope.end)
        guard !changes.isEmpty else { return }
        answer.members.append(("device_lists", jsonBytes { changes.write(to: &$0) }))
        answer.hasNews = true
    }
}

/// Remembers who left which room, so that those who shared it are told.
struct Departures: TimelineObserver {
    func appended(_ event: AppendedEvent, to timeline: Timeline) throws {
        guard let change = event.membership, change.isCrossing, change.old == .join else {
            return
        }
        try DeviceListStore(db: timeline.db)
            .departed(change.user, from: event.room.number, at: event.position)
    }
}
