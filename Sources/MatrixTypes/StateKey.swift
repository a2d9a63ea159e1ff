/// Under which a room's state holds an event: a type, and what the spec calls the state key.
package struct StateKey: Hashable, Sendable {
    package let type: EventType
    /// The event's own `state_key`; often empty.
    package let key: String

    package init(_ type: EventType, _ key: String = "") {
        self.type = type
        self.key = key
    }

    /// Where the state holds the membership of `user`.
    package static func member(_ user: UserID) -> StateKey { StateKey(.roomMember, user.rawValue) }

    package static func == (a: StateKey, b: StateKey) -> Bool {
        a.type == b.type && ByteOrder.isEqual(a.key, b.key)
    }

    package func hash(into hasher: inout Hasher) {
        ByteOrder.hash(type.rawValue, into: &hasher)
        ByteOrder.hash(key, into: &hasher)
    }
}

extension StateKey: Comparable {
    package static func < (a: StateKey, b: StateKey) -> Bool {
        a.type == b.type ? ByteOrder.isLess(a.key, b.key) : a.type < b.type
    }
}

/// The state of a room: which event stands under each key.
package typealias StateMap = [StateKey: EventID]
