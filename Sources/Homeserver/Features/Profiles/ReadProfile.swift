import Database
import Hummingbird
import MatrixTypes

/// Reads somebody's profile, or one field of it.
///
/// `GET /_matrix/client/v3/profile/{userId}`
/// `GET /_matrix/client/v3/profile/{userId}/{keyName}`
///
/// - Errors: `M_NOT_FOUND` for a user that is not known here, and for a field that is not set.
/// - Spec: [Profiles](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3profileuserid)
struct ReadProfile: Sendable {
    let database: Database

    @Sendable
    func respond(to request: Request, context: OpenContext) async throws -> Response {
        let fields = try await fields(context)
        return .json { answer in for (field, value) in fields { answer.raw(field, value) } }
    }

    @Sendable
    func respondField(to request: Request, context: OpenContext) async throws -> Response {
        let name = try context.parameter("keyName")
        guard let (_, value) = try await fields(context).first(where: { $0.field == name }) else {
            throw MatrixError.notFound("This is not set.")
        }
        return .json { $0.raw(name, value) }
    }

    private func fields(_ context: OpenContext) async throws -> [(field: String, value: [UInt8])] {
        let unknown = MatrixError.notFound("There is no such person here.")
        guard let user = UserID(try context.parameter("userId")) else {
            throw MatrixError.invalidParameter("userId", "This is not a user ID.")
        }
        guard let fields = try await database.read({ try ProfileStore(db: $0).profile(of: user) })
        else { throw unknown }
        return fields
    }
}
