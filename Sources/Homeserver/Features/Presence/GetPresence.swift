import Database
import Hummingbird
import MatrixTypes

/// Tells whether somebody is there.
///
/// `GET /_matrix/client/v3/presence/{userId}/status`
///
/// - Errors: `M_FORBIDDEN` for who shares no room with the requester, whether they exist or not.
/// - Spec: [Presence](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3presenceuseridstatus)
struct GetPresence: Sendable {
    let database: Database
    let clock: any WallClock
    let book: PresenceBook?

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let user = try context.user()
        let requester = context.userID
        if user != requester {
            let isMet = try await database.read {
                try MembershipStore(db: $0).shareRoom(requester, user)
            }
            guard isMet else { throw MatrixError.forbidden("You share no room with this user.") }
        }
        let state = book?.state(of: user) ?? PresenceState()
        let now = clock.now
        return .json { state.write(to: &$0, at: now) }
    }
}

/// Says whether the requester is there, and what they say of it.
///
/// `PUT /_matrix/client/v3/presence/{userId}/status`
///
/// Without `status_msg` the message stays; an empty one takes it away.
///
/// - Errors: `M_FORBIDDEN` for somebody else's; `M_BAD_JSON`; `M_TOO_LARGE` for a message over 1,024
///   bytes.
/// - Spec: [Presence](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3presenceuseridstatus)
struct SetPresence: Sendable {
    static let maxMessageBytes = 1024

    let database: Database
    let clock: any WallClock
    let notifier: Notifier
    let book: PresenceBook?

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let body = try await request.jsonObject(atMost: 16_384)
        guard let status = body["presence"]?.string.flatMap({ PresenceStatus(rawValue: $0) }) else {
            throw MatrixError.badJSON("`presence` is online, unavailable or offline.")
        }
        let message = try message(in: body)
        guard let book else { return .empty }
        try await follow(user)
        if let message, message != book.state(of: user)?.message {
            try await database.write { try PresenceStore(db: $0).set(message, of: user) }
        }
        book.set(status, message, of: user)
        return .empty
    }

    /// Nil: it stays. Nil within: it is taken away.
    private func message(in body: JSONObject) throws -> String?? {
        guard let value = body["status_msg"] else { return nil }
        if value.isNull { return .some(nil) }
        guard let text = value.string, !text.utf8.contains(0) else {
            throw MatrixError.badJSON("`status_msg` is a text.")
        }
        guard text.utf8.count <= Self.maxMessageBytes else {
            throw MatrixError.tooLarge("`status_msg` may have 1,024 bytes.")
        }
        return .some(text.isEmpty ? nil : text)
    }

    /// Those who share a room are told, so the rooms have to be known.
    private func follow(_ user: UserID) async throws {
        guard notifier.prepareToFollow(user) else { return }
        let rooms = try await database.read { try MembershipStore(db: $0).stays(of: user) }
        notifier.follow(user, in: rooms)
    }
}
