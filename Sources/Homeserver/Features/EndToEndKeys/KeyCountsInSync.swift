import Database
import MatrixTypes

/// How many keys a device has left to give out.
struct KeyCounts: Sendable, Equatable {
    /// By algorithm; none that is zero.
    var oneTime: [String: Int] = [:]
    /// Algorithms.
    var unusedFallback: [String] = []
    /// When a key was last given out, as far as that is remembered.
    var claimed = StreamPosition.start

    /// The counts as clients get them. Zero is said of the one algorithm that all of them use, so that
    /// none takes silence for a count that has not changed.
    var written: [String: Int] {
        oneTime.merging(["signed_curve25519": 0]) { count, _ in count }
    }
}

/// `device_one_time_keys_count` and `device_unused_fallback_key_types`, in every answer.
///
/// - Spec: [Extensions to /sync](https://spec.matrix.org/v1.19/client-server-api/#e2e-extensions-to-sync)
struct KeyCountsInSync: SyncSection {
    private let cache = SharedCache<UserDevice, KeyCounts>(capacity: 50_000)

    init() {}

    /// Counts again, after something was uploaded.
    @discardableResult
    func refresh(_ device: UserDevice, in db: Connection) throws -> KeyCounts {
        var counts = try OneTimeKeyStore(db: db).counts(of: device)
        counts.claimed = db.cached(cache, device)?.claimed ?? .start
        db.cache(cache, device, counts)
        return counts
    }

    /// Has a device told that keys of it were given out.
    func claimed(from device: UserDevice, in db: Connection) throws {
        var counts = try OneTimeKeyStore(db: db).counts(of: device)
        counts.claimed = StreamPosition(rawValue: db.nextPosition())
        db.cache(cache, device, counts)
        db.announce(
            Change(position: counts.claimed, kind: .device(device.userID, device.deviceID)))
    }

    /// The devices are gone, and their keys.
    func forget(_ devices: [DeviceID], of user: UserID, in db: Connection) {
        for device in devices { db.cache(cache, UserDevice(user, device), KeyCounts()) }
    }

    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws {
        guard let deviceID = scope.requester.deviceID else { return }
        let device = UserDevice(scope.requester.userID, deviceID)
        if let known = timeline.db.cached(cache, device) {
            // That a key was given out is worth an answer: the device brings new ones.
            if let start = scope.start, known.claimed > start { answer.hasNews = true }
        } else {
            timeline.db.cache(
                cache, device, try OneTimeKeyStore(db: timeline.db).counts(of: device))
        }
    }

    func standing(for requester: Requester) -> [SyncWriter.Member]? {
        guard let deviceID = requester.deviceID else { return [] }
        guard let counts = cache.value(UserDevice(requester.userID, deviceID)) else { return nil }
        return [
            ("device_one_time_keys_count", json(counts.written)),
            ("device_unused_fallback_key_types", json(counts.unusedFallback)),
        ]
    }

    private func json(_ value: some JSONWritable) -> [UInt8] {
        var writer = JSONWriter()
        value.write(to: &writer)
        return writer.bytes
    }
}
