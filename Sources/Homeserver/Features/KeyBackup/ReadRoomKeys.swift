import Database
import Hummingbird
import MatrixTypes

/// Gives back the keys of a version of a backup.
///
/// `GET /_matrix/client/v3/room_keys/keys`
/// `GET /_matrix/client/v3/room_keys/keys/{roomId}`
/// `GET /_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}`
///
/// - Errors: `M_NOT_FOUND` for a version that is not there, or a session without a key; `M_MISSING_PARAM`.
/// - Spec: [GET /room_keys/keys](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3room_keyskeys)
struct ReadRoomKeys: Sendable {
    let database: Database

    @Sendable
    func all(_ request: Request, context: ClientContext) async throws -> Response {
        let rooms = Dictionary(grouping: try await keys(context), by: \.name.room)
        return .json { answer in
            answer.object("rooms") { object in
                for (room, keys) in rooms {
                    object.object(room.rawValue) { write(keys, to: &$0) }
                }
            }
        }
    }

    @Sendable
    func room(_ request: Request, context: ClientContext) async throws -> Response {
        let keys = try await keys(context)
        return .json { write(keys, to: &$0) }
    }

    @Sendable
    func session(_ request: Request, context: ClientContext) async throws -> Response {
        guard let (_, key) = try await keys(context).first else {
            throw MatrixError.notFound("There is no key of this session.")
        }
        return .json { key.write(to: &$0) }
    }

    private func write(
        _ keys: [(name: SessionName, key: BackedUpKey)], to object: inout JSONObjectWriter
    ) {
        object.object("sessions") { sessions in
            for (name, key) in keys { sessions.object(name.session) { key.write(to: &$0) } }
        }
    }

    private func keys(_ context: ClientContext) async throws
        -> [(name: SessionName, key: BackedUpKey)]
    {
        let user = context.userID
        let number = try context.backupVersion()
        let selection = try SessionSelection(context)
        return try await database.read { db in
            let store = BackupStore(db: db)
            guard let version = try store.version(number, of: user), !version.isDeleted else {
                throw MatrixError.noBackup
            }
            return try store.keys(selection, in: number, of: user)
        }
    }
}

/// Takes keys out of a version of a backup.
///
/// `DELETE /_matrix/client/v3/room_keys/keys`
/// `DELETE /_matrix/client/v3/room_keys/keys/{roomId}`
/// `DELETE /_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}`
///
/// - Errors: `M_NOT_FOUND` for a version that is not there; `M_MISSING_PARAM`.
/// - Spec: [DELETE /room_keys/keys](https://spec.matrix.org/v1.19/client-server-api/#delete_matrixclientv3room_keyskeys)
struct DeleteRoomKeys: Sendable {
    let database: Database

    @Sendable
    func respond(_ request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let number = try context.backupVersion()
        let selection = try SessionSelection(context)
        let version = try await database.write { db in
            let store = BackupStore(db: db)
            guard var version = try store.version(number, of: user), !version.isDeleted else {
                throw MatrixError.noBackup
            }
            let removed = try store.delete(selection, in: number, of: user)
            guard removed > 0 else { return version }
            version.count -= removed
            version.etag += 1
            try store.update(version, of: user)
            return version
        }
        return version.state
    }
}
