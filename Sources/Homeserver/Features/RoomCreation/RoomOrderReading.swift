import HTTPTypes
import MatrixRules
import MatrixTypes

/// Which events a preset brings.
enum RoomPreset: String, Sendable {
    case privateChat = "private_chat"
    case trustedPrivateChat = "trusted_private_chat"
    case publicChat = "public_chat"

    var events: [(type: EventType, content: [UInt8])] {
        let isPublic = self == .publicChat
        return [
            (.joinRules, jsonBytes { $0["join_rule"] = isPublic ? "public" : "invite" }),
            (.historyVisibility, jsonBytes { $0["history_visibility"] = "shared" }),
            (.guestAccess, jsonBytes { $0["guest_access"] = isPublic ? "forbidden" : "can_join" }),
        ]
    }
}

extension RoomOrder {
    /// A room is not made with more invitations than this: they are made in one block, for which
    /// all others wait.
    static let mostInvitations = 500
    static let mostInitialState = 500

    /// Reads the body of a `createRoom`.
    init(from body: JSONObject, by creator: UserID, engine: RoomEngine, at now: Timestamp) throws {
        let request = try readingBody { try CreationRequest(from: body) }
        let version = request.version ?? engine.defaultRoomVersion
        guard let rules = RoomRules.of(version) else {
            throw MatrixError(
                .badRequest, .unsupportedRoomVersion, "There is no room version \(version) here.")
        }
        let isListed = try request.isListed()
        let preset = try request.preset(isListed: isListed)
        let invited = try request.invited()
        let given = request.creationContent
        let createContent = CreateContent(
            given: given, creator: creator, version: version, rules: rules,
            additionalCreators: preset == .trustedPrivateChat ? invited : [])
        let levels = InitialPowerLevels(
            creator: creator, preset: preset, invited: invited, rules: rules)
        let events = try request.stateEvents(preset)
        self.init(
            creator: creator, version: version,
            roomID: rules.roomIDIsCreateHash ? nil : RoomID.random(on: engine.serverName),
            create: try EventDraft(
                sender: creator, type: .roomCreate, stateKey: "",
                content: try createContent.bytes(), at: now),
            powerLevels: try EventDraft(
                sender: creator, type: .powerLevels, stateKey: "",
                content: levels.bytes(overridden: request.powerLevels), at: now),
            kind: try request.kind(preset, isListed, events), now: now)
        self.isListed = isListed
        alias = try request.alias(on: engine.serverName)
        state = try events.map { state in
            try EventDraft(
                sender: creator, type: state.type, stateKey: state.key, content: state.content,
                at: now)
        }
        try complete(
            by: engine.newRoomPolicies,
            asked: Set(request.initialState.map { StateKey($0.type, $0.key) }),
            replacesEncrypted: false)
        invitations = invited.filter { $0 != creator }.map { user in
            MembershipRequest(
                sender: creator, target: user, membership: .invite, isDirect: request.isDirect,
                now: now)
        }
    }
}

/// The body of a `createRoom`, its members of the types that they should have.
private struct CreationRequest {
    let version: RoomVersion?
    let visibility: String
    let presetName: String?
    let aliasLocalpart: String?
    let name: String?
    let topic: String?
    let invite: [String]
    let invitesByAddress: JSONArray
    let isDirect: Bool
    let creationContent: JSONObject
    let powerLevels: JSONObject
    let initialState: [InitialState]

    struct InitialState {
        let type: EventType
        let key: String
        let content: [UInt8]
    }

