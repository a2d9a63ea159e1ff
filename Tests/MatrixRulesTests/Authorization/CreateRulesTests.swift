import MatrixTypes
import Testing

@testable import MatrixRules

struct CreateRulesTests {
    private func rejection(
        _ rules: RoomRules, _ content: String, prev: [String] = [], roomID: RoomID? = nil,
        by sender: UserID = People.amelie
    ) throws -> Rejection? {
        let room = TestRoom(rules)
        let event = try room.make(
            "create", .roomCreate, by: sender, key: "", content, prev: prev, roomID: roomID)
        return Judge(room: room, names: []).rejection(event)
    }

    private let creator = #"{"creator":"@amelie:culture.example"}"#

    @Test("Amélie makes a room", arguments: RoomRules.all)
    func allowed(rules: RoomRules) throws {
        #expect(try rejection(rules, creator) == nil)
        let version = #","room_version":"\#(rules.version)"}"#
        #expect(try rejection(rules, String(creator.dropLast() + version)) == nil)
    }

    @Test("1.1: Nothing comes before a create event", arguments: RoomRules.all)
    func prevEvents(rules: RoomRules) throws {
        #expect(try rejection(rules, creator, prev: ["other"]) == .createHasPrevEvents)
    }

    @Test("1.2: The room's ID is of the sender's server; since v12 it is not said")
    func roomID() throws {
        for rules in RoomRules.all.dropLast() {
            #expect(try rejection(rules, creator, by: People.chloe) == .createOnAnotherServer)
            #expect(
                try rejection(rules, creator, roomID: RoomID(unchecked: "!hash"))
                    == .createOnAnotherServer)
        }
        #expect(try rejection(.v12, creator, by: People.chloe) == nil)
        #expect(
            try rejection(.v12, creator, roomID: RoomID(unchecked: "!room:culture.example"))
                == .createHasRoomID)
    }

    @Test("1.3: The room version is one that we know", arguments: RoomRules.all)
    func roomVersion(rules: RoomRules) throws {
        for version in [#""13""#, #""""#, "11", "null", #"{"a":1}"#] {
            let content = String(creator.dropLast() + #","room_version":\#(version)}"#)
            #expect(try rejection(rules, content) == .unknownRoomVersion)
        }
    }

    @Test("1.4: Until v10, there is a creator", arguments: RoomRules.all)
    func noCreator(rules: RoomRules) throws {
        #expect(try rejection(rules, "{}") == (rules.creatorIsSender ? nil : .noCreator))
    }

    @Test("1.4: Since v12, additional creators are users", arguments: RoomRules.all)
    func additionalCreators(rules: RoomRules) throws {
        let bad = [
            "null", "5", #""@a:x.example""#, "{}", "[5]", #"["@a:x.example",null]"#,
            #"["a:x.example"]"#, #"["@a"]"#, #"[""]"#,
            #"["@\#(String(repeating: "a", count: 255)):x.example"]"#,
        ]
        for value in bad {
            let content = String(creator.dropLast() + #","additional_creators":\#(value)}"#)
            #expect(
                try rejection(rules, content)
                    == (rules.privilegesCreators ? .badAdditionalCreators : nil))
        }
        for value in ["[]", #"["@basile:culture.example","@Chloé:sante.example"]"#] {
            let content = String(creator.dropLast() + #","additional_creators":\#(value)}"#)
            #expect(try rejection(rules, content) == nil)
        }
    }
}
