import MatrixTypes

/// Events in the order of the power levels on which they rest.
///
/// - Spec: [Definitions](https://spec.matrix.org/v1.19/rooms/v2/#definitions), "Mainline ordering"
struct MainlineOrder {
    private let known: ResolutionEvents
    private let rank: ((EventID) -> Int?)?

    /// Where each event of the mainline stands, the newest at 0, as far as it was walked.
    private var mainline: [EventID: Int] = [:]
    /// The next event of the mainline; nil at its end.
    private var next: EventID?

    /// - Parameter powerLevels: The newest event of the mainline; nil for a mainline of none.
    init(known: ResolutionEvents, from powerLevels: EventID?, rank: ((EventID) -> Int?)?) {
        self.known = known
        self.rank = rank
        next = powerLevels
    }

    mutating func sorted(_ ids: Set<EventID>) throws(MissingEvent) -> [EventID] {
        var positions: [EventID: Int] = [:]
        var places: [Place] = []
        for id in ids {
            let place = try Place(
                position: position(of: id, &positions),
                originServerTS: known.event(id).originServerTS, id: id)
            places.append(place)
        }
        return places.sorted().map(\.id)
    }

    /// Where on the mainline the event's levels, or theirs, or theirs in turn, are met first. Int.max
    /// where they never are.
    ///
    /// - Parameter positions: Those of the levels that were walked before.
    private mutating func position(
        of id: EventID, _ positions: inout [EventID: Int]
    ) throws(MissingEvent) -> Int {
        var walked: [EventID] = []
        var position = Int.max
        var next = try levels(behind: id)
        while let levels = next {
            if let found = try place(of: levels) ?? positions[levels] {
                position = found
                break
            }
            // If the walk comes by again, it leads nowhere.
            positions[levels] = Int.max
            walked.append(levels)
            next = try self.levels(behind: levels)
        }
        for levels in walked { positions[levels] = position }
        return position
    }

    /// Walks the mainline until it comes to `levels`, or can no more.
    private mutating func place(of levels: EventID) throws(MissingEvent) -> Int? {
        while mainline[levels] == nil, let id = next, mainline[id] == nil {
            // What follows on the mainline has lower and lower ranks.
            if let rank, let here = rank(id), let wanted = rank(levels), here < wanted {
                return nil
            }
            mainline[id] = mainline.count
            next = try self.levels(behind: id)
        }
        return mainline[levels]
    }

    private func levels(behind id: EventID) throws(MissingEvent) -> EventID? {
        try known.authEvent(StateKey(.powerLevels), of: known.event(id))?.eventID
    }

    private struct Place: Comparable {
        let position: Int
        let originServerTS: Timestamp
        let id: EventID

        /// 1. On older levels, 2. earlier, 3. the lesser ID.
        static func < (a: Place, b: Place) -> Bool {
            if a.position != b.position { return a.position > b.position }
            if a.originServerTS != b.originServerTS { return a.originServerTS < b.originServerTS }
            return a.id < b.id
        }
    }
}
