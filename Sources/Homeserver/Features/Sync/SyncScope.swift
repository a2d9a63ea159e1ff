import Database
import MatrixTypes

/// One feature's part of a sync response, whichever endpoint asks for it.
protocol SyncSection: Sendable {
    /// Writes what `scope` asks for, straight into the answer's bytes.
    ///
    /// All sections of one answer read the same snapshot.
    func write(_ scope: SyncScope, in timeline: Timeline, to answer: inout SyncWriter) throws

    /// Writes the same out of memory. What is asked for this way is small: something has happened in
    /// a few rooms since a moment ago, and nothing to the requester's account or devices.
    ///
    /// A section that speaks only of accounts and devices has nothing to say then, and needs not
    /// define this; one that speaks of rooms has to.
    ///
    /// - Returns: False where it cannot be told from memory.
    func writeFromMemory(_ scope: SyncScope, to answer: inout SyncWriter) -> Bool

    /// What it adds to every answer, to one without news too, such as counts of keys that are left.
    ///
    /// Added by `/sync` itself, so `write` does not write it again.
    ///
    /// - Returns: Nil where it is not known in memory; `write` is called then.
    func standing(for requester: Requester) -> [SyncWriter.Member]?
}

extension SyncSection {
    func writeFromMemory(_ scope: SyncScope, to answer: inout SyncWriter) -> Bool { true }
    func standing(for requester: Requester) -> [SyncWriter.Member]? { [] }
}

/// What one sync answer has to cover; `/sync` and sliding sync each make one.
struct SyncScope: Sendable {
    let requester: Requester
    let now: Timestamp
    /// The position up to which the answer is complete: one for all rooms.
    let end: StreamPosition
    /// Where everything that belongs to no room begins. Nil: from the beginning.
    let start: StreamPosition?
    /// Where messages to the device begin. Nil: where everything else does.
    var toDeviceStart: StreamPosition?
    /// What a restart may forget, as the client last saw it. Nil: it saw nothing of this run.
    let ephemeralStart: Int64?
    /// The joined rooms that the answer may speak of.
    let rooms: [Room]
    var filter = SyncFilter.everything
    /// `state_after` instead of `state`.
    var putsStateAfter = false
    /// Whether the state of each room is sent whole (`full_state`).
    var sendsFullState = false
    /// Whose messages are left out.
    var ignored: Set<UserID> = []

    /// A joined room, and where its part begins.
    struct Room: Sendable {
        let head: RoomHead
        /// Nil: never sent on this connection, so sent whole.
        let start: StreamPosition?
        /// Since when the requester has been in it without a break.
        let joined: StreamPosition
    }

    /// Rooms whose part begins at the beginning, though the answer does not.
    func isNew(_ room: Room) -> Bool { room.start == nil && start != nil }
}
