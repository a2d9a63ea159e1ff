import Database
import HTTPTypes
import MatrixTypes

/// The keys of somebody's encrypted rooms, kept here so that a new device can read the history. What is
/// kept is encrypted with a key that only its owner has.
///
/// - Spec: [Server-side key backups](https://spec.matrix.org/v1.19/client-server-api/#server-side-key-backups)
struct KeyBackup: Feature {
    let database: Database

    func addRoutes(to routes: Routes) {
        // The unstable names are those of the specification before it had versions.
        for prefix in ["/v3", "/unstable"] {
            addVersions(to: routes.client, prefix + "/room_keys/version")
            addKeys(to: routes.client, prefix + "/room_keys/keys")
        }
    }

    private func addVersions(to routes: RouteGroup, _ path: String) {
        let versions = BackupVersions(database: database)
        routes.post(path, .evenSuspended, use: versions.create)
        routes.get(path, use: versions.getCurrent)
        routes.get("\(path)/{version}", use: versions.get)
        routes.put("\(path)/{version}", .evenSuspended, use: versions.update)
        routes.delete("\(path)/{version}", .evenSuspended, use: versions.delete)
    }

    private func addKeys(to routes: RouteGroup, _ path: String) {
        let store = StoreRoomKeys(database: database)
        routes.put(path, .evenSuspended, use: store.all)
        routes.put("\(path)/{roomId}", .evenSuspended, use: store.room)
        routes.put("\(path)/{roomId}/{sessionId}", .evenSuspended, use: store.session)
        let read = ReadRoomKeys(database: database)
        routes.get(path, use: read.all)
        routes.get("\(path)/{roomId}", use: read.room)
        routes.get("\(path)/{roomId}/{sessionId}", use: read.session)
        let delete = DeleteRoomKeys(database: database)
        routes.delete(path, .evenSuspended, use: delete.respond)
        routes.delete("\(path)/{roomId}", .evenSuspended, use: delete.respond)
        routes.delete("\(path)/{roomId}/{sessionId}", .evenSuspended, use: delete.respond)
    }
}

/// A closed account keeps no keys.
struct BackupsOfAccounts: ProfileObserver {
    func profileChanged(of user: UserID, name: String?, in db: Connection) throws {}

    func accountClosed(_ user: UserID, in db: Connection) throws {
        try BackupStore(db: db).deleteAll(of: user)
    }
}
