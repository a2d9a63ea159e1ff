package import MatrixTypes

extension Authorization {
    /// Rule 2: judges the choice of an event's `auth_events`.
    ///
    /// - Parameters:
    ///   - authEvents: The events that `event` names, in any order; more do no harm.
    ///   - rejected: Those of them that were themselves rejected.
    package func checkAuthEvents(
        of event: PDU, _ authEvents: [PDU], rejected: Set<EventID> = []
    ) throws(Rejection) {
        // 1. has allowed or rejected it already.
        guard event.type != .roomCreate else { return }
        let known = Dictionary(
            authEvents.map { ($0.eventID, $0) }, uniquingKeysWith: { first, _ in first })
        let expected = Self.authEventKeys(of: event, under: rules)
        var seen: Set<StateKey> = []

        for id in event.authEvents {
            guard let authEvent = known[id] else { throw .missingAuthEvent(id) }
            // 2.2. It is one that the selection gives. Since v12, the create event is none.
            guard let key = authEvent.key, expected.contains(key) else {
                throw .unexpectedAuthEvent(id)
            }
            // 2.1. No two under the same key.
            guard seen.insert(key).inserted else { throw .duplicateAuthEvent(id) }
            // 2.3. It was not rejected.
            guard !rejected.contains(id) else { throw .rejectedAuthEvent(id) }
            // 2.5. It is of the same room.
            guard authEvent.roomID == event.roomID else { throw .authEventOfAnotherRoom(id) }
        }
        // Until v11, 2.4. The create event is one of them.
        guard !rules.citesCreateEvent || seen.contains(StateKey(.roomCreate)) else {
            throw .noCreateEvent
        }
    }
}
