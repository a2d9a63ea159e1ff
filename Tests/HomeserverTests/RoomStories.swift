import HomeserverTesting
import MatrixTypes
import Testing

/// What people do to rooms, in the words of the stories.
extension TestClient {
    var id: String { userID?.rawValue ?? "" }

    private func path(_ room: String, _ rest: String) -> String {
        "/_matrix/client/v3/rooms/\(pathComponent(room))/\(rest)"
    }

    func state(_ type: String, _ key: String? = nil, in room: String, _ query: String = "")
        async throws -> TestAnswer
    {
        try await get(
            path(room, "state/\(type)" + (key.map { "/" + pathComponent($0) } ?? "") + query))
    }

    @discardableResult
    func setState(_ type: String, _ key: String = "", in room: String, _ content: String)
        async throws -> TestAnswer
    {
        try await put(path(room, "state/\(type)/\(pathComponent(key))"), content)
    }

    @discardableResult
    func invite(_ user: String, to room: String, reason: String? = nil) async throws -> TestAnswer {
        try await act("invite", on: user, in: room, reason)
    }

    @discardableResult
    func kick(_ user: String, from room: String, reason: String? = nil) async throws -> TestAnswer {
        try await act("kick", on: user, in: room, reason)
    }

    @discardableResult
    func ban(_ user: String, from room: String, reason: String? = nil) async throws -> TestAnswer {
        try await act("ban", on: user, in: room, reason)
    }

    @discardableResult
    func unban(_ user: String, from room: String) async throws -> TestAnswer {
        try await act("unban", on: user, in: room, nil)
    }

    private func act(_ act: String, on user: String, in room: String, _ reason: String?)
        async throws -> TestAnswer
    {
        let body = String(
            decoding: jsonBytes {
                $0["user_id"] = user
                $0["reason"] = reason
            }, as: UTF8.self)
        return try await post(path(room, act), body)
    }

    @discardableResult
    func leave(_ room: String, _ body: String = "{}") async throws -> TestAnswer {
        try await post(path(room, "leave"), body)
    }

    @discardableResult
    func forget(_ room: String) async throws -> TestAnswer { try await post(path(room, "forget")) }

    @discardableResult
    func knock(_ room: String, _ body: String = "{}") async throws -> TestAnswer {
        try await post("/_matrix/client/v3/knock/\(pathComponent(room))", body)
    }

    func members(_ room: String, _ query: String = "") async throws -> TestAnswer {
        try await get(path(room, "members" + query))
    }

    func joinedMembers(_ room: String) async throws -> TestAnswer {
        try await get(path(room, "joined_members"))
    }

    func messages(_ room: String) async throws -> TestAnswer {
        try await get(path(room, "messages?dir=b"))
    }

    func allState(_ room: String) async throws -> TestAnswer { try await get(path(room, "state")) }

    /// The membership that a room's state gives to somebody.
    func membership(of user: String, in room: String) async throws -> String? {
        try await state("m.room.member", user, in: room)["membership"]?.string
    }

    @discardableResult
    func setAlias(_ alias: String, to room: String) async throws -> TestAnswer {
        try await put(
            "/_matrix/client/v3/directory/room/\(pathComponent(alias))", #"{"room_id": "\#(room)"}"#
        )
    }

    func resolve(_ alias: String) async throws -> TestAnswer {
        try await get("/_matrix/client/v3/directory/room/\(pathComponent(alias))")
    }

    func deleteAlias(_ alias: String) async throws -> TestAnswer {
        try await delete("/_matrix/client/v3/directory/room/\(pathComponent(alias))")
    }

    func publicRooms(_ body: String = "{}") async throws -> TestAnswer {
        try await post("/_matrix/client/v3/publicRooms", body)
    }

    func upgrade(_ room: String, to version: String, _ more: String = "") async throws -> TestAnswer
    {
        try await post(path(room, "upgrade"), #"{"new_version": "\#(version)"\#(more)}"#)
    }

    func hierarchy(_ room: String, _ query: String = "") async throws -> TestAnswer {
        try await get("/_matrix/client/v1/rooms/\(pathComponent(room))/hierarchy\(query)")
    }

    func summary(_ room: String) async throws -> TestAnswer {
        try await get("/_matrix/client/v1/room_summary/\(pathComponent(room))")
    }
}

extension TestAnswer {
    /// One member of each element of an array.
    func each(_ member: String, of array: String) -> [String] {
        self[array]?.array?.compactMap { $0[member]?.string } ?? []
    }
}

/// Every room version there is.
let roomVersions = (1...12).map(String.init)
