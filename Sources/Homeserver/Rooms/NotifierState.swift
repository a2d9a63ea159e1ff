import MatrixTypes

/// What the notifier knows, without locks or waiting. Users are small numbers here, so that a
/// message to ten thousand members is ten thousand steps through an array.
struct NotifierState {
    typealias Continuation = CheckedContinuation<Void, Never>

    /// In larger rooms nobody is woken for a receipt or for somebody typing alone, but for all that
    /// came in a while: a thousand receipts for one message would be a million answers.
    static let mostWokenAtOnce = 50

    private struct User {
        let userID: UserID
        var newest: Notifier.Newest
        /// Of what is in no room.
        var personal: StreamPosition
        /// Of their own member events.
        var membership: StreamPosition
        /// Of what one device alone sees.
        var devices: [DeviceID: StreamPosition] = [:]
        /// Since when they have been in which room.
        var rooms: [RoomNumber: StreamPosition] = [:]
        /// Of what is theirs alone in a room.
        var own: [RoomNumber: StreamPosition] = [:]
        /// What membership changes said before the list of rooms had been read; nil: left.
        var pending: [RoomNumber: StreamPosition?]? = [:]
        var waiting: [Int] = []
    }

    private struct Room {
        /// Of events.
        var newest: StreamPosition
        /// Of receipts.
        var other = StreamPosition.start
        /// Of typing.
        var ephemeral: Int64 = 0
        var members: [Int] = []
        /// When its members may next be woken for what is owed to them.
        var nextWaking: ContinuousClock.Instant?
    }

    private struct Waiter {
        let continuation: Continuation
        let user: Int
        let device: DeviceID?
        let seen: Notifier.Newest
        let deadline: ContinuousClock.Instant
    }

    var committed = StreamPosition.start
    /// The server is about to end: nobody waits any more.
    private(set) var isEnded = false
    private(set) var ephemeral: Int64 = 0
    private var numbers: [UserID: Int] = [:]
    private var users: [User] = []
    private var rooms: [RoomNumber: Room] = [:]
    /// Rooms whose members have not been told of the newest receipts or typing.
    private var owing: Set<RoomNumber> = []
    private var waiters: [Int: Waiter] = [:]
    private var cancelled: Set<Int> = []
    private var lastTicket = 0
    private var woken: [Continuation] = []

    // MARK: Durable changes

    mutating func apply(_ change: Change) {
        let position = change.position
        switch change.kind {
        case .event(let room, _, _, let membership):
            rooms[room]?.newest = position
            let isCrossing = membership?.isCrossing ?? false
            for number in rooms[room]?.members ?? [] {
                // Whose devices one follows changes with it, whatever a filter says of the room.
                if isCrossing { users[number].personal = position }
                touch(number, position)
            }
            if let membership { apply(membership, in: room, position) }
        case .room(let room):
            rooms[room]?.other = position
            if owes(room) { return }
            for number in rooms[room]?.members ?? [] { touch(number, position) }
        case .user(let user):
            guard let number = numbers[user] else { return }
            users[number].personal = position
            touch(number, position)
        case .device(let user, let device):
            guard let number = numbers[user] else { return }
            users[number].devices[device] = position
            if !users[number].waiting.isEmpty { wake(number) }
        case .deviceList(let user, let rooms):
            if let number = numbers[user] {
                users[number].personal = position
                touch(number, position)
            }
            for room in rooms { applyDeviceList(in: room, position) }
        case .userInRoom(let user, let room):
            guard let number = numbers[user] else { return }
            users[number].own[room] = position
            touch(number, position)
        }
    }

    /// In larger rooms nobody is woken for it alone, but all of them soon.
    private mutating func applyDeviceList(in room: RoomNumber, _ position: StreamPosition) {
        let members = rooms[room]?.members ?? []
        for number in members { users[number].personal = position }
        if owes(room) {
            rooms[room]?.other = position
        } else {
            for number in members { touch(number, position) }
        }
    }

    private mutating func apply(
        _ change: MembershipChange, in room: RoomNumber, _ position: StreamPosition
    ) {
        guard let number = numbers[change.user] else { return }
        users[number].membership = position
        if change.old == change.new {
            // What they are called has changed, and no more.
        } else if users[number].pending != nil {
            users[number].pending?[room] = .some(change.new == .join ? position : nil)
        } else if change.new == .join {
            add(number, to: room, since: position)
            rooms[room]?.newest = position
        } else {
            remove(number, from: room)
        }
        touch(number, position)
    }

