/// The type of an event. An open set: these are the ones that we act on.
package struct EventType: WireText, ExpressibleByStringLiteral {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }
    package init(_ text: String) { rawValue = text }
    package init(stringLiteral text: String) { rawValue = text }

    package static let roomAliases: EventType = "m.room.aliases"
    package static let roomAvatar: EventType = "m.room.avatar"
    package static let canonicalAlias: EventType = "m.room.canonical_alias"
    package static let roomCreate: EventType = "m.room.create"
    package static let encrypted: EventType = "m.room.encrypted"
    package static let encryption: EventType = "m.room.encryption"
    package static let guestAccess: EventType = "m.room.guest_access"
    package static let historyVisibility: EventType = "m.room.history_visibility"
    package static let joinRules: EventType = "m.room.join_rules"
    package static let roomMember: EventType = "m.room.member"
    package static let message: EventType = "m.room.message"
    package static let roomName: EventType = "m.room.name"
    package static let pinnedEvents: EventType = "m.room.pinned_events"
    package static let powerLevels: EventType = "m.room.power_levels"
    package static let redaction: EventType = "m.room.redaction"
    package static let serverACL: EventType = "m.room.server_acl"
    package static let thirdPartyInvite: EventType = "m.room.third_party_invite"
    package static let tombstone: EventType = "m.room.tombstone"
    package static let roomTopic: EventType = "m.room.topic"
    package static let reaction: EventType = "m.reaction"
    package static let sticker: EventType = "m.sticker"
    package static let spaceChild: EventType = "m.space.child"
    package static let spaceParent: EventType = "m.space.parent"
    package static let callInvite: EventType = "m.call.invite"
}
