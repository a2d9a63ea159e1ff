import Database
import MatrixTypes

/// The devices that somebody is logged in with.
///
/// - Spec: [Device management](https://spec.matrix.org/v1.19/client-server-api/#device-management)
struct Devices: Feature {
    let database: Database
    let sessions: Sessions
    let auth: InteractiveAuth

    func addRoutes(to routes: Routes) {
        let list = ListDevices(database: database)
        routes.client.get("/v3/devices", use: list.respond)
        routes.client.get("/v3/devices/{deviceId}", use: list.respondOne)
        let rename = RenameDevice(database: database, sessions: sessions)
        routes.client.put("/v3/devices/{deviceId}", use: rename.respond)
        let delete = DeleteDevices(database: database, sessions: sessions, auth: auth)
        routes.client.delete("/v3/devices/{deviceId}", .evenSuspended, use: delete.respondOne)
        routes.client.post("/v3/delete_devices", .evenSuspended, use: delete.respond)
    }

    /// Writes down now and then when and whence devices were last seen.
    func run() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .seconds(10)) } catch { break }
            let seen = sessions.sightings.take()
            guard !seen.isEmpty else { continue }
            for slice in seen.map({ ($0.key, $0.value) }).chunks(of: 200) {
                try? await database.write { db in
                    let store = DeviceStore(db: db)
                    for (device, sighting) in slice {
                        try store.saw(
                            device.deviceID, of: device.userID, at: sighting.address,
                            sighting.userAgent, sighting.at)
                    }
                }
            }
        }
    }
}
