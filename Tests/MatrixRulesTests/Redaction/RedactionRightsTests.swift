import MatrixTypes
import Testing

@testable import MatrixRules

struct RedactionRightsTests {
    private func applies(
        _ rules: RoomRules, by sender: UserID, to target: String, levels: String = "levels",
        in roomID: RoomID? = nil, calledSame: Bool = false, type: EventType = .redaction
    ) throws -> Bool {
        var room = try TestRoom.ofAmelie(rules)
        try room.add("words", .message, by: People.chloe, #"{"body":"…"}"#)
        try room.add("foreign", .message, by: People.chloe, roomID: RoomID(unchecked: "!o:x"))
        let content =
            rules.redactsInContent ? #"{"redacts":"\#(room.eventID(target))"}"# : "{}"
        let redaction = try room.make(
            calledSame ? target : "redaction", type, by: sender, content, roomID: roomID,
            redacts: target)
        let power = room.state(["create", levels]).power(under: rules)
        let event = try #require(room.events[room.eventID(target)])
        return RedactionRights(rules: rules).applies(redaction, to: event, with: power)
    }

    @Test("Moderators redact what others said", arguments: RoomRules.all)
    func moderators(rules: RoomRules) throws {
        #expect(try applies(rules, by: People.basile, to: "words"))
        #expect(try applies(rules, by: People.amelie, to: "words"))
    }

    @Test("A server takes back what its own users said, and nobody else", arguments: RoomRules.all)
    func ownServer(rules: RoomRules) throws {
        #expect(try applies(rules, by: People.chloe, to: "words"))
        // Until v2 it is the servers of the event IDs, here the same, that the rules compare.
        #expect(try applies(rules, by: People.eve, to: "words") == rules.authorizesRedactions)
    }

    @Test("No redaction reaches another room, itself, or the event that made the room")
    func ignored() throws {
        for rules in RoomRules.all {
            #expect(try !applies(rules, by: People.amelie, to: "foreign"))
            #expect(
                try !applies(
                    rules, by: People.amelie, to: "words", in: RoomID(unchecked: "!other:x")))
            #expect(try !applies(rules, by: People.chloe, to: "words", calledSame: true))
            #expect(try !applies(rules, by: People.amelie, to: "create"))
            #expect(try !applies(rules, by: People.amelie, to: "words", type: .message))
        }
    }
}
