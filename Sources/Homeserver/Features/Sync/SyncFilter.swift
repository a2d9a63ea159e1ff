import HTTPTypes
import MatrixTypes

/// What a client wants to see of a sync answer.
///
/// - Spec: [Filtering](https://spec.matrix.org/v1.19/client-server-api/#filtering)
struct SyncFilter: Sendable, Equatable {
    var timeline = EventFilter()
    var state = EventFilter()
    var ephemeral = EventFilter()
    var roomAccountData = EventFilter()
    var accountData = EventFilter()
    var presence = EventFilter()
    var rooms: Set<RoomID>?
    var notRooms: Set<RoomID> = []
    var includesLeft = false
    /// `event_fields` and `event_format`.
    var shape = EventShape.whole

    static let everything = SyncFilter()

    /// - Throws: `M_BAD_JSON` or `M_INVALID_PARAM` where a member has not the shape it should.
    init(from object: JSONObject) throws {
        do {
            if let room = try object.object("room") {
                timeline = try EventFilter(from: try room.object("timeline"))
                state = try EventFilter(from: try room.object("state"))
                ephemeral = try EventFilter(from: try room.object("ephemeral"))
                roomAccountData = try EventFilter(from: try room.object("account_data"))
                rooms = try room.filteredRooms("rooms")
                notRooms = try room.filteredRooms("not_rooms") ?? []
                includesLeft = try room.bool("include_leave") ?? false
            }
            accountData = try EventFilter(from: try object.object("account_data"))
            presence = try EventFilter(from: try object.object("presence"))
            shape.fields = try object.strings("event_fields").map { EventShape.Fields($0) }
            switch try object.string("event_format") {
            case nil, "client": break
            case "federation": shape.isFederation = true
            default: throw JSONError.invalid(key: "event_format")
            }
        } catch let error as JSONError {
            throw MatrixError(.badRequest, .badJSON, "The filter is not well formed: \(error).")
        }
    }

    init() {}

    func includes(_ room: RoomID) -> Bool {
        !notRooms.contains(room) && rooms?.contains(room) ?? true
    }
}

/// A filter over events: by type, sender, room, content.
struct EventFilter: Sendable, Equatable {
    var limit: Int?
    var types: [String]?
    var notTypes: [String] = []
    var senders: Set<UserID>?
    var notSenders: Set<UserID> = []
    var rooms: Set<RoomID>?
    var notRooms: Set<RoomID> = []
    var containsURL: Bool?
    var loadsMembersLazily = false
    var includesRedundantMembers = false
    var unreadThreadNotifications = false
    var relatedByTypes: [String]?
    var relatedBySenders: [String]?

    init() {}

    /// - Throws: `M_BAD_JSON` where a member has not the shape it should.
    init(from object: JSONObject?) throws {
        guard let object else { return }
        do {
            try read(object)
        } catch {
            throw MatrixError.badJSON("The filter is not well formed: \(error).")
        }
    }

    private mutating func read(_ object: JSONObject) throws(JSONError) {
        limit = try object.int("limit")
        if let limit, limit < 0 { throw JSONError.invalid(key: "limit") }
        types = try object.strings("types")
        notTypes = try object.strings("not_types") ?? []
        senders = try object.filteredSenders("senders")
        notSenders = try object.filteredSenders("not_senders") ?? []
        rooms = try object.filteredRooms("rooms")
        notRooms = try object.filteredRooms("not_rooms") ?? []
        containsURL = try object.bool("contains_url")
        loadsMembersLazily = try object.bool("lazy_load_members") ?? false
        includesRedundantMembers = try object.bool("include_redundant_members") ?? false
        unreadThreadNotifications = try object.bool("unread_thread_notifications") ?? false
        relatedByTypes = try object.strings("related_by_rel_types")
        relatedBySenders = try object.strings("related_by_senders")
    }

    /// Whether it lets nothing through, so that nothing has to be read.
    var admitsNothing: Bool {
        types?.isEmpty == true || senders?.isEmpty == true || rooms?.isEmpty == true
            || notTypes.contains("*")
    }

    /// Whether it asks for events by what relates to them.
    var asksForRelations: Bool { relatedByTypes != nil || relatedBySenders != nil }

    func admits(type: EventType) -> Bool {
        if notTypes.contains(where: { matches(pattern: $0, type.rawValue) }) { return false }
        return types?.contains { matches(pattern: $0, type.rawValue) } ?? true
    }

    func admits(sender: UserID) -> Bool {
        !notSenders.contains(sender) && senders?.contains(sender) ?? true
    }

    func admits(room: RoomID) -> Bool {
        !notRooms.contains(room) && rooms?.contains(room) ?? true
    }

    func admits(_ event: StoredEvent) throws -> Bool {
        guard admits(type: event.type), admits(sender: event.sender) else { return false }
        guard let containsURL else { return true }
        return (try event.content()["url"] != nil) == containsURL
    }
}

extension JSONObject {
    /// A list of rooms in a filter.
    fileprivate func filteredRooms(_ key: String) throws(JSONError) -> Set<RoomID>? {
        guard let texts = try strings(key) else { return nil }
        var rooms: Set<RoomID> = []
        for text in texts {
            guard let room = RoomID(text) else { throw .invalid(key: key) }
            rooms.insert(room)
        }
        return rooms
    }

    /// A list of users in a filter.
    fileprivate func filteredSenders(_ key: String) throws(JSONError) -> Set<UserID>? {
        guard let texts = try strings(key) else { return nil }
        var users: Set<UserID> = []
        for text in texts {
            guard let user = UserID(text) else { throw .invalid(key: key) }
            users.insert(user)
        }
        return users
    }
}

/// `*` stands for any run of characters, as in filters. In time linear in the text.
func matches(pattern: String, _ text: String) -> Bool {
    guard pattern.contains("*") else { return pattern == text }
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    var rest = text[...]
    guard let first = parts.first, let last = parts.last, rest.hasPrefix(first) else {
        return false
    }
    rest = rest.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
        guard let range = rest.firstRange(of: part) else { return false }
        rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(last)
}
