import MatrixTypes

/// Something committed that somebody may be waiting for. Announced by the write queue.
struct Change: Sendable {
    let position: StreamPosition
    let kind: Kind

    enum Kind: Sendable {
        /// An event in a room; it concerns the joined, and whoever's membership it changes.
        case event(
            room: RoomNumber, roomID: RoomID, type: EventType, membership: MembershipChange?)
        /// Something else about a room that its members see: receipts.
        case room(RoomNumber)
        /// Something that one user's devices alone see: account data, push rules, …
        case user(UserID)
        /// The same about a room: private receipts, tags, …
        case userInRoom(UserID, RoomNumber)
        /// What one device alone sees: to-device messages.
        case device(UserID, DeviceID)
        /// A user's devices or cross-signing keys; all who share one of the rooms with them see it.
        case deviceList(of: UserID, in: [RoomNumber])
    }

    init(position: StreamPosition, kind: Kind) {
        self.position = position
        self.kind = kind
    }
}
