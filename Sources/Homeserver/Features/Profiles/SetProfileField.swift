import Database
import HTTPTypes
import Hummingbird
import MatrixTypes

/// Sets or takes away a field of one's profile. Name and picture reach the rooms that one is in.
///
/// `PUT /_matrix/client/v3/profile/{userId}/{keyName}`
/// `DELETE /_matrix/client/v3/profile/{userId}/{keyName}`
///
/// - Errors: `M_FORBIDDEN` for somebody else's; `M_MISSING_PARAM`; `M_KEY_TOO_LARGE`;
///   `M_PROFILE_TOO_LARGE` past 64 KiB in all.
/// - Spec: [Profiles](https://spec.matrix.org/v1.19/client-server-api/#put_matrixclientv3profileuseridkeyname)
struct SetProfileField: Sendable {
    static let maxKeyBytes = 255
    static let maxProfileBytes = 65_536
    static let maxNameBytes = 256
    static let maxAvatarBytes = 1000

    let database: Database
    let engine: RoomEngine
    let observers: [any ProfileObserver]
    let clock: any WallClock

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let field = try field(context)
        let body = try await request.jsonObject(atMost: 4 * Self.maxProfileBytes)
        guard let value = body[field] else { throw MatrixError.missingParameter(field) }
        switch field {
        case "displayname":
            try await setName(try text(value, field, atMost: Self.maxNameBytes), of: user)
        case "avatar_url":
            try await setAvatar(try text(value, field, atMost: Self.maxAvatarBytes), of: user)
        default:
            let bytes = Array(value.bytes)
            try await database.write { db in
                let store = ProfileStore(db: db)
                try store.set(field, to: bytes, of: user)
                let all = try store.profile(of: user) ?? []
                let size = all.reduce(2) { $0 + $1.field.utf8.count + $1.value.count + 4 }
                guard size <= Self.maxProfileBytes else {
                    throw MatrixError(
                        .badRequest, .init(rawValue: "M_PROFILE_TOO_LARGE"),
                        "A profile has 64 KiB at most.")
                }
            }
        }
        return .empty
    }

    @Sendable
    func respondDelete(to request: Request, context: ClientContext) async throws -> Response {
        let user = try context.ownUser()
        let field = try field(context)
        switch field {
        case "displayname": try await setName(nil, of: user)
        case "avatar_url": try await setAvatar(nil, of: user)
        default: try await database.write { try ProfileStore(db: $0).delete(field, of: user) }
        }
        return .empty
    }

    private func field(_ context: ClientContext) throws -> String {
        let field = try context.parameter("keyName")
        guard field.utf8.count <= Self.maxKeyBytes else {
            throw MatrixError(
                .badRequest, .init(rawValue: "M_KEY_TOO_LARGE"), "A key has 255 bytes at most.")
        }
        return field
    }

    /// An empty text takes the field away.
    private func text(_ value: JSON, _ field: String, atMost limit: Int) throws -> String? {
        if value.kind == .null { return nil }
        guard let text = value.string, text.utf8.count <= limit, !text.utf8.contains(0) else {
            throw MatrixError.invalidParameter(field)
        }
        return text.isEmpty ? nil : text
    }

    private func setName(_ name: String?, of user: UserID) async throws {
        try await database.write { [observers] db in
            try ProfileStore(db: db).setName(name, of: user)
            for observer in observers {
                try observer.profileChanged(of: user, name: name, in: db)
            }
        }
        try await tellRooms(of: user)
    }

    private func setAvatar(_ avatar: String?, of user: UserID) async throws {
        try await database.write { try ProfileStore(db: $0).setAvatar(avatar, of: user) }
        try await tellRooms(of: user)
    }

    /// Renews the member event of each room that the user is in: one block for each, so that
    /// somebody in a thousand rooms holds nobody up.
    private func tellRooms(of user: UserID) async throws {
        let rooms = try await database.read { try MembershipStore(db: $0).rooms(of: user, .join) }
        let now = clock.now
        for room in rooms {
            try await database.write { [engine] db in
                let timeline = engine.timeline(in: db)
                guard let roomID = try timeline.rooms.roomID(of: room),
                    let head = try timeline.rooms.head(of: roomID),
                    let member = try timeline.pdu(.member(user), in: head),
                    member.content["membership"]?.string == Membership.join.rawValue
                else { return }
                let (name, avatar) = try ProfileStore(db: db).nameAndAvatar(of: user)
                guard
                    member.content["displayname"]?.string != name
                        || member.content["avatar_url"]?.string != avatar
                else { return }
                let content = jsonBytes { content in
                    content["membership"] = Membership.join
                    if let name { content["displayname"] = name }
                    if let avatar { content["avatar_url"] = avatar }
                }
                let draft = try EventDraft(
                    sender: user, type: .roomMember, stateKey: user.rawValue, content: content,
                    at: now)
                do {
                    try timeline.append(draft, to: roomID)
                } catch is MatrixError {
                    // A room that is closed keeps the old name.
                }
            }
        }
    }
}
