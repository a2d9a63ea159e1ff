package import MatrixTypes

extension PushRuleSet {
    /// The same without the rules that can match nothing in a room: those that are disabled, and those
    /// for other rooms. So people whose rules differ elsewhere form one group here.
    package func relevant(to room: RoomID) -> PushRuleSet {
        var relevant = self
        for (kind, rules) in own {
            let kept = rules.filter { $0.isEnabled && $0.mayMatch(in: room) }
            relevant.own[kind] = kept.isEmpty ? nil : kept
        }
        return relevant
    }
}

extension PushRule {
    fileprivate func mayMatch(in room: RoomID) -> Bool {
        if kind == .room { return RoomID(unchecked: id) == room }
        return conditions.allSatisfy { condition in
            guard case .eventMatch(let path, let glob) = condition, path.text == "room_id" else {
                return true
            }
            return glob.matches(room.rawValue)
        }
    }
}
