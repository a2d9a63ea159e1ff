import MatrixTypes

/// The events that one resolution looks at, each fetched once.
final class ResolutionEvents {
    private let fetch: (EventID) -> PDU?
    private var fetched: [EventID: PDU] = [:]
    private var powers: [PowerSource: RoomPower] = [:]

    private struct PowerSource: Hashable {
        let create: EventID?
        let powerLevels: EventID?
    }

    init(fetch: @escaping (EventID) -> PDU?) { self.fetch = fetch }

    func event(_ id: EventID) throws(MissingEvent) -> PDU {
        if let event = fetched[id] { return event }
        guard let event = fetch(id) else { throw MissingEvent(id: id) }
        fetched[id] = event
        return event
    }

    /// The first of an event's auth events that stands under `key`.
    func authEvent(_ key: StateKey, of event: PDU) throws(MissingEvent) -> PDU? {
        for id in event.authEvents {
            let authEvent = try self.event(id)
            if authEvent.key == key { return authEvent }
        }
        return nil
    }

    /// The create event that an event cites, or since v12 that of its room.
    func create(of event: PDU, under rules: RoomRules) throws(MissingEvent) -> PDU? {
        if rules.citesCreateEvent { return try authEvent(StateKey(.roomCreate), of: event) }
        guard let id = event.roomID.createEventID else { return nil }
        return try self.event(id)
    }

    /// Power levels, read once for each event that gives them.
    func power(create: PDU?, powerLevels: PDU?, under rules: RoomRules) -> RoomPower {
        let source = PowerSource(create: create?.eventID, powerLevels: powerLevels?.eventID)
        if let power = powers[source] { return power }
        let power = RoomPower(create: create, powerLevels: powerLevels, under: rules)
        powers[source] = power
        return power
    }
}
