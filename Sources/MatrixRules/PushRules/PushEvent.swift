package import MatrixTypes
import Synchronization

/// An event as push rules look at it. Made once for all the users whose rules are asked.
///
/// What most rules ask for is at hand; other properties are looked up when a rule names them.
package struct PushEvent: Sendable {
    package let type: EventType
    package let sender: UserID
    package let roomID: RoomID
    package let stateKey: String?
    package let content: JSONObject

    /// Whom `m.mentions` names.
    package let mentionedUsers: Set<UserID>

    private let lazyBody: LazyBody?
    var body: Body? { lazyBody?.value }

    /// `content.body`, and the words in it.
    struct Body: Sendable {
        let text: FoldedText
        let words: Set<FoldedText>

        init(_ body: String) {
            text = FoldedText(body)
            words = text.words
        }
    }

    /// Laid out once a rule asks: the default rules never do.
    private final class LazyBody: Sendable {
        private let text: String
        private let laidOut = Mutex<Body?>(nil)

        init(_ text: String) { self.text = text }

        var value: Body {
            laidOut.withLock { laidOut in
                if let laidOut { return laidOut }
                let body = Body(text)
                laidOut = body
                return body
            }
        }
    }

    /// - Parameter content: As the user's server sees it: encrypted events stay so.
    package init(
        type: EventType, sender: UserID, roomID: RoomID, stateKey: String?, content: JSONObject
    ) {
        self.type = type
        self.sender = sender
        self.roomID = roomID
        self.stateKey = stateKey
        self.content = content
        mentionedUsers = Mentions(in: content)?.userIDs ?? []
        lazyBody = content["body"]?.string.map(LazyBody.init)
    }

    package init(_ event: PDU) {
        self.init(
            type: event.type, sender: event.sender, roomID: event.roomID,
            stateKey: event.stateKey, content: event.content)
    }

    /// Those for whom the outcome may be another than for others with the same rules: its sender, whom
    /// it mentions, and whom it is about.
    ///
    /// Nobody else needs to be asked one by one, but for groups whose rules ask for display names.
    package var namedUsers: Set<UserID> {
        var users = mentionedUsers.union([sender])
        if let user = stateKey.flatMap(UserID.init) { users.insert(user) }
        return users
    }

    /// Whether the body has a display name in it, as words of their own.
    package func names(_ displayName: String) -> Bool {
        guard let body, !displayName.isEmpty else { return false }
        let name = FoldedText(displayName)
        if name.isWord { return body.words.contains(name) }
        var steps = 0
        return GlobAutomaton(literal: name).matches(body.text, anywhere: true, &steps)
    }

    func property(at path: PropertyPath) -> Property? {
        switch path.names[0] {
        case "content":
            var value: JSON? = content.json
            for name in path.names.dropFirst() { value = value?[name] }
            return value.map(Property.json)
        case "type" where path.names.count == 1: return .text(type.rawValue)
        case "sender" where path.names.count == 1: return .text(sender.rawValue)
        case "room_id" where path.names.count == 1: return .text(roomID.rawValue)
        case "state_key" where path.names.count == 1: return stateKey.map(Property.text)
        default: return nil
        }
    }

    enum Property {
        case text(String)
        case json(JSON)

        var string: String? {
            switch self {
            case .text(let text): text
            case .json(let json): json.string
            }
        }

        var value: PushValue? {
            switch self {
            case .text(let text): .string(text)
            case .json(let json): PushValue(json)
            }
        }

        var array: JSONArray? {
            switch self {
            case .text: nil
            case .json(let json): json.array
            }
        }
    }
}

/// The room in which an event is, as far as push rules look at it.
package struct PushRoom: Sendable {
    /// How many have joined.
    package let memberCount: Int
    package let power: RoomPower

    package init(memberCount: Int, power: RoomPower) {
        self.memberCount = memberCount
        self.power = power
    }
}

/// For whom rules are asked.
package struct PushReader: Sendable {
    package let userID: UserID
    /// As in the room's `m.room.member`.
    package let displayName: String?

    package init(userID: UserID, displayName: String?) {
        self.userID = userID
        self.displayName = displayName
    }
}