    private mutating func touch(_ number: Int, _ position: StreamPosition) {
        users[number].newest.position = max(users[number].newest.position, position)
        if !users[number].waiting.isEmpty { wake(number) }
    }

    private mutating func wake(_ number: Int) {
        var waiting: [Int] = []
        for ticket in users[number].waiting {
            guard let waiter = waiters[ticket] else { continue }
            let newest = newest(of: number, waiter.device)
            if newest.position > waiter.seen.position || newest.ephemeral > waiter.seen.ephemeral {
                waiters[ticket] = nil
                woken.append(waiter.continuation)
            } else {
                waiting.append(ticket)
            }
        }
        users[number].waiting = waiting
    }

    mutating func takeWoken() -> [Continuation] {
        defer { woken = [] }
        return woken
    }

    // MARK: What large rooms owe their members

    /// Whether the room's members are to be told later.
    private mutating func owes(_ room: RoomNumber) -> Bool {
        guard rooms[room]?.members.count ?? 0 > Self.mostWokenAtOnce else { return false }
        owing.insert(room)
        return true
    }

    mutating func payWhatIsOwed(at now: ContinuousClock.Instant) {
        for number in owing {
            guard let room = rooms[number] else {
                owing.remove(number)
                continue
            }
            if let next = room.nextWaking, next > now { continue }
            owing.remove(number)
            // Each member a millisecond, up to two seconds.
            rooms[number]?.nextWaking = now + .milliseconds(min(room.members.count, 2000))
            for member in room.members {
                users[member].newest.ephemeral = max(
                    users[member].newest.ephemeral, room.ephemeral)
                touch(member, room.other)
            }
        }
    }

    // MARK: Who is where

    private mutating func add(_ number: Int, to room: RoomNumber, since began: StreamPosition) {
        let isThere = users[number].rooms.updateValue(began, forKey: room) != nil
        if !isThere { rooms[room, default: Room(newest: committed)].members.append(number) }
    }

    private mutating func remove(_ number: Int, from room: RoomNumber) {
        guard users[number].rooms.removeValue(forKey: room) != nil else { return }
        users[number].own[room] = nil
        rooms[room]?.members.removeAll { $0 == number }
        if rooms[room]?.members.isEmpty == true { rooms[room] = nil }
    }

    mutating func prepareToFollow(_ user: UserID) -> Bool {
        if let number = numbers[user] { return users[number].pending != nil }
        numbers[user] = users.count
        users.append(
            User(
                userID: user,
                newest: Notifier.Newest(position: committed, ephemeral: ephemeral),
                personal: committed, membership: committed))
        return true
    }

    mutating func follow(_ user: UserID, in joined: [RoomNumber: StreamPosition]) {
        guard let number = numbers[user], let pending = users[number].pending else { return }
        users[number].pending = nil
        var joined = joined
        for (room, began) in pending {
            joined[room] = began
        }
        for (room, began) in joined { add(number, to: room, since: began) }
        // Whatever came in between may have passed it by: the database knows.
        users[number].newest = Notifier.Newest(position: committed, ephemeral: ephemeral)
        users[number].personal = committed
        users[number].membership = committed
        for room in joined.keys { users[number].own[room] = committed }
    }

    func newest(for user: UserID, _ device: DeviceID?) -> Notifier.Newest? {
        followed(user).map { newest(of: $0, device) }
    }

    private func newest(of number: Int, _ device: DeviceID?) -> Notifier.Newest {
        var newest = users[number].newest
        if let device, let own = users[number].devices[device] {
            newest.position = max(newest.position, own)
        }
        return newest
    }

    private func followed(_ user: UserID) -> Int? {
        guard let number = numbers[user], users[number].pending == nil else { return nil }
        return number
    }

