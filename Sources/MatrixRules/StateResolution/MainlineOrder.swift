import MatrixTypes

/// Events in the order of the power levels on which they rest.
///
/// - Spec: [Definitions](https://spec.matrix.org/v1.19/rooms/v2/#definitions), "Mainline ordering"
struct MainlineOrder {
    private let known: ResolutionEvents
    /// Where each event of the mainline stands; the newest at 0.
    private let mainline: [EventID: Int]

    /// - Parameter powerLevels: The newest event of the mainline; nil for a mainline of none.
    init(known: ResolutionEvents, from powerLevels: EventID?) throws(MissingEvent) {
        self.known = known
        var mainline: [EventID: Int] = [:]
        var next = powerLevels
        while let id = next, mainline[id] == nil {
            mainline[id] = mainline.count
            next = try Self.levels(behind: id, known)
        }
        self.mainline = mainline
    }

    func sorted(_ ids: Set<EventID>) throws(MissingEvent) -> [EventID] {
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
    private func position(
        of id: EventID, _ positions: inout [EventID: Int]
    ) throws(MissingEvent) -> Int {
        var walked: [EventID] = []
        var position = Int.max
        var next = try Self.levels(behind: id, known)
        while let levels = next {
            if let found = mainline[levels] ?? positions[levels] {
                position = found
                break
            }
            // If the walk comes by again, it leads nowhere.
            positions[levels] = Int.max
            walked.append(levels)
            next = try Self.levels(behind: levels, known)
        }
        for levels in walked { positions[levels] = position }
        return position
    }

    private static func levels(
        behind id: EventID, _ known: ResolutionEvents
    ) throws(MissingEvent) -> EventID? {
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
