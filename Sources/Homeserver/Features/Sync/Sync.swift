import Database
import MatrixTypes

/// Tells each client what changed since it last asked.
///
/// - Spec: [Syncing](https://spec.matrix.org/v1.19/client-server-api/#syncing)
struct Sync: Feature {
    let database: Database
    let engine: RoomEngine
    let notifier: Notifier
    let clock: any WallClock
    /// One number for each run of the server.
    let boot: Int64
    /// What every feature brings.
    let sections: [any SyncSection]
    /// How much of each room is unread: written last, once it is known of which rooms an answer speaks.
    let counts: UnreadInSync
    let sent: SentMembers
    /// Finds a filter that was stored under an ID.
    let filters: SyncFilters
    /// Told that a client is there, and as what it wants to be seen.
    let presence: (any SyncPresence)?
    /// Told up to where a client has received what is kept for it.
    let deliveries: (any SyncDeliveries)?

    func addRoutes(to routes: Routes) {
        routes.client.get("/v3/sync", use: SyncEndpoint(sync: self).respond)
    }

    func run() async { await notifier.run() }
}

/// Keeps something until the client shows that it has received it.
protocol SyncDeliveries: Sendable {
    func received(by requester: Requester, upTo position: StreamPosition) async throws
}

/// Learns from syncs who is there.
protocol SyncPresence: Sendable {
    /// A sync begins.
    ///
    /// - Parameter presence: As `set_presence` says; nil: as usual.
    func began(_ requester: Requester, _ presence: String?)
    func ended(_ requester: Requester, _ presence: String?)
}
