import Database
import Hummingbird
import MatrixRules
import MatrixTypes

/// Lists of what the requester was notified, the newest first.
///
/// `GET /_matrix/client/v3/notifications`
///
/// - Errors: `M_INVALID_PARAM` for a token that is none.
/// - Spec: [Listing Notifications](https://spec.matrix.org/v1.19/client-server-api/#get_matrixclientv3notifications)
struct ListNotifications: Sendable {
    static let usualLimit = 20
    static let mostNotifications = 100
    /// Only the rooms in which something happened last are looked at.
    static let mostRooms = 200

    let database: Database
    let engine: RoomEngine
    let clock: any WallClock
    let rules: SharedCache<UserID, PushRuleSet>

    @Sendable
    func respond(to request: Request, context: ClientContext) async throws -> Response {
        let limit = try context.query.limit(
            default: Self.usualLimit, most: Self.mostNotifications)
        var place = Int64.max
        if let from = context.query["from"], !from.isEmpty {
            guard let token = Int64(from), token >= 0 else {
                throw MatrixError.invalidParameter("from")
            }
            place = token
        }
        let onlyHighlights = context.query["only"] == "highlight"
        let (requester, now, before) = (context.requester, clock.now, place)
        let bytes = try await database.read { [engine, rules] db in
            try NotificationList(
                timeline: engine.timeline(in: db), requester: requester, rules: rules,
                onlyHighlights: onlyHighlights
            ).bytes(before: before, limit: limit, at: now)
        }
        return .json(bytes: bytes)
    }
}

/// One page of notifications, put together in one block.
struct NotificationList {
    /// Of one room, no more events are looked at for one page.
    static let mostLookedAt = 500

    let timeline: Timeline
    let requester: Requester
    let rules: SharedCache<UserID, PushRuleSet>
    let onlyHighlights: Bool

    private struct Notification {
        let event: StoredEvent
        let room: RoomHead
        let isRead: Bool
        let highlights: Bool
    }

    func bytes(before place: Int64, limit: Int, at now: Timestamp) throws -> [UInt8] {
        let found = try notifications(before: place, limit: limit + 1)
        let page = found.prefix(limit)
        return try jsonBytes { answer in
            if found.count > limit, let last = page.last {
                answer["next_token"] = String(last.event.position.rawValue)
            }
            try answer.array("notifications") { array in
                for notification in page {
                    var writer = ClientEvents(
                        timeline, for: requester, in: notification.room, now: now,
                        withRoomID: false)
                    let event = try writer.bytes(of: notification.event)
                    array.object { object in
                        object.array("actions") { actions in
                            actions.append("notify")
                            if notification.highlights {
                                actions.object { $0["set_tweak"] = "highlight" }
                            }
                        }
                        object.raw("event", event)
                        object["read"] = notification.isRead
                        object["room_id"] = notification.room.roomID
                        object["ts"] = notification.event.originServerTS
                    }
                }
            }
        }
    }

    private func notifications(before place: Int64, limit: Int) throws -> [Notification] {
        let places = try timeline.memberships.places(of: requester.userID)
            .filter { $0.entry.membership == .join }
        let heads = try timeline.rooms.heads(of: places.map(\.roomID))
        let stays = places.compactMap { entry, roomID -> UnreadCounter.Stay? in
            heads[roomID].map { ($0, entry.began) }
        }
        .sorted { $0.room.lastPosition > $1.room.lastPosition }
        .prefix(ListNotifications.mostRooms)
        let states = try UnreadCounter(timeline: timeline, user: requester.userID)
            .states(of: Array(stays))
        var found: [Notification] = []
        for (room, began) in stays {
            guard let state = states[room.number] else { continue }
            // What is older than a full page is not in it.
            if found.count >= limit, let last = found.map(\.event.position).min(),
                room.lastPosition < last
            {
                break
            }
            found += try notifications(
                in: room, since: began, before: place, limit: limit, state)
            found.sort { $0.event.position > $1.event.position }
            if found.count > limit { found.removeSubrange(limit...) }
        }
        return found
    }

    private func notifications(
        in room: RoomHead, since began: StreamPosition, before place: Int64, limit: Int,
        _ state: ReadState
    ) throws -> [Notification] {
        let periods = PushPeriods(state.periods)
        var found: [Notification] = []
        var upper = min(place, Int64.max / 2) - 1
        var looked = 0
        while found.count < limit, looked < Self.mostLookedAt, upper > began.rawValue {
            let page = try timeline.newest(
                in: room.number, (began.rawValue + 1)...upper, limit: 50)
            guard let oldest = page.last else { break }
            looked += page.count
            let counts = try timeline.unread.notified(page, in: room.number)
            let outcomes = try PushOutcomeStore(db: timeline.db).outcomes(
                of: requester.userID, in: room.number, of: page.map(\.position))
            for event in page where event.sender != requester.userID && !event.isRedacted {
                let order = event.position.rawValue
                let usual = periods.mode(at: order)(counts[event.position] ?? .zero)
                let notifies = outcomes[event.position]?.notifies ?? (usual.notifications > 0)
                let highlights = outcomes[event.position]?.highlights ?? (usual.highlights > 0)
                guard notifies, highlights || !onlyHighlights else { continue }
                let thread = event.threadRoot?.rawValue ?? ThreadScope.main
                found.append(
                    Notification(
                        event: event, room: room, isRead: order <= state.floor(of: thread),
                        highlights: highlights))
            }
            upper = (oldest.history ?? upper) - 1
        }
        return found
    }
}

extension UnreadStore {
    /// What each of some events, that follow each other, notified of by the default rules.
    ///
    /// - Parameter events: The newest first.
    func notified(_ events: [StoredEvent], in room: RoomNumber) throws
        -> [StreamPosition: NotificationCount]
    {
        guard let oldest = events.last?.history, let newest = events.first?.history else {
            return [:]
        }
        var notified: [StreamPosition: NotificationCount] = [:]
        // What is the oldest there is, at the beginning or after a purge, notifies of nothing.
        var before =
            try timeline.db.one(
                """
                SELECT notify_main + notify_threads FROM events
                WHERE room_number = \(room) AND history < \(oldest) AND history > 0
                ORDER BY history DESC LIMIT 1
                """, as: NotificationCount.self)
        try timeline.db.forEach(
            """
            SELECT position, notify_main + notify_threads FROM events
            WHERE room_number = \(room) AND history >= \(oldest) AND history <= \(newest)
            ORDER BY history
            """
        ) { row in
            let sum: NotificationCount = try row[1]
            notified[try row[0]] = sum - (before ?? sum)
            before = sum
        }
        return notified
    }
}
