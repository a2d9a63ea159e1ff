import Database
import Hummingbird
import MatrixTypes

/// Tells whose keys changed between two syncs, and with whom no room is shared any more.
///
/// `GET /_matrix/client/v3/keys/changes`
///
/// - Errors: `M_MISSING_PARAM`, `M_INVALID_PARAM` for tokens.
/// - Spec: [GET /keys/changes](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3keyschanges)
struct KeyChanges: Sendable {
    let database: Database

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let from = try token("from", context)
        let to = try token("to", context)
        let user = context.userID
        // Of another database's tokens nothing is known: all may have changed.
        let start = from.incarnation == database.incarnation ? from.position : .start
        let isOurs = to.incarnation == database.incarnation
        let changes = try await database.read { db in
            let seen = StreamPosition(rawValue: try db.seenPosition())
            return try DeviceListStore(db: db).changes(
                for: user, after: start, upTo: isOurs ? min(to.position, seen) : seen)
        }
        return .json { changes.write(to: &$0) }
    }

    private func token(_ name: String, _ context: ClientContext) throws -> SyncToken {
        guard let text = context.query[name] else { throw MatrixError.missingParameter(name) }
        guard let token = SyncToken(text) else {
            throw MatrixError.invalidParameter(name, "This is no token of ours.")
        }
        return token
    }
}
