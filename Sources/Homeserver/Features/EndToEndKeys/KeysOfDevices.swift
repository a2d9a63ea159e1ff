import Database
import MatrixTypes

/// Keeps keys in step with devices and accounts: what is gone has no keys, and others are told.
struct KeysOfDevices: DeviceObserver, ProfileObserver {
    let counts: KeyCountsInSync

    func deviceRenamed(_ device: DeviceID, of user: UserID, in db: Connection) throws {
        // Its name is told with its keys.
        guard try DeviceKeyStore(db: db).keys(of: UserDevice(user, device)) != nil else { return }
        try DeviceListStore(db: db).changed(user)
    }

    func devicesRemoved(_ removed: RemovedDevices, of user: UserID, in db: Connection) throws {
        let counted = try OneTimeKeyStore(db: db).deleteAll(of: user, removed)
        counts.forget(counted, of: user, in: db)
        try DehydratedDeviceStore(db: db).delete(of: user, removed)
        let devices = try DeviceKeyStore(db: db).delete(of: user, removed)
        guard !devices.isEmpty else { return }
        let signatures = KeySignatureStore(db: db)
        let names = devices.map(\.rawValue)
        try signatures.delete(of: user, keys: names)
        try signatures.delete(by: user, names)
        try DeviceListStore(db: db).changed(user)
    }

    func profileChanged(of user: UserID, name: String?, in db: Connection) throws {}

    func accountClosed(_ user: UserID, in db: Connection) throws {
        let store = CrossSigningStore(db: db)
        guard try !store.keys(of: user).all.isEmpty else { return }
        try store.deleteAll(of: user)
        try KeySignatureStore(db: db).deleteAll(of: user)
        try DeviceListStore(db: db).changed(user)
    }
}
