import MatrixTypes

@testable import MatrixRules

/// Basile's notifications in Amélie's room.
enum PushStory {
    static let roomID = RoomID(unchecked: "!room:culture.example")

    static let basile = PushReader(userID: People.basile, displayName: "Basile Chappe")

    static func event(
        _ type: EventType = .message, _ content: String = #"{"msgtype":"m.text","body":"bonjour"}"#,
        by sender: UserID = People.chloe, key: String? = nil
    ) throws -> PushEvent {
        PushEvent(
            type: type, sender: sender, roomID: roomID, stateKey: key,
            content: try JSONObject(parsing: Array(content.utf8)))
    }

    static func message(_ body: String, mentions: String? = nil) throws -> PushEvent {
        try event(
            .message,
            String(
                decoding: jsonBytes { content in
                    content["msgtype"] = "m.text"
                    content["body"] = body
                    if let mentions { content.raw("m.mentions", Array(mentions.utf8)) }
                }, as: UTF8.self))
    }

    static func room(_ members: Int = 10, levels: PDU? = nil) -> PushRoom {
        PushRoom(
            memberCount: members,
            power: RoomPower(create: nil, powerLevels: levels, under: .v11))
    }

    static func json(_ text: String) throws -> JSONObject {
        try JSONObject(parsing: Array(text.utf8))
    }
}
