import Database
import Hummingbird
import MatrixTypes

/// Closes one's account for good: its rooms are left, its sessions end, its name stays taken.
///
/// `POST /_matrix/client/v3/account/deactivate`
///
/// - Spec: [Account deactivation](https://spec.matrix.org/v1.19/client-server-api/#post_matrixclientv3accountdeactivate)
struct DeactivateAccount: Sendable {
    let database: Database
    let engine: RoomEngine
    let sessions: Sessions
    let auth: InteractiveAuth
    let observers: [any ProfileObserver]
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let body = try await request.optionalJSONObject()
        let user = context.userID
        let outcome = try await auth.check(
            body, flows: [InteractiveAuth.password], purpose: "deactivate \(user)", user: user)
        if case .goOn(let response) = outcome { return response }
        try await close(user, erases: body["erase"]?.bool ?? false)
        return .json { $0["id_server_unbind_result"] = "no-support" }
    }

    /// Closes an account, whoever asked for it. A second time changes nothing but leaves the rooms
    /// that were not left the first time.
    func close(_ user: UserID, erases: Bool) async throws {
        let now = clock.now
        // No session may come back while rooms are left one by one.
        try await database.write { [sessions, observers] db in
            try AccountStore(db: db).deactivate(user, erases: erases, at: now)
            try sessions.end(.all, of: user, in: db)
            try sessions.devices(in: db).deleteAll(of: user)
            try ProfileStore(db: db).deleteAll(of: user)
            try AccountDataStore(db: db).deleteAll(of: user)
            for observer in observers { try observer.accountClosed(user, in: db) }
        }
        let rooms = try await database.read { db in
            try MembershipStore(db: db).entries(of: user)
                .filter { [.join, .invite, .knock].contains($0.membership) }.map(\.room)
        }
        for room in rooms { try await leave(room, user) }
    }

    private func leave(_ room: RoomNumber, _ user: UserID) async throws {
        let now = clock.now
        try await database.write { [engine] db in
            let timeline = engine.timeline(in: db)
            guard let roomID = try timeline.rooms.roomID(of: room) else { return }
            let draft = try EventDraft(
                sender: user, type: .roomMember, stateKey: user.rawValue,
                content: Array(#"{"membership":"leave"}"#.utf8), at: now)
            do {
                try timeline.append(draft, to: roomID)
            } catch is MatrixError {
                // A room that is closed, or whose rules keep them in, is not left.
            }
        }
    }
}
