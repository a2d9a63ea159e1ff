import MatrixTypes

/// The events that can be reached by auth events from some others, each by a number.
///
/// An auth event has a lower number than the events that cite it, so that one pass upwards or
/// downwards tells what follows from where. (Only in room versions 1 and 2 can a liar's events cite
/// each other in a circle; then one of the circle comes first.)
struct AuthGraph {
    private(set) var events: [PDU] = []
    /// The numbers of each event's auth events; none where the walk ended.
    private(set) var authEvents: [[Int]] = []
    private(set) var numbers: [EventID: Int] = [:]

    /// - Parameters:
    ///   - seeds: Where the walk begins. They are in the graph themselves.
    ///   - isEnd: Whether to leave out what is behind an event.
    init(
        from seeds: some Sequence<EventID>, _ known: ResolutionEvents, isEnd: (PDU) -> Bool
    ) throws(MissingEvent) {
        var entered: Set<EventID> = []
        for seed in seeds where entered.insert(seed).inserted {
            var path: [Visit] = []
            func enter(_ id: EventID) throws(MissingEvent) {
                let event = try known.event(id)
                path.append(Visit(event: event, authEvents: isEnd(event) ? [] : event.authEvents))
            }
            try enter(seed)
            while let last = path.indices.last {
                let visit = path[last]
                if visit.next < visit.authEvents.count {
                    path[last].next += 1
                    let id = visit.authEvents[visit.next]
                    if entered.insert(id).inserted { try enter(id) }
                } else {
                    path.removeLast()
                    numbers[visit.event.eventID] = events.count
                    events.append(visit.event)
                    authEvents.append(visit.authEvents.compactMap { numbers[$0] })
                }
            }
        }
    }
}

/// An event whose auth events are being walked.
private struct Visit {
    let event: PDU
    let authEvents: [EventID]
    /// Which of them is next.
    var next = 0
}
