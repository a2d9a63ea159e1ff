import Database
import Hummingbird
import MatrixTypes

/// Tags that a user puts on rooms: favourites, low priority, names of their own.
///
/// `GET /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags`
/// `PUT /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}`
/// `DELETE /_matrix/client/v3/user/{userId}/rooms/{roomId}/tags/{tag}`
///
/// They are the room's account data `m.tag`; a tag's content comes back byte for byte.
///
/// - Spec: [Room tagging](https://spec.matrix.org/v1.19/client-server-api/#room-tagging)
struct Tags: Sendable {
    static let maxTagBytes = 255
    static let maxContentBytes = 4096
    static let mostTags = 100

    let database: Database
    let engine: RoomEngine

    @Sendable
    func list(_ request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let roomID = try context.roomID()
        let tags = try await database.read { [engine] db -> [String: [UInt8]] in
            guard let room = try engine.timeline(in: db).rooms.number(of: roomID) else {
                return [:]
            }
            return try Self.tags(of: user, in: room, db)
        }
        return .json(bytes: Self.content(tags))
    }

    @Sendable
    func set(_ request: Request, context: ClientContext) async throws -> Response {
        let tag = try context.parameter("tag")
        guard tag.utf8.count <= Self.maxTagBytes else {
            throw MatrixError.invalidParameter("tag", "A tag has 255 bytes at most.")
        }
        let content = try await request.optionalJSONObject(atMost: Self.maxContentBytes)
        if let order = content["order"], order.kind != .number {
            throw MatrixError.invalidParameter("order")
        }
        try await change(context) { tags in
            tags[tag] = Array(content.bytes)
            guard tags.count <= Self.mostTags else {
                throw MatrixError.tooLarge("A room has \(Self.mostTags) tags at most.")
            }
        }
        return .empty
    }

    @Sendable
    func delete(_ request: Request, context: ClientContext) async throws -> Response {
        let tag = try context.parameter("tag")
        try await change(context) { $0[tag] = nil }
        return .empty
    }

    private func change(
        _ context: ClientContext,
        _ change: @Sendable @escaping (inout [String: [UInt8]]) throws -> Void
    ) async throws {
        let user = try context.ownUser()
        let roomID = try context.roomID()
        try await database.write { [engine] db in
            let room = try engine.timeline(in: db).knownRoom(roomID, to: user)
            var tags = try Self.tags(of: user, in: room, db)
            try change(&tags)
            try AccountDataStore(db: db).set(
                "m.tag", to: Self.content(tags), of: user, in: room)
        }
    }

    private static func tags(of user: UserID, in room: RoomNumber, _ db: Connection) throws
        -> [String: [UInt8]]
    {
        guard let content = try AccountDataStore(db: db).content("m.tag", of: user, in: room),
            let tags = try JSONObject(parsing: content)["tags"]?.object
        else { return [:] }
        return Dictionary(
            tags.map { ($0.key, Array($0.value.bytes)) }, uniquingKeysWith: { $1 })
    }

    private static func content(_ tags: [String: [UInt8]]) -> [UInt8] {
        jsonBytes { content in
            content.object("tags") { object in
                for (tag, value) in tags.sorted(by: { $0.key < $1.key }) { object.raw(tag, value) }
            }
        }
    }
}
