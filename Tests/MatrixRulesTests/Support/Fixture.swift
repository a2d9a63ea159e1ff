import Foundation
import MatrixTypes
import Testing

@testable import MatrixRules

/// A file of `Fixtures/`.
enum Fixture {
    static func read(_ name: String) throws -> JSONObject {
        let file = try #require(
            Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
        return try JSONObject(parsing: Array(try Data(contentsOf: file)))
    }
}

/// A room's history as a fixture tells it: its plot, its events, the forks of its state, and what each
/// room version makes of them.
///
/// People go by their first names. `of` is whose membership an event is about, and `users` gives
/// levels; creators have none since v12.
struct Story {
    let plot: String
    let room: TestRoom
    let forks: [StateMap]
    /// The names of the events in the resolved state; nil if the story says nothing of the version.
    let resolved: [String]?

    init(_ name: String, _ rules: RoomRules) throws {
        let story = try Fixture.read(name)
        plot = try story.requiredString("plot")
        var room = TestRoom(rules)
        for event in try story.requiredArray("events") {
            try Self.add(try #require(event.object), to: &room)
        }
        self.room = room
        forks = try story.requiredArray("forks").map { fork in
            room.stateMap(try #require(fork.array?.strings))
        }
        let versions = try story.requiredObject("resolved").first { entry in
            entry.key.split(separator: " ").contains { $0 == rules.version.rawValue }
        }
        resolved = try versions.map { try #require($0.value.array?.strings) }
    }

    private static func add(_ event: JSONObject, to room: inout TestRoom) throws {
        let sender = try #require(People.named(event.requiredString("by")))
        let target = try event.string("of").map { try #require(People.named($0)) }
        let type = EventType(try event.requiredString("type"))
        try room.add(
            event.requiredString("id"), type, by: sender,
            key: target?.rawValue ?? event.string("key"),
            content(of: event, type, sender, room.rules),
            prev: event.strings("prev"), auth: event.requiredStrings("auth"),
            at: event.requiredInt("at"), depth: event.requiredInt("depth"))
    }

    private static func content(
        of event: JSONObject, _ type: EventType, _ sender: UserID, _ rules: RoomRules
    ) throws -> String {
        let content = try event.object("content") ?? .empty
        var changes: [String: [UInt8]?] = [:]
        if type == .roomCreate, !rules.creatorIsSender {
            changes["creator"] = Array(#""\#(sender)""#.utf8)
        }
        if let users = try event.object("users") {
            changes["users"] = try jsonBytes { levels in
                for (name, level) in users {
                    let user = try #require(People.named(name))
                    if rules.privilegesCreators, user == People.amelie { continue }
                    levels[user.rawValue] = level.int
                }
            }
        }
        return String(decoding: try content.canonical(changing: changes), as: UTF8.self)
    }
}