    init(from body: JSONObject) throws(JSONError) {
        version = try body.string("room_version").map { RoomVersion(rawValue: $0) }
        visibility = try body.string("visibility") ?? "private"
        presetName = try body.string("preset")
        aliasLocalpart = try body.string("room_alias_name")
        name = try body.string("name")
        topic = try body.string("topic")
        invite = try body.strings("invite") ?? []
        invitesByAddress = try body.array("invite_3pid") ?? .empty
        isDirect = try body.bool("is_direct") ?? false
        creationContent = try body.object("creation_content") ?? .empty
        powerLevels = try body.object("power_level_content_override") ?? .empty
        var initialState: [InitialState] = []
        for event in try body.array("initial_state") ?? .empty {
            guard let event = event.object else {
                throw .wrongType(key: "initial_state[]", expected: .object)
            }
            initialState.append(
                InitialState(
                    type: EventType(rawValue: try event.requiredString("type")),
                    key: try event.string("state_key") ?? "",
                    content: Array(try event.requiredObject("content").bytes)))
        }
        self.initialState = initialState
    }

    func isListed() throws(MatrixError) -> Bool {
        switch visibility {
        case "public": return true
        case "private": return false
        default: throw .invalidParameter("visibility")
        }
    }

    func preset(isListed: Bool) throws(MatrixError) -> RoomPreset {
        guard let presetName else { return isListed ? .publicChat : .privateChat }
        guard let preset = RoomPreset(rawValue: presetName) else {
            throw .invalidParameter("preset")
        }
        return preset
    }

    /// Public, if anything says so: the preset, the directory, the join rule.
    func kind(_ preset: RoomPreset, _ isListed: Bool, _ events: [InitialState]) throws -> RoomKind {
        if isListed || preset == .publicChat { return .public }
        let rules = events.last { $0.type == .joinRules && $0.key.isEmpty }
        let rule = try rules.flatMap { try parseObject($0.content, mode: .plain)["join_rule"] }
        return rule?.string == "public" ? .public : .private
    }

    /// Each once, in the order of the request.
    func invited() throws(MatrixError) -> [UserID] {
        guard invitesByAddress.isEmpty else { throw .invitesByAddressDenied }
        guard invite.count <= RoomOrder.mostInvitations else {
            throw .invalidParameter(
                "invite", "At most \(RoomOrder.mostInvitations) people are invited at once.")
        }
        var users: [UserID] = []
        for text in invite {
            guard let user = UserID(text) else { throw .invalidParameter("invite") }
            if !users.contains(user) { users.append(user) }
        }
        return users
    }

    func alias(on server: ServerName) throws(MatrixError) -> RoomAlias? {
        guard let aliasLocalpart else { return nil }
        guard let alias = RoomAlias(localpart: aliasLocalpart, server: server), alias.isFitForNew
        else { throw .invalidParameter("room_alias_name", "This cannot be a room's alias.") }
        return alias
    }

    /// What the preset brings and `initial_state` does not, then `initial_state` as far as name and
    /// topic do not go over it, then those.
    func stateEvents(_ preset: RoomPreset) throws(MatrixError) -> [InitialState] {
        guard initialState.count <= RoomOrder.mostInitialState else {
            throw .invalidParameter("initial_state", "This is too much initial state.")
        }
        let given = Set(initialState.map { StateKey($0.type, $0.key) })
        var overridden: Set<StateKey> = []
        if name != nil { overridden.insert(StateKey(.roomName)) }
        if topic != nil { overridden.insert(StateKey(.roomTopic)) }
        var events = preset.events.filter { !given.contains(StateKey($0.type)) }.map {
            InitialState(type: $0.type, key: "", content: $0.content)
        }
        events += initialState.filter { !overridden.contains(StateKey($0.type, $0.key)) }
        if let name {
            events.append(
                InitialState(type: .roomName, key: "", content: jsonBytes { $0["name"] = name }))
        }
        if let topic {
            events.append(
                InitialState(type: .roomTopic, key: "", content: RoomTopic.content(plain: topic)))
        }
        return events
    }
}

extension RoomTopic {
    /// A topic of plain text alone, in both the forms that clients look for.
    static func content(plain text: String) -> [UInt8] {
        jsonBytes { content in
            content.object("m.topic") { topic in
                topic.array("m.text") { texts in texts.object { $0["body"] = text } }
            }
            content["topic"] = text
        }
    }
}
