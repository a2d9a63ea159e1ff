import Database
import Hummingbird
import MatrixTypes

/// Reads and sets what a client keeps for one room.
///
/// `GET /_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}`
/// `PUT /_matrix/client/v3/user/{userId}/rooms/{roomId}/account_data/{type}`
///
/// - Errors: `M_FORBIDDEN` for somebody else's; `M_NOT_FOUND`; those of `GlobalAccountData`.
/// - Spec: [Client config](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3useruseridroomsroomidaccount_datatype)
struct RoomAccountData: Sendable {
    let database: Database
    let engine: RoomEngine

    @Sendable
    func read(_ request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let roomID = try context.roomID()
        let type = try context.parameter("type")
        let content = try await database.read { [engine] db -> [UInt8]? in
            guard let room = try engine.timeline(in: db).rooms.number(of: roomID) else {
                return nil
            }
            return try AccountDataStore(db: db).content(type, of: user, in: room)
        }
        guard let content, content != GlobalAccountData.nothing else {
            throw MatrixError.notFound("Nothing is kept under this type.")
        }
        return .json(bytes: content)
    }

    @Sendable
    func set(_ request: Request, context: ClientContext) async throws -> Response {
        let content = try await request.jsonObject(atMost: AccountDataStore.maxContentBytes)
        return try await set(Array(content.bytes), context)
    }

    @Sendable
    func delete(_ request: Request, context: ClientContext) async throws -> Response {
        try await set(GlobalAccountData.nothing, context)
    }

    private func set(_ content: [UInt8], _ context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let roomID = try context.roomID()
        let type = try checkedType(context)
        try await database.write { [engine] db in
            let room = try engine.timeline(in: db).knownRoom(roomID, to: user)
            try AccountDataStore(db: db).set(type, to: content, of: user, in: room)
        }
        return .empty
    }
}

extension Timeline {
    /// A room that a user has, or had, to do with.
    ///
    /// - Throws: `M_FORBIDDEN` otherwise, also for a room that does not exist.
    func knownRoom(_ roomID: RoomID, to user: UserID) throws -> RoomNumber {
        guard let room = try rooms.number(of: roomID),
            try memberships.entry(of: user, in: room) != nil
        else { throw MatrixError.forbidden("You are not in this room.") }
        return room
    }
}
