import MatrixTypes

extension CanonicalAlias {
    /// The alias to show and the others.
    var all: Set<RoomAlias> { Set(altAliases).union(alias.map { [$0] } ?? []) }

    /// A content that names only some of the aliases.
    func content(keeping isKept: (RoomAlias) -> Bool) -> [UInt8] {
        jsonBytes { content in
            if let alias, isKept(alias) { content["alias"] = alias }
            let others = altAliases.filter(isKept)
            if !others.isEmpty { content["alt_aliases"] = others }
        }
    }
}

extension Timeline {
    /// The aliases that a room itself names; nil where it names none, or not in a readable way.
    func canonicalAlias(of room: RoomHead) throws -> CanonicalAlias? {
        try pdu(StateKey(.canonicalAlias), in: room)
            .flatMap { try? CanonicalAlias(from: $0.content) }
    }

    /// Has the canonical alias event name some aliases no more, if it did. For a user who may
    /// change it.
    func removeFromCanonicalAlias(
        _ aliases: Set<RoomAlias>, in room: RoomHead, by user: UserID, at now: Timestamp
    ) throws {
        guard let current = try canonicalAlias(of: room), !current.all.isDisjoint(with: aliases)
        else { return }
        try append(
            EventDraft(
                sender: user, type: .canonicalAlias, stateKey: "",
                content: current.content { !aliases.contains($0) }, at: now),
            to: room.roomID)
    }
}
