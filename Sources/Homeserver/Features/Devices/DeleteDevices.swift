import Database
import Hummingbird
import MatrixTypes

/// Logs one's devices out, after the password was asked.
///
/// `DELETE /_matrix/client/v3/devices/{deviceId}`
/// `POST /_matrix/client/v3/delete_devices`
///
/// Devices that are not there, or somebody else's, are passed over.
///
/// - Spec: [Device management](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3delete_devices)
struct DeleteDevices: Sendable {
    static let mostDevices = 1000

    let database: Database
    let sessions: Sessions
    let auth: InteractiveAuth

    @Sendable
    func respondOne(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.optionalJSONObject()
        let device = DeviceID(try context.parameter("deviceId"))
        return try await delete(device.map { [$0] } ?? [], body, context)
    }

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.jsonObject()
        guard let names = body["devices"]?.array, names.count <= Self.mostDevices else {
            throw MatrixError.missingParameter("devices")
        }
        let devices = names.compactMap { $0.string.flatMap { DeviceID($0) } }
        return try await delete(devices, body, context)
    }

    private func delete(_ devices: [DeviceID], _ body: JSONObject, _ context: ClientContext)
        async throws -> Response
    {
        let user = context.userID
        let names = devices.map(\.rawValue).sorted().joined(separator: " ")
        let outcome = try await auth.check(
            body, flows: [InteractiveAuth.password], purpose: "delete \(user) \(names)",
            user: user)
        if case .goOn(let response) = outcome { return response }
        try await database.write { [sessions] db in
            for device in devices { try sessions.end(.device(device), of: user, in: db) }
            try sessions.devices(in: db).delete(devices, of: user)
        }
        return .empty
    }
}
