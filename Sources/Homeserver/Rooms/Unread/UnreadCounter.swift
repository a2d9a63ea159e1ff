import Database
import MatrixTypes

/// Counts what members have not read.
///
/// - Spec: [Receiving notifications](https://spec.matrix.org/v1.19/client-server-api/#receiving-notifications)
struct UnreadCounter {
    /// Of a room's threads with something unread, no more are told of one by one.
    static let mostThreads = 500

    let timeline: Timeline
    let user: UserID
    private var db: Connection { timeline.db }

    init(timeline: Timeline, user: UserID) {
        self.timeline = timeline
        self.user = user
    }

    /// A room that the user is in, and since when.
    typealias Stay = (room: RoomHead, began: StreamPosition)

    /// How far the user has read some rooms; out of memory where that is known.
    func states(of stays: [Stay]) throws -> [RoomNumber: ReadState] {
        var states: [RoomNumber: ReadState] = [:]
        var unknown: [Stay] = []
        for stay in stays {
            let key = UserInRoom(user: user, room: stay.room.number)
            if let state = db.cached(timeline.engine.readStates, key),
                state.holds(for: stay.room, began: stay.began)
            {
                states[stay.room.number] = state
            } else {
                unknown.append(stay)
            }
        }
        guard !unknown.isEmpty else { return states }
        for (room, state) in try load(unknown) {
            states[room] = state
            db.cache(
                timeline.engine.readStates, UserInRoom(user: user, room: room), state)
        }
        return states
    }

    private func load(_ stays: [Stay]) throws -> [(RoomNumber, ReadState)] {
        let positions = ReadPositionStore(db: db)
        let modes = PushModeStore(db: db)
        var places: [RoomNumber: [ReadPositionStore.ReadPosition]] = [:]
        var periods: [RoomNumber: [PushModeStore.Period]] = [:]
        if stays.count == 1, let room = stays.first?.room.number {
            places[room] = try positions.positions(of: user, in: room)
            periods[room] = try modes.periods(of: user, in: room)
        } else {
            places = try positions.positions(of: user)
            periods = try modes.periods(of: user)
        }
        let joins = try timeline.unread.counts(at: stays.map(\.began))
        return try stays.map { room, began in
            let state = try state(
                room, began, joins[began] ?? RoomCounts(), places[room.number] ?? [],
                periods[room.number] ?? [])
            return (room.number, state)
        }
    }

    private func state(
        _ room: RoomHead, _ began: StreamPosition, _ join: RoomCounts,
        _ places: [ReadPositionStore.ReadPosition], _ periods: [PushModeStore.Period]
    ) throws -> ReadState {
        var (floor, start) = (began.rawValue, join)
        if let whole = places.first(where: { $0.thread == ThreadScope.everything }),
            whole.history > floor
        {
            (floor, start) = (whole.history, whole.counts)
        }
        var (mainFloor, mainStart) = (floor, start.main)
        if let main = places.first(where: { $0.thread == ThreadScope.main }),
            main.history > floor
        {
            (mainFloor, mainStart) = (main.history, main.counts.main)
        }
        let threads = places.filter {
            $0.thread != ThreadScope.everything && $0.thread != ThreadScope.main
                && $0.history > floor
        }
        var state = ReadState(
            began: began, floor: floor, mainFloor: mainFloor,
            threadFloors: Dictionary(
                threads.map { ($0.thread, $0.history) }, uniquingKeysWith: { $1 }),
            periods: periods, corrections: room.counts.corrections,
            changed: places.map(\.position).max() ?? .start, base: UnreadCounts(),
            rest: UnreadCounts())
        var rest = UnreadCounts()
        (state.base.main, rest.main) = past(periods, from: mainFloor, mainStart, \.main)
        (state.base.threads, rest.threads) = past(periods, from: floor, start.threads, \.threads)
        for thread in threads { rest.threads -= thread.covered }
        for (thread, difference) in try differences(of: state, in: room) {
            if thread == ThreadScope.main {
                rest.main += difference
            } else {
                rest.threads += difference
            }
        }
        state.rest = rest
        return state
    }

    /// What modes that are over have made of what came since a place, and the running count from which
    /// the present one counts.
    private func past(
        _ periods: [PushModeStore.Period], from floor: Int64, _ start: NotificationCount,
        _ part: KeyPath<RoomCounts, NotificationCount>
    ) -> (base: NotificationCount, sum: NotificationCount) {
        var (base, sum, mode) = (start, NotificationCount.zero, PushMode.all)
        for period in periods {
            if period.position > floor {
                sum += mode(period.counts[keyPath: part] - base)
                base = period.counts[keyPath: part]
            }
            mode = period.mode
        }
        return (base, sum)
    }

    /// What is unread and not as the user's mode makes it: outcomes of their own, and redactions.
    private func differences(of state: ReadState, in room: RoomHead) throws
        -> [(thread: String, count: NotificationCount)]
    {
        var found: [(String, NotificationCount)] = []
        for outcome in try PushOutcomeStore(db: db).outcomes(
            of: user, in: room.number, after: state.floor)
        where outcome.position.rawValue > state.floor(of: outcome.thread) {
            found.append((outcome.thread, outcome.difference))
        }
        guard room.counts.corrections > 0 else { return found }
        let periods = PushPeriods(state.periods)
        for correction in try timeline.unread.corrections(in: room.number, after: state.floor)
        where correction.position > state.floor(of: correction.thread) {
            let counted = periods.mode(at: correction.position)(correction.count)
            found.append((correction.thread, .zero - counted))
        }
        return found
    }

    /// What is unread in each thread that has anything unread.
    func threads(of state: ReadState, in room: RoomHead) throws -> [(EventID, NotificationCount)] {
        let heads = try timeline.unread.threads(
            in: room.number, after: state.floor, limit: Self.mostThreads)
        guard !heads.isEmpty else { return [] }
        var differences: [String: NotificationCount] = [:]
        for (thread, count) in try self.differences(of: state, in: room) {
            differences[thread, default: .zero] += count
        }
        let periods = PushPeriods(state.periods)
        return try heads.compactMap { head in
            let thread = head.root.rawValue
            let floor = state.floor(of: thread)
            let end = Int64.max
            let counted = try periods.sum(from: floor, to: end) { place in
                place == end
                    ? head.count
                    : try timeline.unread.count(of: thread, in: room.number, at: place)
            }
            let count = counted + (differences[thread] ?? .zero)
            return count == .zero ? nil : (head.root, count)
        }
    }
}
