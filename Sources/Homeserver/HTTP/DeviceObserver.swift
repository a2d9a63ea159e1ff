import Database
import MatrixTypes

/// Told of devices that are called something else, or are gone, in the block that makes it so.
///
/// Whoever keeps something for a device keeps it in step by this.
protocol DeviceObserver: Sendable {
    func deviceRenamed(_ device: DeviceID, of user: UserID, in db: Connection) throws

    /// - Parameter removed: Names of which some may never have been a device.
    func devicesRemoved(_ removed: RemovedDevices, of user: UserID, in db: Connection) throws
}

/// Which of a user's devices are gone.
enum RemovedDevices: Sendable {
    case these([DeviceID])
    /// All but the one from which it was asked; nil: all.
    case allBut(DeviceID?)

    /// For a `WHERE` that already names the user.
    var condition: SQL {
        switch self {
        case .these(let devices): " AND device_id IN \(list: devices)"
        case .allBut(let kept?): " AND device_id <> \(kept)"
        case .allBut(nil): ""
        }
    }
}
