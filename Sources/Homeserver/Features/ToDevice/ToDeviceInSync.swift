import Database
import MatrixTypes

/// The messages that wait for the requester's device, the oldest first.
///
/// The same token brings the same messages again: they are deleted only once a newer token shows
/// that they have arrived.
///
/// - Spec: [Extensions to /sync](https://spec.matrix.org/v1.19/client-server-api/#extensions-to-sync)
struct ToDeviceInSync: SyncSection {
    /// What the specification recommends. The rest comes with the next answer, which does not wait.
    static let mostMessages = 100

    let inbox: DeviceInbox

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        guard let deviceID = scope.requester.deviceID else { return }
        let device = UserDevice(scope.requester.userID, deviceID)
        let start = scope.toDeviceStart ?? scope.start ?? .start
        let store = inbox.store(in: timeline.db)
        let waiting = try store.waiting(for: device)
        guard waiting.count > 0, waiting.last > start else { return }
        let messages = try store.messages(
            for: device, after: start, upTo: scope.end, limit: Self.mostMessages + 1)
        let told = messages.prefix(Self.mostMessages)
        answer.toDevice += told.map(\.bytes)
        if told.count < messages.count { answer.toDeviceEnd = told.last?.position }
    }
}
