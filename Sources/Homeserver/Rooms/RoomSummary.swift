import MatrixRules
import MatrixTypes

/// What a room is called, how one gets in and how many are in it: what the directory, spaces and
/// syncs tell of it. A copy of what is in its state, kept in step in the block of each event.
struct RoomSummary: Sendable, Equatable {
    /// Longer names and topics are cut here, as others would otherwise fill the directory.
    static let mostNameBytes = 1_024
    static let mostTopicBytes = 4_096

    let room: RoomNumber
    /// In the directory of public rooms.
    var isListed = false
    var joinedMembers = 0
    var invitedMembers = 0
    var name: String?
    var topic: String?
    var avatarURL: String?
    var canonicalAlias: RoomAlias?
    var joinRule = JoinRules.Rule.invite
    /// Being joined to one of these is enough to get in, where the rule is a restricted one.
    var allowedRooms: [RoomID] = []
    var historyVisibility = HistoryVisibility.shared
    var guestsCanJoin = false
    var roomType: String?
    /// The algorithm. Stays, once it was there: no room becomes unencrypted.
    var encryption: String?

    init(room: RoomNumber) { self.room = room }

    /// The types of state events that it repeats, all with an empty state key.
    static let types: Set<EventType> = [
        .roomCreate, .roomName, .roomTopic, .roomAvatar, .canonicalAlias, .joinRules,
        .historyVisibility, .guestAccess, .encryption,
    ]

    /// Takes over one state event. What cannot be read is as if it were not there.
    ///
    /// - Parameter content: Nil where the room has no such event.
    mutating func set(_ type: EventType, to content: JSONObject?) {
        let content = content ?? .empty
        switch type {
        case .roomCreate: roomType = Self.short(content["type"]?.string)
        case .roomName:
            name = Self.short((try? RoomName(from: content))?.name, Self.mostNameBytes)
        case .roomTopic: topic = Self.short(Self.plainTopic(content), Self.mostTopicBytes)
        case .roomAvatar: avatarURL = Self.short((try? RoomAvatar(from: content))?.url)
        case .canonicalAlias: canonicalAlias = (try? CanonicalAlias(from: content))?.alias
        case .joinRules:
            let rules = try? JoinRules(from: content)
            joinRule =
                rules.map { JoinRules.Rule(rawValue: $0.rule.rawValue.withoutZeros) } ?? .invite
            let isRestricted = joinRule == .restricted || joinRule == .knockRestricted
            allowedRooms = isRestricted ? rules?.allowedRooms ?? [] : []
        case .historyVisibility:
            historyVisibility = (try? RoomHistoryVisibility(from: content))?.visibility ?? .shared
        case .guestAccess:
            guestsCanJoin = (try? GuestAccess(from: content))?.guestsCanJoin ?? false
        case .encryption:
            encryption = Self.short((try? Encryption(from: content))?.algorithm) ?? encryption
        default: break
        }
    }

    /// The first `text/plain` of `m.topic`, or else `topic`, which is plain text.
    private static func plainTopic(_ content: JSONObject) -> String? {
        guard let topic = try? RoomTopic(from: content) else { return nil }
        return topic.representations.first { $0.mimetype == "text/plain" }?.body ?? topic.topic
    }

    private static func short(_ text: String?, _ bytes: Int = 512) -> String? {
        guard let text = text?.cut(toBytes: bytes), !text.isEmpty else { return nil }
        return text
    }

    /// What a search in the directory looks at.
    var searchText: String {
        SearchText.fold(
            [name, topic, canonicalAlias?.rawValue].compactMap(\.self).joined(separator: "\n")
        )
        .cut(toBytes: SearchText.mostBytes)
    }
}

extension RoomSummary {
    /// Writes what the directory tells of a room.
    ///
    /// - Spec: [PublishedRoomsChunk](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3publicrooms)
    func write(_ roomID: RoomID, to object: inout JSONObjectWriter) {
        if let avatarURL, avatarURL.hasPrefix("mxc://") { object["avatar_url"] = avatarURL }
        object["canonical_alias"] = canonicalAlias
        object["guest_can_join"] = guestsCanJoin
        object["join_rule"] = joinRule
        object["name"] = name
        object["num_joined_members"] = joinedMembers
        object["room_id"] = roomID
        object["room_type"] = roomType
        object["topic"] = topic
        object["world_readable"] = historyVisibility == .worldReadable
    }

    /// Writes what a summary tells beyond the directory.
    ///
    /// - Spec: [Room Summaries](https://spec.matrix.org/v1.19/client-server-api/#room-summaries)
    func writeDetails(of head: RoomHead, to object: inout JSONObjectWriter) {
        if !allowedRooms.isEmpty { object["allowed_room_ids"] = allowedRooms }
        object["encryption"] = encryption
        object["room_version"] = head.version.rawValue
    }
}
