import Database
import Hummingbird
import MatrixTypes

/// Ends this session, or all of the user's, their devices with them.
///
/// `POST /_matrix/client/v3/logout`
/// `POST /_matrix/client/v3/logout/all`
///
/// - Spec: [Logout](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3logout)
struct LogOut: Sendable {
    let database: Database
    let sessions: Sessions

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let requester = context.requester
        try await database.write { [sessions] db in
            try sessions.end(.session(requester.sessionID), of: requester.userID, in: db)
            if let device = requester.deviceID {
                try sessions.devices(in: db).delete([device], of: requester.userID)
            }
        }
        return .empty
    }

    @Sendable
    func respondAll(to request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        try await database.write { [sessions] db in
            try sessions.end(.all, of: user, in: db)
            try sessions.devices(in: db).deleteAll(of: user)
        }
        return .empty
    }
}