    func news(
        for user: UserID, _ device: DeviceID?, after seen: Notifier.Newest
    ) -> Notifier.News? {
        guard let number = followed(user) else { return nil }
        let user = users[number]
        let ofDevice = device.flatMap { user.devices[$0] } ?? .start
        var news = Notifier.News(
            end: committed, ephemeral: ephemeral,
            isPersonal: max(user.personal, ofDevice) > seen.position,
            hasNewMembership: user.membership > seen.position)
        for (roomNumber, began) in user.rooms {
            guard let room = rooms[roomNumber] else { continue }
            let hasOwn = user.own[roomNumber] ?? .start > seen.position
            let hasEvents = room.newest > seen.position
            guard
                hasEvents || hasOwn || room.other > seen.position
                    || room.ephemeral > seen.ephemeral
            else { continue }
            news.rooms.append(
                Notifier.RoomNews(
                    room: roomNumber, began: began, hasEvents: hasEvents, hasOwn: hasOwn))
        }
        return news
    }

    func sharing(rooms user: UserID, with others: [UserID]) -> [UserID] {
        guard let number = followed(user) else { return [] }
        let rooms = users[number].rooms
        return others.filter { other in
            guard let other = followed(other) else { return false }
            if other == number { return true }
            let theirs = users[other].rooms
            return theirs.count < rooms.count
                ? theirs.keys.contains { rooms[$0] != nil }
                : rooms.keys.contains { theirs[$0] != nil }
        }
    }

    func members(of room: RoomNumber) -> [UserID] {
        rooms[room]?.members.map { users[$0].userID } ?? []
    }

    // MARK: What a restart may forget

    mutating func ephemeralChange(in room: RoomNumber) -> Int64 {
        ephemeral += 1
        rooms[room]?.ephemeral = ephemeral
        if !owes(room) {
            for number in rooms[room]?.members ?? [] { touchEphemeral(number) }
        }
        return ephemeral
    }

    mutating func ephemeralChange(about changed: [UserID]) -> Int64 {
        ephemeral += 1
        var concerned: Set<Int> = []
        var seen: Set<RoomNumber> = []
        for user in changed {
            guard let number = followed(user) else { continue }
            concerned.insert(number)
            for room in users[number].rooms.keys where seen.insert(room).inserted {
                concerned.formUnion(rooms[room]?.members ?? [])
            }
        }
        for number in concerned { touchEphemeral(number) }
        return ephemeral
    }

    private mutating func touchEphemeral(_ number: Int) {
        users[number].newest.ephemeral = ephemeral
        if !users[number].waiting.isEmpty { wake(number) }
    }

    // MARK: Waiting

    mutating func nextTicket() -> Int {
        lastTicket += 1
        return lastTicket
    }

    /// - Returns: False where there is nothing to wait for: news is there, or it was cancelled.
    mutating func enqueue(
        _ ticket: Int, _ continuation: Continuation, _ user: UserID, _ device: DeviceID?,
        after seen: Notifier.Newest, until deadline: ContinuousClock.Instant
    ) -> Bool {
        guard cancelled.remove(ticket) == nil, !isEnded, let number = numbers[user] else {
            return false
        }
        let newest = newest(of: number, device)
        guard newest.position <= seen.position, newest.ephemeral <= seen.ephemeral else {
            return false
        }
        waiters[ticket] = Waiter(
            continuation: continuation, user: number, device: device, seen: seen,
            deadline: deadline)
        users[number].waiting.append(ticket)
        return true
    }

    /// - Returns: What has to be resumed, unless the wait had not begun or was over.
    mutating func cancel(_ ticket: Int) -> Continuation? {
        guard let waiter = waiters.removeValue(forKey: ticket) else {
            cancelled.insert(ticket)
            if cancelled.count > 10_000 { cancelled = [ticket] }
            return nil
        }
        users[waiter.user].waiting.removeAll { $0 == ticket }
        return waiter.continuation
    }

    mutating func takeDue(at now: ContinuousClock.Instant) -> [Continuation] {
        let due = waiters.filter { $0.value.deadline <= now }
        for (ticket, waiter) in due {
            waiters[ticket] = nil
            users[waiter.user].waiting.removeAll { $0 == ticket }
        }
        return due.map(\.value.continuation)
    }

    mutating func takeAll() -> [Continuation] {
        isEnded = true
        defer { waiters = [:] }
        for number in users.indices { users[number].waiting = [] }
        return waiters.map(\.value.continuation)
    }
}
