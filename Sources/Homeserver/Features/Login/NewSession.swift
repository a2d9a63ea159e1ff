import Database
import MatrixTypes

/// A session about to be opened: what a login and a registration have in common.
///
/// - Spec: [Refreshing access tokens](https://spec.matrix.org/v1.19/client-server-api/#refreshing-access-tokens)
struct NewSession: Sendable {
    /// How long an access token lives that can be refreshed.
    static let tokenValidity = Duration.seconds(3600)

    let userID: UserID
    let deviceID: DeviceID
    let deviceName: String?
    let token = SecretToken.random(prefix: "chp")
    /// Nil where the client did not say that it refreshes: then the access token does not expire.
    let refreshToken: SecretToken?

    /// - Parameter body: Of the request: `device_id`, `initial_device_display_name`,
    ///   `refresh_token`.
    /// - Throws: `M_INVALID_PARAM` for a device ID that is none.
    init(of userID: UserID, from body: JSONObject) throws {
        self.userID = userID
        if let text = body["device_id"]?.string {
            guard let device = DeviceID(text) else {
                throw MatrixError.invalidParameter("device_id")
            }
            deviceID = device
        } else {
            deviceID = DeviceID(unchecked: RandomName.letters(10).uppercased())
        }
        deviceName = body["initial_device_display_name"]?.string.map { String($0.prefix(100)) }
        refreshToken =
            body["refresh_token"]?.bool == true ? SecretToken.random(prefix: "chr") : nil
    }

    /// Ends what the device had before, and opens this one. To be called in a write block.
    func open(with sessions: Sessions, in db: Connection, at now: Timestamp) throws {
        let store = SessionStore(db: db)
        sessions.forget(try store.tokenHashes(of: userID, .device(deviceID)), in: db)
        try store.delete(of: userID, .device(deviceID))
        try DeviceStore(db: db).insert(deviceID, of: userID, name: deviceName, at: now)
        let id = try store.insert(userID, device: deviceID, at: now)
        try store.insertAccessToken(
            token.hash, of: id,
            expires: refreshToken == nil ? nil : now + Self.tokenValidity, at: now)
        if let refreshToken { try store.insertRefreshToken(refreshToken.hash, of: id, at: now) }
    }

    func write(to answer: inout JSONObjectWriter) {
        answer["access_token"] = token.text
        answer["device_id"] = deviceID
        if let refreshToken {
            answer["expires_in_ms"] = Self.tokenValidity.milliseconds
            answer["refresh_token"] = refreshToken.text
        }
        answer["home_server"] = userID.server
        answer["user_id"] = userID
    }
}
