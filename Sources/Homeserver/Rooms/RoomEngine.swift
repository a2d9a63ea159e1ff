import Database
import MatrixRules
import MatrixSigning
import MatrixTypes

/// A rule of the deployment, beyond the spec, asked before an event of our own is made.
protocol EventPolicy: Sendable {
    /// - Throws: A `MatrixError` that says why not.
    func check(_ draft: EventDraft, in room: RoomHead, _ timeline: Timeline) throws

    /// Asked before a room comes into the directory of public rooms.
    func checkListing(of room: RoomHead) throws
}

extension EventPolicy {
    func checkListing(of room: RoomHead) throws {}
}

/// Told of each event in the block that appends it, so that what rests on the event is stored with it.
protocol TimelineObserver: Sendable {
    func appended(_ event: AppendedEvent, to timeline: Timeline) throws
}

/// Decides, in the block that appends an event, whom it notifies.
protocol NotificationCounting: Sendable {
    /// Stores what differs between members, and tells what holds for everybody else.
    ///
    /// - Parameter room: With the event in its state already.
    /// - Returns: What the event notifies of by the default rules: nothing, or one.
    func count(
        _ event: PDU, at position: StreamPosition, thread: EventID?, in room: RoomHead,
        _ timeline: Timeline
    ) throws -> NotificationCount
}

/// The first engine: all that rooms need, whatever feature asks. A value that every block shares.
struct RoomEngine: Sendable {
    let serverName: ServerName
    let builder: EventBuilder
    let defaultRoomVersion: RoomVersion
    var policies: [any EventPolicy] = []
    var newRoomPolicies: [any NewRoomPolicy] = []
    /// Whether a room that begins as a private one is remembered to be one.
    var keepsKinds = false
    var observers: [any TimelineObserver] = [SummaryKeeping()]
    var counting: (any NotificationCounting)?
    var profiles: (any ProfileReading)?
    var accountData: (any AccountDataReading)?
    var successions: [any RoomSuccession] = []
    /// In the order in which they are purged; the events themselves come last.
    var purgeables: [any Purgeable] = [EventHistory()]

    let heads = SharedCache<RoomID, RoomHead>(capacity: 20_000)
    let names = SharedCache<RoomNumber, RoomID>(capacity: 50_000)
    let nodes = SharedCache<Int64, StateNode>(capacity: 20_000)
    let pdus = SharedCache<Int64, PDU>(capacity: 20_000)
    let held = SharedCache<Int64, StoredEvent>(capacity: 10_000)
    let recents = SharedCache<RoomNumber, RecentEvents>(capacity: 1_000)
    let permits = SharedCache<SendingPermit.Holder, SendingPermit>(capacity: 10_000)
    let beingWritten = RoomsBeingWritten()
    let ignored = IgnoredUsers()
    let readStates = SharedCache<UserInRoom, ReadState>(capacity: 50_000)
    let summaries = SharedCache<RoomNumber, RoomSummary>(capacity: 20_000)

    init(
        serverName: ServerName, key: SigningKey,
        defaultRoomVersion: RoomVersion = RoomVersion(rawValue: "12")
    ) {
        self.serverName = serverName
        builder = EventBuilder(serverName: serverName, key: key)
        self.defaultRoomVersion = defaultRoomVersion
    }

    /// The rooms as a block sees them; in a read block, for reading.
    func timeline(in db: Connection) -> Timeline { Timeline(db: db, engine: self) }

    func isLocal(_ user: UserID) -> Bool { user.server == serverName }
}
