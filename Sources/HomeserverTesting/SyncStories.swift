import Foundation
package import MatrixTypes

/// What tests of syncs do again and again.
extension TestClient {
    /// Syncs with a filter, at once.
    package func sync(
        since: String? = nil, filter: String, _ query: String = "timeout=0"
    ) async throws -> TestAnswer {
        try await sync(since: since, "\(query)&filter=\(pathComponent(filter))")
    }

    /// Syncs, waiting for news.
    package func wait(since: String, _ query: String = "") async throws -> TestAnswer {
        try await sync(since: since, "timeout=20000" + query)
    }

    /// The token from which the next sync goes on.
    package func now(_ query: String = "timeout=0") async throws -> String {
        try await sync(nil, query).string("next_batch")
    }

    private func sync(_ since: String?, _ query: String) async throws -> TestAnswer {
        try await sync(since: since, query)
    }

    package func leave(_ room: String) async throws {
        _ = try await post("/_matrix/client/v3/rooms/\(pathComponent(room))/leave")
    }

    package func invite(_ user: TestClient, to room: String) async throws {
        let id = user.userID?.rawValue ?? ""
        _ = try await post(
            "/_matrix/client/v3/rooms/\(pathComponent(room))/invite", #"{"user_id": "\#(id)"}"#)
    }

    /// Sends a message event with any content, and gives its ID.
    @discardableResult
    package func send(
        _ content: String, in room: String, type: String = "m.room.message"
    ) async throws -> String {
        let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/send/\(type)"
        return try await put("\(path)/\(UUID().uuidString)", content).string("event_id")
    }

    /// Sets a state event, and gives its ID.
    @discardableResult
    package func setState(
        _ type: String, _ content: String, in room: String, key: String = ""
    ) async throws -> String {
        let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/state/\(type)"
        return try await put("\(path)/\(pathComponent(key))", content).string("event_id")
    }

    /// Answers in a thread.
    @discardableResult
    package func answer(_ text: String, to root: String, in room: String) async throws -> String {
        try await send(
            #"""
            {"msgtype": "m.text", "body": "\#(text)", "m.mentions": {},
             "m.relates_to": {"rel_type": "m.thread", "event_id": "\#(root)"}}
            """#, in: room)
    }

    /// Mentions people.
    @discardableResult
    package func mention(_ users: [TestClient], in room: String, thread: String? = nil) async throws
        -> String
    {
        let names = users.compactMap { $0.userID.map { "\"\($0)\"" } }.joined(separator: ", ")
        let relation =
            thread.map {
                #", "m.relates_to": {"rel_type": "m.thread", "event_id": "\#($0)"}"#
            } ?? ""
        return try await send(
            #"""
            {"msgtype": "m.text", "body": "Dites !", "m.mentions": {"user_ids": [\#(names)]}\#(relation)}
            """#, in: room)
    }

    @discardableResult
    package func read(
        _ event: String, in room: String, type: String = "m.read", thread: String? = nil
    ) async throws -> TestAnswer {
        try await post(
            "/_matrix/client/v3/rooms/\(pathComponent(room))/receipt/\(type)/\(pathComponent(event))",
            thread.map { #"{"thread_id": "\#($0)"}"# } ?? "{}")
    }

    package func redact(_ event: String, in room: String) async throws {
        let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/redact"
        _ = try await put("\(path)/\(pathComponent(event))/\(UUID().uuidString)")
    }

    package func setAccountData(_ type: String, _ content: String) async throws {
        let user = pathComponent(userID?.rawValue ?? "")
        _ = try await put("/_matrix/client/v3/user/\(user)/account_data/\(type)", content)
    }

    /// Does not want to hear of others any more.
    package func ignore(_ users: [TestClient]) async throws {
        let names = users.compactMap { $0.userID.map { "\"\($0)\": {}" } }.joined(separator: ", ")
        try await setAccountData("m.ignored_user_list", #"{"ignored_users": {\#(names)}}"#)
    }
}

/// What a sync says of one room.
package struct RoomInAnswer: Sendable {
    package let json: JSON?

    package init(json: JSON?) { self.json = json }

    package var isThere: Bool { json != nil }

    /// The bodies of the messages in the timeline; of other events their types.
    package var said: [String] {
        timeline.map { $0["content"]?["body"]?.string ?? $0["type"]?.string ?? "?" }
    }

    package var timeline: [JSON] { events("timeline") }
    package var state: [JSON] { events("state") }
    package var ephemeral: [JSON] { events("ephemeral") }
    package var accountData: [JSON] { events("account_data") }
    package var isLimited: Bool? { json?["timeline"]?["limited"]?.bool }
    package var prevBatch: String? { json?["timeline"]?["prev_batch"]?.string }

    package func events(_ part: String) -> [JSON] {
        json?[part]?["events"]?.array.map { Array($0) } ?? []
    }

    /// Types and state keys of state events, in order.
    package func keys(_ part: String = "state") -> [String] {
        events(part).map { event in
            let type = event["type"]?.string ?? "?"
            let key = event["state_key"]?.string ?? ""
            return key.isEmpty ? type : "\(type) \(key)"
        }.sorted()
    }

    /// Notifications and highlights.
    package var unread: [Int]? { counts(json?["unread_notifications"]) }

    package func unread(in thread: String) -> [Int]? {
        counts(json?["unread_thread_notifications"]?[thread])
    }

    private func counts(_ json: JSON?) -> [Int]? {
        guard let notifications = json?["notification_count"]?.int,
            let highlights = json?["highlight_count"]?.int
        else { return nil }
        return [notifications, highlights]
    }

    /// The content of the one ephemeral event of a type.
    package func content(_ type: String) -> JSON? {
        ephemeral.first { $0["type"]?.string == type }?["content"]
    }
}

extension TestAnswer {
    package func joined(_ room: String) -> RoomInAnswer {
        RoomInAnswer(json: self["rooms", "join", room])
    }

    package func left(_ room: String) -> RoomInAnswer {
        RoomInAnswer(json: self["rooms", "leave", room])
    }

    package var nextBatch: String { self["next_batch"]?.string ?? "" }

    /// The account data of a type.
    package func accountData(_ type: String) -> JSON? {
        self["account_data", "events"]?.array?.first { $0["type"]?.string == type }?["content"]
    }

    /// Whose presence is told, and what it is.
    package var presence: [String: String] {
        var presence: [String: String] = [:]
        for event in self["presence", "events"]?.array.map({ Array($0) }) ?? [] {
            presence[event["sender"]?.string ?? "?"] = event["content"]?["presence"]?.string
        }
        return presence
    }
}

/// What tests of devices do again and again.
extension TestServer {
    /// Logs a person in on one more device.
    package func logIn(_ name: String, on device: String, password: String = "motdepasse-1")
        async throws -> TestClient
    {
        let answer = try await stranger.post(
            "/_matrix/client/v3/login",
            """
            {"type": "m.login.password", "password": "\(password)", "device_id": "\(device)",
             "identifier": {"type": "m.id.user", "user": "\(name)"}}
            """)
        return TestClient(
            server: self, token: try answer.string("access_token"),
            userID: UserID(unchecked: try answer.string("user_id")))
    }
}

extension TestClient {
    /// Sends one message to a device of somebody, or with `*` to all of them.
    @discardableResult
    package func send(
        toDevice device: String, of user: TestClient, _ content: String = "{}",
        type: String = "m.test", txn: String = UUID().uuidString
    ) async throws -> TestAnswer {
        let id = user.userID?.rawValue ?? ""
        return try await put(
            "/_matrix/client/v3/sendToDevice/\(type)/\(txn)",
            #"{"messages": {"\#(id)": {"\#(device)": \#(content)}}}"#)
    }
}

extension TestAnswer {
    /// The member `text` of each message to the device, in order.
    package var toDevice: [String] {
        self["to_device", "events"]?.array?.map { $0["content"]?["text"]?.string ?? "?" } ?? []
    }
}
