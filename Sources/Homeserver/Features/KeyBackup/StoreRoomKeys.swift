import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Puts keys into the newest version of a backup. Of two keys of one session the better one is kept.
///
/// `PUT /_matrix/client/v3/room_keys/keys`
/// `PUT /_matrix/client/v3/room_keys/keys/{roomId}`
/// `PUT /_matrix/client/v3/room_keys/keys/{roomId}/{sessionId}`
///
/// - Errors: `M_NOT_FOUND` for a version that is not there; `M_WRONG_ROOM_KEYS_VERSION` for one that is not the
///   newest; `M_TOO_LARGE` for more keys than below; those of `BackedUpKey`.
/// - Spec: [PUT /room_keys/keys](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3room_keyskeys)
struct StoreRoomKeys: Sendable {
    /// All are written in one block, for which all others wait.
    static let mostKeys = 5_000
    static let mostInBackup = 1_000_000
    static let maxBodyBytes = 8 << 20

    let database: Database

    @Sendable
    func all(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(atMost: Self.maxBodyBytes)
        var keys: [SessionName: BackedUpKey] = [:]
        for (room, value) in try readingBody({ try body.requiredObject("rooms") }) {
            guard let value = value.object else {
                throw MatrixError.badJSON("Each of `rooms` is an object.")
            }
            try read(value, of: room, into: &keys)
        }
        return try await store(keys, context)
    }

    @Sendable
    func room(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject(atMost: Self.maxBodyBytes)
        var keys: [SessionName: BackedUpKey] = [:]
        try read(body, of: try context.parameter("roomId"), into: &keys)
        return try await store(keys, context)
    }

    @Sendable
    func session(_ request: Request, context: ClientContext) async throws -> Response {
        let name = try SessionName(
            room: context.parameter("roomId"), session: context.parameter("sessionId"))
        let key = try await BackedUpKey(request.jsonObject())
        return try await store([name: key], context)
    }

    private func read(
        _ object: JSONObject, of room: String, into keys: inout [SessionName: BackedUpKey]
    ) throws {
        for (session, value) in try readingBody({ try object.requiredObject("sessions") }) {
            guard let value = value.object else {
                throw MatrixError.badJSON("Each of `sessions` is an object.")
            }
            keys[try SessionName(room: room, session: session)] = try BackedUpKey(value)
            guard keys.count <= Self.mostKeys else {
                throw MatrixError.tooLarge("These are too many keys at once.")
            }
        }
    }

    private func store(_ keys: [SessionName: BackedUpKey], _ context: ClientContext) async throws
        -> Response
    {
        let user = context.userID
        let number = try context.backupVersion()
        let version = try await database.write { db in
            let store = BackupStore(db: db)
            var version = try store.current(number, of: user)
            let known = try store.known(Array(keys.keys), in: version.number, of: user)
            var hasChanged = false
            for (name, key) in keys {
                if let old = known[name] {
                    guard key.replaces(old) else { continue }
                } else {
                    version.count += 1
                }
                try store.set(key, name, in: version.number, of: user)
                hasChanged = true
            }
            guard version.count <= Self.mostInBackup else {
                throw MatrixError.tooLarge("There are too many keys in the backup already.")
            }
            if hasChanged {
                version.etag += 1
                try store.update(version, of: user)
            }
            return version
        }
        return version.state
    }
}

extension ClientContext {
    /// The query's `version`.
    ///
    /// - Throws: `M_MISSING_PARAM`; `M_NOT_FOUND` for what is no number of ours.
    func backupVersion() throws -> Int64 {
        guard let text = query["version"] else { throw MatrixError.missingParameter("version") }
        guard let number = Int64(text), number > 0 else { throw MatrixError.noBackup }
        return number
    }
}

extension BackupStore {
    /// A version, which has to be the newest one.
    fileprivate func current(_ number: Int64, of user: UserID) throws -> Version {
        guard let current = try current(of: user) else { throw MatrixError.noBackup }
        guard current.number == number else {
            throw MatrixError(
                .forbidden, MatrixError.Code(rawValue: "M_WRONG_ROOM_KEYS_VERSION"),
                "There is a newer backup."
            )
            .with("current_version", "\"\(current.number)\"")
        }
        return current
    }
}

extension BackupStore.Version {
    /// The answer to whoever changed it.
    var state: Response {
        .json { answer in
            answer["count"] = count
            answer["etag"] = String(etag)
        }
    }
}
