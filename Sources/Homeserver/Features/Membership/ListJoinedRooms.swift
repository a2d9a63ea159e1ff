import Database
import Hummingbird
import MatrixTypes

/// Lists the rooms that one is in.
///
/// `GET /_matrix/client/v3/joined_rooms`
///
/// - Spec: [GET /joined_rooms](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3joined_rooms)
struct ListJoinedRooms: Sendable {
    let database: Database

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let user = context.userID
        let rooms = try await database.read { try MembershipStore(db: $0).joinedRooms(of: user) }
        return .json { $0["joined_rooms"] = rooms }
    }
}
