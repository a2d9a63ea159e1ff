/// The content of `m.room.power_levels`: who may do what.
///
/// - State key: always empty.
/// - Spec: [m.room.power_levels](https://spec.matrix.org/v1.19/client-server-api/#mroompower_levels)
package struct PowerLevels: StateEventContent, Equatable {
    package static let type: EventType = .powerLevels

    /// What each user has; others have `usersDefault`.
    package var users: [UserID: Int] = [:]
    package var usersDefault = 0

    /// What it takes to send each type of event; others take one of the defaults.
    package var events: [EventType: Int] = [:]
    package var eventsDefault = 0
    package var stateDefault = 50

    package var ban = 50
    package var kick = 50
    package var redact = 50
    package var invite = 0

    /// What it takes to notify in each way; `room` is 50 unless it says otherwise.
    package var notifications: [String: Int] = [:]

    /// The levels of an event that says nothing.
    package init() {}

    /// Reads levels that are integers, as since v10.
    package init(from content: JSONObject) throws(JSONError) {
        try self.init(from: content, integers: .strict)
    }

    /// - Throws: For any level that is not an integer under `integers`, and any key of `users` that is
    ///   not a user ID.
    package init(from content: JSONObject, integers: Integers) throws(JSONError) {
        self.init()
        for (key, path) in Self.namedLevels {
            if let level = try integers.level(content[key], key) { self[keyPath: path] = level }
        }
        for (name, level) in try Self.levels("users", of: content, integers) {
            guard let user = UserID(name) else { throw .invalid(key: "users") }
            users[user] = level
        }
        for (name, level) in try Self.levels("events", of: content, integers) {
            events[EventType(name)] = level
        }
        for (name, level) in try Self.levels("notifications", of: content, integers) {
            notifications[name] = level
        }
    }

    package func level(of user: UserID) -> Int { users[user] ?? usersDefault }

    /// What it takes to send `type`, as a state event or as a message event.
    package func level(toSend type: EventType, isState: Bool) -> Int {
        events[type] ?? (isState ? stateDefault : eventsDefault)
    }

    /// What it takes to notify, for `room` the whole room.
    package func level(toNotify name: String) -> Int { notifications[name] ?? 50 }

    /// The levels that have a key of their own, by their names on the wire.
    package static var namedLevels: [(key: String, path: WritableKeyPath<PowerLevels, Int>)] {
        [
            ("users_default", \.usersDefault), ("events_default", \.eventsDefault),
            ("state_default", \.stateDefault), ("ban", \.ban), ("redact", \.redact),
            ("kick", \.kick), ("invite", \.invite),
        ]
    }

    private static func levels(
        _ key: String, of content: JSONObject, _ integers: Integers
    ) throws(JSONError) -> [(String, Int)] {
        if integers == .lenient, content[key]?.isNull == true { return [] }
        var levels: [(String, Int)] = []
        for (name, value) in try content.object(key) ?? .empty {
            guard let level = try integers.level(value, "\(key).\(name)") else {
                throw .wrongType(key: "\(key).\(name)", expected: .integer)
            }
            levels.append((name, level))
        }
        return levels
    }
}

extension PowerLevels {
    /// What a room version takes for an integer.
    package enum Integers: Sendable {
        /// Since v10: JSON integers.
        case strict

        /// Until v9 also strings of digits, with a sign and white space around them, and null for
        /// absent; until v5 (where the reader lets them through) also floats, which are cut short.
        ///
        /// - Spec: [m.room.power_levels events accept values as strings](https://spec.matrix.org/v1.19/rooms/v9/#mroompower_levels-events-accept-values-as-strings)
        case lenient

        /// Nil when absent.
        fileprivate func level(_ value: JSON?, _ key: String) throws(JSONError) -> Int? {
            guard let value else { return nil }
            if let level = value.int { return level }
            if self == .lenient {
                switch value.kind {
                case .null: return nil
                case .string:
                    if let level = value.string.flatMap(Self.parse) { return level }
                case .number:
                    let text = String(decoding: value.bytes, as: UTF8.self)
                    if let level = Int(text)
                        ?? Int(exactly: (value.double ?? .nan).rounded(.towardZero))
                    {
                        return level
                    }
                default: break
                }
            }
            throw .wrongType(key: key, expected: .integer)
        }

        /// `" +0100 "` is 100.
        static func parse(_ text: String) -> Int? {
            let isSpace: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
            let scalars = text.unicodeScalars.drop(while: isSpace)
            guard let end = scalars.lastIndex(where: { !isSpace($0) }) else { return nil }
            // `Int` reads one sign and ASCII digits.
            return Int(Substring(scalars[...end]))
        }
    }
}
