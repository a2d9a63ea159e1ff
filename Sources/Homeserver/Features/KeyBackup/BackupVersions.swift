import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Makes, tells, changes and deletes versions of a backup. Keys go into the newest one alone.
///
/// `POST /_matrix/client/v3/room_keys/version`
/// `GET /_matrix/client/v3/room_keys/version`
/// `GET /_matrix/client/v3/room_keys/version/{version}`
/// `PUT /_matrix/client/v3/room_keys/version/{version}`
/// `DELETE /_matrix/client/v3/room_keys/version/{version}`
///
/// Deleting a version twice is no error.
///
/// - Errors: `M_NOT_FOUND` for a version that is not there; `M_INVALID_PARAM` for another algorithm than the
///   version's, or another version than the path's; `M_TOO_LARGE` for more than below.
/// - Spec: [POST /room_keys/version](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3room_keysversion)
struct BackupVersions: Sendable {
    static let maxBodyBytes = 65_536

    let database: Database

    @Sendable
    func create(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await Body(request.jsonObject(atMost: Self.maxBodyBytes))
        let user = context.userID
        let number = try await database.write { db in
            try BackupStore(db: db).create(body.algorithm, body.authData, of: user)
        }
        return .json { $0["version"] = String(number) }
    }

    @Sendable
    func getCurrent(_ request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let version = try await database.read { try BackupStore(db: $0).current(of: user) }
        return try answer(version)
    }

    @Sendable
    func get(_ request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let number = try number(context)
        let version = try await database.read { db in
            try BackupStore(db: db).version(number, of: user)
        }
        return try answer(version)
    }

    private func answer(_ version: BackupStore.Version?) throws -> Response {
        guard let version, !version.isDeleted else { throw MatrixError.noBackup }
        return .json { answer in
            answer["algorithm"] = version.algorithm
            answer.raw("auth_data", version.authData)
            answer["count"] = version.count
            answer["etag"] = String(version.etag)
            answer["version"] = String(version.number)
        }
    }

    @Sendable
    func update(_ request: Request, context: ClientContext) async throws -> Response {
        let body = try await Body(request.jsonObject(atMost: Self.maxBodyBytes))
        let user = context.userID
        let number = try number(context)
        guard body.version == nil || body.version == String(number) else {
            throw MatrixError.invalidParameter("version", "The path names another version.")
        }
        try await database.write { db in
            let store = BackupStore(db: db)
            guard let version = try store.version(number, of: user), !version.isDeleted else {
                throw MatrixError.noBackup
            }
            guard version.algorithm == body.algorithm else {
                throw MatrixError.invalidParameter(
                    "algorithm", "The backup has another algorithm.")
            }
            try store.setAuthData(body.authData, number, of: user)
        }
        return .empty
    }

    @Sendable
    func delete(_ request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let number = try number(context)
        try await database.write { db in
            let store = BackupStore(db: db)
            guard let version = try store.version(number, of: user) else {
                throw MatrixError.noBackup
            }
            if !version.isDeleted { try store.delete(number, of: user) }
        }
        return .empty
    }

    /// The path's `{version}`. Whatever is no number of ours is no version.
    private func number(_ context: ClientContext) throws -> Int64 {
        guard let number = Int64(try context.parameter("version")), number > 0 else {
            throw MatrixError.noBackup
        }
        return number
    }

    /// What describes a version.
    private struct Body: Sendable {
        let algorithm: String
        let authData: [UInt8]
        let version: String?

        init(_ object: JSONObject) throws {
            (algorithm, authData, version) = try readingBody {
                (
                    try object.requiredString("algorithm"),
                    Array(try object.requiredObject("auth_data").bytes),
                    try object.string("version")
                )
            }
            guard (1...255).contains(algorithm.utf8.count), !algorithm.utf8.contains(0) else {
                throw MatrixError.invalidParameter("algorithm")
            }
        }
    }
}
