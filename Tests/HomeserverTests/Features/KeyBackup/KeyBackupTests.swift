import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct KeyBackupTests {
    private let versions = "/_matrix/client/v3/room_keys/version"
    private let keys = "/_matrix/client/v3/room_keys/keys"
    private let description =
        #"{"algorithm": "m.megolm_backup.v1.curve25519-aes-sha2", "auth_data": {"public_key": "a"}}"#

    private func key(
        _ index: Int = 0, forwarded: Int = 0, verified: Bool = false, _ data: String = "d"
    ) -> String {
        """
        {"first_message_index": \(index), "forwarded_count": \(forwarded),
         "is_verified": \(verified), "session_data": {"ciphertext": "\(data)"}}
        """
    }

    private func path(_ room: String, _ session: String, _ version: String) -> String {
        "\(keys)/\(pathComponent("!\(room):x.example"))/\(session)?version=\(version)"
    }

    @Test("Versions are made, told, described anew and deleted", arguments: TestEngine.allCases)
    func versionsLife(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            #expect(try await amelie.get(versions).errcode == "M_NOT_FOUND")
            let first = try await amelie.post(versions, description).string("version")
            let second = try await amelie.post(versions, description).string("version")
            #expect(first != second)
            let current = try await amelie.get(versions)
            #expect(try current.string("version") == second)
            #expect(current["count"]?.int == 0)
            #expect(current["auth_data", "public_key"]?.string == "a")

            let changed = description.replacing("\"a\"", with: "\"b\"")
            #expect(try await amelie.put("\(versions)/\(first)", changed).status == 200)
            let got = try await amelie.get("\(versions)/\(first)")
            #expect(got["auth_data", "public_key"]?.string == "b")
            let other = description.replacing("megolm_backup", with: "other")
            #expect(
                try await amelie.put("\(versions)/\(first)", other).errcode == "M_INVALID_PARAM")
            let named = #"{"version": "\#(second)", "# + description.dropFirst()
            #expect(
                try await amelie.put("\(versions)/\(first)", named).errcode == "M_INVALID_PARAM")

            for _ in 0..<2 {
                #expect(try await amelie.delete("\(versions)/\(second)").status == 200)
            }
            #expect(try await amelie.get(versions).string("version") == first)
            #expect(try await amelie.get("\(versions)/\(second)").errcode == "M_NOT_FOUND")
            #expect(try await amelie.delete("\(versions)/99").errcode == "M_NOT_FOUND")
            // A number is never given twice.
            let third = try await amelie.post(versions, description).string("version")
            #expect(![first, second].contains(third))
        }
    }

    @Test(
        "Keys are stored and read one by one, by room, and all at once",
        arguments: TestEngine.allCases)
    func keysLife(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let version = try await amelie.post(versions, description).string("version")
            let one = try await amelie.put(path("a", "s1", version), key())
            #expect(one["count"]?.int == 1)
            let room = pathComponent("!a:x.example")
            let two = try await amelie.put(
                "\(keys)/\(room)?version=\(version)", #"{"sessions": {"s2": \#(key())}}"#)
            #expect(two["count"]?.int == 2)
            #expect(try two.string("etag") != one.string("etag"))
            let three = try await amelie.put(
                "\(keys)?version=\(version)",
                #"{"rooms": {"!b:x.example": {"sessions": {"s3": \#(key(3))}}}}"#)
            #expect(three["count"]?.int == 3)
            #expect(try await amelie.get(versions)["etag"]?.string == three.string("etag"))

            let all = try await amelie.get("\(keys)?version=\(version)")
            #expect(all["rooms"]?.object?.count == 2)
            let index = all["rooms", "!b:x.example", "sessions", "s3", "first_message_index"]
            #expect(index?.int == 3)
            let ofRoom = try await amelie.get("\(keys)/\(room)?version=\(version)")
            #expect(ofRoom["sessions"]?.object?.count == 2)
            let single = try await amelie.get(path("a", "s1", version))
            #expect(single["session_data", "ciphertext"]?.string == "d")
            #expect(try await amelie.get(path("a", "s9", version)).errcode == "M_NOT_FOUND")

            #expect(try await amelie.delete(path("a", "s1", version))["count"]?.int == 2)
            let rest = try await amelie.delete("\(keys)/\(room)?version=\(version)")
            #expect(rest["count"]?.int == 1)
            let none = try await amelie.delete("\(keys)?version=\(version)")
            #expect(none["count"]?.int == 0)
            let nothing = try await amelie.delete("\(keys)?version=\(version)")
            #expect(try nothing.string("etag") == none.string("etag"))
            let empty = try await amelie.get("\(keys)/\(room)?version=\(version)")
            #expect(empty.text == #"{"sessions":{}}"#)
        }
    }

    @Test(
        "Keys go into the newest version alone, and are nobody else's",
        arguments: TestEngine.allCases)
    func wrongVersion(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let first = try await amelie.post(versions, description).string("version")
            _ = try await amelie.put(path("a", "s1", first), key())
            let second = try await amelie.post(versions, description).string("version")
            let answer = try await amelie.put(path("a", "s2", first), key())
            #expect(answer.status == 403)
            #expect(answer.errcode == "M_WRONG_ROOM_KEYS_VERSION")
            #expect(answer["current_version"]?.string == second)
            // The older one can still be read.
            #expect(try await amelie.get(path("a", "s1", first)).status == 200)
            #expect(try await basile.get(path("a", "s1", first)).errcode == "M_NOT_FOUND")
            #expect(try await basile.put(path("a", "s1", first), key()).errcode == "M_NOT_FOUND")
            _ = try await amelie.delete("\(versions)/\(first)")
            #expect(try await amelie.get(path("a", "s1", first)).errcode == "M_NOT_FOUND")
            #expect(try await server.count("key_backup_sessions") == 0)
        }
    }

    @Test("Of two keys of a session the better one is kept", arguments: TestEngine.allCases)
    func replacement(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let version = try await amelie.post(versions, description).string("version")
            // Each row: the old key, the new key, whether the new one is kept.
            let rows: [(String, String, Bool)] = [
                (key(5), key(5, verified: true, "n"), true),
                (key(5, verified: true), key(0, "n"), false),
                (key(5), key(4, forwarded: 9, "n"), true),
                (key(5), key(6, "n"), false),
                (key(5, forwarded: 2), key(5, forwarded: 1, "n"), true),
                (key(5, forwarded: 2), key(5, forwarded: 3, "n"), false),
                (key(5, forwarded: 2), key(5, forwarded: 2, "n"), false),
            ]
            for (number, (old, new, isKept)) in rows.enumerated() {
                let path = path("a", "s\(number)", version)
                let before = try await amelie.put(path, old)
                let after = try await amelie.put(path, new)
                let kept = try await amelie.get(path)["session_data", "ciphertext"]?.string
                #expect(kept == (isKept ? "n" : "d"), "row \(number)")
                #expect(try (before.string("etag") != after.string("etag")) == isKept)
                #expect(after["count"]?.int == number + 1)
            }
        }
    }

    @Test(
        "Keys that are none are refused",
        arguments: [
            "{}", "[]", #"{"first_message_index": 0}"#,
            #"{"first_message_index": -1, "forwarded_count": 0, "is_verified": true, "session_data": {}}"#,
            #"{"first_message_index": 0.5, "forwarded_count": 0, "is_verified": true, "session_data": {}}"#,
            #"{"first_message_index": 0, "forwarded_count": 0, "is_verified": 1, "session_data": {}}"#,
            #"{"first_message_index": 0, "forwarded_count": 0, "is_verified": true, "session_data": "x"}"#,
        ])
    func malformed(body: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let version = try await amelie.post(versions, description).string("version")
            #expect(try await amelie.put(path("a", "s1", version), body).status == 400)
            let room = "\(keys)/nulle-part/s1?version=\(version)"
            #expect(try await amelie.put(room, key()).errcode == "M_INVALID_PARAM")
            #expect(try await amelie.put(keys, "{}").errcode == "M_MISSING_PARAM")
            #expect(try await amelie.post(versions, body).status == 400)
        }
    }

    @Test("A key replaces another one of the same worth never, whatever the order")
    func antisymmetry() {
        var keys: [BackedUpKey] = []
        for index in 0..<2 {
            for forwarded in 0..<2 {
                for verified in [true, false] {
                    keys.append(
                        BackedUpKey(
                            firstMessageIndex: index, forwardedCount: forwarded,
                            isVerified: verified, data: []))
                }
            }
        }
        for a in keys {
            for b in keys {
                #expect(!(a.replaces(b) && b.replaces(a)))
                #expect(a == b || a.replaces(b) || b.replaces(a))
            }
        }
    }
}
