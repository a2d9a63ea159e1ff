import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Who is typing.
///
/// - Spec: [Typing notifications](https://spec.matrix.org/v1.19/client-server-api/#typing-notifications)
struct Typing: Feature {
    let database: Database
    let engine: RoomEngine
    let users: TypingUsers

    init(database: Database, engine: RoomEngine, notifier: Notifier) {
        self.database = database
        self.engine = engine
        users = TypingUsers(notifier: notifier)
        database.onCommit { [users] in users.committed($0) }
    }

    var syncSections: [any SyncSection] { [TypingInSync(users: users)] }

    func addRoutes(to routes: Routes) {
        let set = SetTyping(database: database, engine: engine, users: users)
        routes.client.put("/v3/rooms/{roomId}/typing/{userId}", use: set.respond)
    }

    /// Ends what nobody ended.
    func run() async {
        while !Task.isCancelled {
            do { try await Task.sleep(for: .milliseconds(200)) } catch { return }
            users.endOverdue(at: .now)
        }
    }
}

/// Says that the requester has begun or ended typing in a room.
///
/// `PUT /_matrix/client/v3/rooms/{roomId}/typing/{userId}`
///
/// - Errors: `M_FORBIDDEN` for somebody else, and for who is not in the room; `M_BAD_JSON`.
/// - Spec: [Typing notifications](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3roomsroomidtypinguserid)
struct SetTyping: Sendable {
    static let maxBodyBytes = 4096
    /// Where a client names no time.
    static let usualTimeout = Duration.seconds(30)

    let database: Database
    let engine: RoomEngine
    let users: TypingUsers

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let roomID = try context.roomID()
        let body = try await request.jsonObject(atMost: Self.maxBodyBytes)
        let (isTyping, timeout) = try question(body)
        let room = try await database.read { [engine] db in
            try engine.timeline(in: db).joinedRoom(roomID, for: user).number
        }
        if isTyping {
            users.start(user, in: room, for: timeout, now: .now)
        } else {
            users.stop(user, in: room)
        }
        return .empty
    }

    private func question(_ body: JSONObject) throws -> (isTyping: Bool, timeout: Duration) {
        do {
            let timeout = try body.int("timeout").map { Duration.milliseconds(max(0, $0)) }
            return (try body.requiredBool("typing"), timeout ?? Self.usualTimeout)
        } catch {
            throw MatrixError.badJSON("The body is not well formed: \(error).")
        }
    }
}
