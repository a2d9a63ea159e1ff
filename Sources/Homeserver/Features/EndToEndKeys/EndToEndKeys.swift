import Database
import HTTPTypes
import MatrixTypes

/// The public keys of devices and of people: uploaded, asked for, handed out, signed.
///
/// The server sees no private key, and checks what can be checked without one.
///
/// - Spec: [Key management API](https://spec.matrix.org/v1.19/client-server-api/#key-management-api)
struct EndToEndKeys: Feature {
    let database: Database
    let engine: RoomEngine
    let auth: InteractiveAuth
    let sessions: Sessions
    let inbox: DeviceInbox
    let counts: KeyCountsInSync

    var syncSections: [any SyncSection] { [DeviceListsInSync(), counts] }

    func addRoutes(to routes: Routes) {
        let upload = UploadKeys(database: database, counts: counts)
        routes.client.post("/v3/keys/upload", .evenSuspended, use: upload.respond)
        // Old clients name their device once more.
        routes.client.post("/v3/keys/upload/{deviceId}", .evenSuspended, use: upload.respond)
        let query = QueryKeys(database: database, engine: engine)
        routes.client.post("/v3/keys/query", .reading.limited(by: .keys), use: query.respond)
        let claim = ClaimKeys(database: database, engine: engine, counts: counts)
        routes.client.post("/v3/keys/claim", .reading.limited(by: .keys), use: claim.respond)
        let changes = KeyChanges(database: database)
        routes.client.get("/v3/keys/changes", use: changes.respond)
        let crossSigning = UploadCrossSigningKeys(database: database, auth: auth)
        for version in ["v3", "unstable"] {
            routes.client.post(
                "/\(version)/keys/device_signing/upload", .evenSuspended,
                use: crossSigning.respond)
            let signatures = UploadSignatures(database: database, engine: engine)
            routes.client.post(
                "/\(version)/keys/signatures/upload", .evenSuspended, use: signatures.respond)
        }
        addDehydrationRoutes(to: routes)
    }

    private func addDehydrationRoutes(to routes: Routes) {
        let devices = DehydratedDevices(database: database, sessions: sessions, counts: counts)
        let path = "/unstable/org.matrix.msc3814.v1/dehydrated_device"
        routes.client.get(path, use: devices.get)
        routes.client.put(path, .evenSuspended, use: devices.put)
        routes.client.delete(path, .evenSuspended, use: devices.delete)
        let events = DehydratedDeviceEvents(database: database, inbox: inbox)
        routes.client.get("\(path)/{deviceId}/events", use: events.get)
        routes.client.post("\(path)/{deviceId}/events", .evenSuspended, use: events.post)
    }
}
