import MatrixTypes

/// Whether a user is there.
enum PresenceStatus: String, Sendable {
    case online
    case unavailable
    case offline
}

/// What is known of one user's presence, as a machine: it is told what happens and what time it is.
struct PresenceState: Sendable, Equatable {
    /// After this long without doing anything, a user who is online is unavailable.
    static let idleAfter = Duration.seconds(300)
    /// After this long without a sync, nobody is there any more.
    static let goneAfter = Duration.seconds(30)
    /// For this long after doing something, a user is currently active.
    static let activeFor = Duration.seconds(60)

    private(set) var status = PresenceStatus.offline
    private(set) var isCurrentlyActive = false
    var message: String?
    /// When the user last did something.
    private(set) var lastActive: Timestamp?
    private var lastSeen: Timestamp?
    /// How many syncs wait at this moment.
    private var syncs = 0
    /// A client said so itself, so that syncing is enough to come back.
    private var isIdleByChoice = false

    init() {}

    mutating func beganSync(as status: PresenceStatus, at now: Timestamp) {
        syncs += 1
        switch status {
        case .offline: break
        case .unavailable:
            self.status = .unavailable
            isIdleByChoice = true
            isCurrentlyActive = false
        case .online:
            guard self.status == .offline || isIdleByChoice else { return }
            act(at: now)
        }
    }

    mutating func endedSync(at now: Timestamp) {
        syncs = max(0, syncs - 1)
        lastSeen = now
    }

    /// The user did something: one who is away is back.
    mutating func wasActive(at now: Timestamp) {
        lastActive = now
        guard status != .offline else { return }
        act(at: now)
    }

    private mutating func act(at now: Timestamp) {
        status = .online
        isIdleByChoice = false
        isCurrentlyActive = true
        lastActive = now
    }

    mutating func set(_ status: PresenceStatus, at now: Timestamp) {
        lastSeen = now
        switch status {
        case .online: act(at: now)
        case .unavailable:
            self.status = .unavailable
            lastActive = now
            isIdleByChoice = true
            isCurrentlyActive = false
        case .offline:
            self.status = .offline
            isCurrentlyActive = false
        }
    }

    mutating func passTime(to now: Timestamp) {
        guard status != .offline else { return }
        if syncs == 0, now - (lastSeen ?? now) > Self.goneAfter {
            status = .offline
            isCurrentlyActive = false
            return
        }
        let idle = now - (lastActive ?? now)
        if status == .online, idle > Self.idleAfter { status = .unavailable }
        if idle > Self.activeFor || status != .online { isCurrentlyActive = false }
    }

    /// Whether others are to be told of the difference.
    func looksDifferent(from other: PresenceState) -> Bool {
        status != other.status || isCurrentlyActive != other.isCurrentlyActive
            || message != other.message
    }

    func write(to content: inout JSONObjectWriter, at now: Timestamp) {
        content["presence"] = status.rawValue
        if let lastActive { content["last_active_ago"] = max(0, (now - lastActive).milliseconds) }
        if status == .online { content["currently_active"] = isCurrentlyActive }
        if let message { content["status_msg"] = message }
    }
}
