import Database
import Hummingbird
import MatrixTypes

/// Tells the keys of devices and people, with the signatures on them that the requester may see.
///
/// `POST /_matrix/client/v3/keys/query`
///
/// Users of other servers are passed over.
///
/// - Errors: `M_MISSING_PARAM`, `M_BAD_JSON`; `M_TOO_LARGE` for more users than below.
/// - Spec: [POST /keys/query](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3keysquery)
struct QueryKeys: Sendable {
    static let mostUsers = 10_000

    let database: Database
    let engine: RoomEngine

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject()
        let wanted = try wanted(in: body)
        let reader = context.userID
        let bytes = try await database.read { db in
            try KeysForReader(reader: reader, wanted: wanted, in: db).bytes()
        }
        return .json(bytes: bytes)
    }

    /// The devices of each user; none named: all of them.
    private func wanted(in body: JSONObject) throws -> [UserID: Set<String>] {
        var wanted: [UserID: Set<String>] = [:]
        for (name, devices) in try readingBody({ try body.requiredObject("device_keys") }) {
            guard let user = UserID(name), let devices = devices.array?.strings else {
                throw MatrixError.badJSON("`device_keys` maps user IDs to lists of device IDs.")
            }
            if engine.isLocal(user) { wanted[user] = Set(devices) }
        }
        guard wanted.count <= Self.mostUsers else {
            throw MatrixError.tooLarge("These are too many users at once.")
        }
        return wanted
    }
}

/// The answer to one query, as one reader gets it.
private struct KeysForReader {
    let reader: UserID
    let wanted: [UserID: Set<String>]
    let devices: [UserID: [DeviceKeyStore.Entry]]
    let crossSigning: [UserID: CrossSigningKeys]
    let signatures: KeySignatures

    init(reader: UserID, wanted: [UserID: Set<String>], in db: Connection) throws {
        self.reader = reader
        self.wanted = wanted
        let users = wanted.keys.sorted()
        devices = Dictionary(
            grouping: try DeviceKeyStore(db: db).keys(of: users), by: \.device.userID)
        crossSigning = try CrossSigningStore(db: db).keys(of: users)
        signatures = try KeySignatureStore(db: db).signatures(on: users, for: reader)
    }

    func bytes() throws -> [UInt8] {
        try jsonBytes { answer in
            try answer.object("device_keys") { object in
                for (user, names) in wanted {
                    try object.object(user.rawValue) { try write(user, names, to: &$0) }
                }
            }
            answer.object("failures") { _ in }
            try answer.object("master_keys") { object in
                for (user, keys) in crossSigning {
                    guard let master = keys.master else { continue }
                    object.raw(
                        user.rawValue,
                        try signatures.added(to: master.bytes, user, master.publicKey))
                }
            }
            answer.object("self_signing_keys") { object in
                for (user, keys) in crossSigning {
                    if let key = keys.selfSigning { object.raw(user.rawValue, key.bytes) }
                }
            }
            answer.object("user_signing_keys") { object in
                // With whom somebody is acquainted is their own affair.
                if let key = crossSigning[reader]?.userSigning {
                    object.raw(reader.rawValue, key.bytes)
                }
            }
        }
    }

    private func write(
        _ user: UserID, _ names: Set<String>, to object: inout JSONObjectWriter
    ) throws {
        for entry in devices[user] ?? [] {
            let name = entry.device.deviceID.rawValue
            guard names.isEmpty || names.contains(name) else { continue }
            let unsigned = jsonBytes { $0["device_display_name"] = entry.displayName }
            object.raw(
                name, try signatures.added(to: entry.bytes, user, name, ["unsigned": unsigned]))
        }
    }
}
