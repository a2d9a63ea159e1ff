import MatrixTypes

/// One of a user's devices, as the key of what is kept for it.
struct UserDevice: Hashable, Sendable {
    let userID: UserID
    let deviceID: DeviceID

    init(_ userID: UserID, _ deviceID: DeviceID) {
        self.userID = userID
        self.deviceID = deviceID
    }
}
