import MatrixTypes
import Testing

@testable import MatrixRules

/// Rooms made up by a generator, judged and resolved by Synapse: another implementation's answers.
struct SynapseAnswersTests {
    private struct Room {
        let rules: RoomRules
        let events: [PDU]
        let rejected: Set<EventID>
        let json: JSONObject

        init(_ json: JSONObject) throws {
            self.json = json
            let rules = try #require(
                RoomRules.of(RoomVersion(try json.requiredString("version"))))
            self.rules = rules
            events = try json.requiredArray("events").map { try Self.event($0, rules) }
            rejected = Set(
                zip(events, try json.requiredArray("events"))
                    .filter { $0.1["rejected"]?.bool == true }.map(\.0.eventID))
        }

        static func event(_ json: JSON, _ rules: RoomRules) throws -> PDU {
            let id = EventID(unchecked: try #require(json["id"]?.string))
            let pdu = Array(try #require(json["pdu"]).bytes)
            return try PDU(parsing: pdu, eventID: id, format: rules.format)
        }

        func state(_ places: JSON?) throws -> StateMap {
            var state: StateMap = [:]
            for place in try #require(places?.array) {
                let event = events[try #require(place.int)]
                state[try #require(event.key)] = event.eventID
            }
            return state
        }
    }

    private func rooms() throws -> [Room] {
        let file = try Fixture.read("rooms-resolved-by-synapse")
        return try file.requiredArray("rooms").map { try Room(#require($0.object)) }
    }

    @Test("Forks merge into the state that Synapse merges them into")
    func resolved() throws {
        for room in try rooms() {
            let events = Dictionary(uniqueKeysWithValues: room.events.map { ($0.eventID, $0) })
            let ranks = Dictionary(
                uniqueKeysWithValues: zip(room.events.map(\.eventID), room.events.indices))
            let authorization = Authorization(
                rules: room.rules, signatures: .onlyOfState { _, _ in false })
            for (number, fork) in try room.json.requiredArray("cases").enumerated() {
                let forks = try #require(fork["forks"]?.array).map { try room.state($0) }
                let expected = try room.state(fork["resolved"])
                for rank in [nil, { ranks[$0] }] as [((EventID) -> Int?)?] {
                    let resolution = StateResolution(
                        authorization: authorization, events: { events[$0] },
                        isRejected: { room.rejected.contains($0) }, rank: rank)
                    #expect(
                        try resolution.resolve(forks) == expected,
                        "v\(room.rules.version), case \(number)")
                }
            }
        }
    }

    @Test("What Synapse accepts we accept, and what it rejects we reject")
    func judged() throws {
        for room in try rooms() {
            let events = Dictionary(uniqueKeysWithValues: room.events.map { ($0.eventID, $0) })
            let authorization = Authorization(
                rules: room.rules,
                signatures: SignatureChecks(
                    isSigned: { _, _ in true }, isSignedWithKey: { _, _ in false }))
            for event in room.events where !room.rejected.contains(event.eventID) {
                let create = room.rules.citesCreateEvent ? nil : room.events.first
                let auth = event.authEvents.compactMap { events[$0] }
                #expect(throws: Never.self, "\(event.eventID)") {
                    try authorization.checkAuthEvents(of: event, auth, rejected: room.rejected)
                    try authorization.check(event, against: AuthEvents(auth, create: create))
                }
            }
            for json in try room.json.requiredArray("rejected") {
                let event = try Room.event(json, room.rules)
                let state = try room.state(json["state"]).values.compactMap { events[$0] }
                #expect(throws: Rejection.self, "\(event.eventID)") {
                    try authorization.check(event, against: AuthEvents(state))
                }
            }
        }
    }
}
