import Database
import HTTPTypes
import MatrixTypes

/// Who is there, and what they say of it.
///
/// A site may turn it off; then nothing is kept, nobody is told, and everyone is offline.
///
/// - Spec: [Presence](https://spec.matrix.org/v1.19/client-server-api/#presence)
struct Presence: Feature {
    let database: Database
    let clock: any WallClock
    let notifier: Notifier
    /// Nil: turned off.
    let book: PresenceBook?

    var syncSections: [any SyncSection] {
        book.map { [PresenceInSync(book: $0, notifier: notifier)] } ?? []
    }

    func addRoutes(to routes: Routes) {
        let path = "/v3/presence/{userId}/status"
        let get = GetPresence(database: database, clock: clock, book: book)
        routes.client.get(path, use: get.respond)
        let set = SetPresence(
            database: database, clock: clock, notifier: notifier, book: book)
        routes.client.put(path, use: set.respond)
    }

    func run() async {
        guard let book else { return }
        while !Task.isCancelled {
            do { try await Task.sleep(for: .milliseconds(500)) } catch { return }
            book.passTime(to: clock.now)
        }
    }
}

/// The table `presence`: what people say of themselves, over a restart.
struct PresenceStore {
    let db: Connection

    func statuses() throws -> [UserID: String] {
        var statuses: [UserID: String] = [:]
        try db.forEach("SELECT user_id, status_msg FROM presence") {
            statuses[try $0[0]] = try $0[1]
        }
        return statuses
    }

    func set(_ status: String?, of user: UserID) throws {
        guard let status else {
            try db.run("DELETE FROM presence WHERE user_id = \(user)")
            return
        }
        try db.run(
            """
            INSERT INTO presence (user_id, status_msg) VALUES (\(user), \(status))
            ON CONFLICT (user_id) DO UPDATE SET status_msg = excluded.status_msg
            """)
    }
}

/// Who says something is there.
struct PresenceByEvents: TimelineObserver {
    let book: PresenceBook

    func appended(_ event: AppendedEvent, to timeline: Timeline) throws {
        let sender = event.pdu.sender
        if timeline.engine.isLocal(sender) { book.wasActive(sender) }
    }
}
