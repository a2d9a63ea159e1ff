package import MatrixTypes

/// What differs between room versions, as data.
///
/// Code asks for the difference (`rules.hasRestrictedJoins`), never for the number of the version.
///
/// - Spec: [Room versions](https://spec.matrix.org/v1.19/rooms/)
package struct RoomRules: Sendable {
    package var version: RoomVersion

    /// How an event is laid out.
    package var format = PDUFormat.v1

    /// How an event gets its ID.
    package var eventIDFormat = EventIDFormat.chosenBySender

    /// What a redaction leaves of an event.
    package var redaction = RedactionRules.v1

    /// Since v5: a key signs only events from before the end of its validity.
    package var enforcesKeyValidity = false

    package var stateResolution = StateResolutionKind.first

    package enum StateResolutionKind: Sendable {
        /// v1: by depth.
        case first
        /// Since v2: by power, then along the mainline.
        case second
        /// Since v12: the same, from nothing and with the conflicted state subgraph.
        case secondPointOne
    }

    /// Until v2: redactions of others' events need power. Since v3 they are checked where they would
    /// take effect instead.
    package var authorizesRedactions = true

    /// Until v5: a server says with `m.room.aliases` which aliases it has for the room.
    package var hasAliasesRule = true

    /// Since v6: changing `notifications` needs power.
    package var checksNotificationLevels = false

    /// Since v7: a `knock` membership, and the `knock` join rule.
    package var allowsKnocking = false

    /// Since v8: the `restricted` join rule.
    package var hasRestrictedJoins = false

    /// Since v10: the `knock_restricted` join rule.
    package var hasKnockRestrictedJoins = false

    /// What is an integer in `m.room.power_levels`: since v10, only a JSON integer.
    package var powerIntegers = PowerLevels.Integers.lenient

    /// Since v11: the creator is the sender of the create event, not what its content says.
    package var creatorIsSender = false

    /// Until v11: the create event is among the events that authorize others. Since v12, the room's ID
    /// names it.
    package var citesCreateEvent = true

    /// Since v12: creators, `additional_creators` among them, are above every level, and
    /// `m.room.power_levels` must not name them.
    package var privilegesCreators = false
}

extension RoomRules {
    /// Until v5 any JSON; since v6 strictly what has a canonical form.
    package var jsonMode: JSONMode { format.jsonMode }

    /// Since v11: `redacts` is in the content.
    package var redactsInContent: Bool { format.redactsInContent }

    /// Since v12: the room ID is the reference hash of the create event.
    package var roomIDIsCreateHash: Bool { format.roomIDIsCreateHash }

    /// Until v2: the server in the event's own ID must have signed the event.
    package var needsSignatureOfEventIDServer: Bool { eventIDFormat == .chosenBySender }
}

extension RoomRules {
    package static let v1 = RoomRules(version: "1")

    package static let v2 = v1.as("2") { $0.stateResolution = .second }

    package static let v3 = v2.as("3") {
        $0.format = .v3
        $0.eventIDFormat = .base64
        $0.authorizesRedactions = false
    }

    package static let v4 = v3.as("4") { $0.eventIDFormat = .urlSafeBase64 }

    package static let v5 = v4.as("5") { $0.enforcesKeyValidity = true }

    package static let v6 = v5.as("6") {
        $0.format = .v6
        $0.redaction = .v6
        $0.hasAliasesRule = false
        $0.checksNotificationLevels = true
    }

    package static let v7 = v6.as("7") { $0.allowsKnocking = true }

    package static let v8 = v7.as("8") {
        $0.redaction = .v8
        $0.hasRestrictedJoins = true
    }

    package static let v9 = v8.as("9") { $0.redaction = .v9 }

    package static let v10 = v9.as("10") {
        $0.hasKnockRestrictedJoins = true
        $0.powerIntegers = .strict
    }

    package static let v11 = v10.as("11") {
        $0.format = .v11
        $0.redaction = .v11
        $0.creatorIsSender = true
    }

    package static let v12 = v11.as("12") {
        $0.format = .v12
        $0.stateResolution = .secondPointOne
        $0.citesCreateEvent = false
        $0.privilegesCreators = true
    }

    /// The versions that we know, from the oldest to the newest.
    package static let all = [v1, v2, v3, v4, v5, v6, v7, v8, v9, v10, v11, v12]

    /// The rules of a room version; nil if we do not know it.
    package static func of(_ version: RoomVersion) -> RoomRules? { byVersion[version] }

    private static let byVersion = Dictionary(uniqueKeysWithValues: all.map { ($0.version, $0) })

    /// A new version that differs from this one by `change`.
    private func `as`(_ version: RoomVersion, _ change: (inout RoomRules) -> Void) -> RoomRules {
        var rules = self
        rules.version = version
        change(&rules)
        return rules
    }
}
