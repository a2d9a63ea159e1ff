import HomeserverTesting
import MatrixTypes
import Testing

struct PublicRoomsTests {
    @Test(
        "The directory tells all there is to tell, the largest rooms first",
        arguments: TestEngine.allCases)
    func list(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            try await amelie.createRoom(#"{"name": "Privé"}"#)
            let small = try await amelie.createRoom(
                #"{"visibility": "public", "creation_content": {"type": "m.space"}}"#)
            let large = try await amelie.createRoom(
                """
                {"visibility": "public", "name": "Congés", "topic": "Dates", "room_alias_name": "conges",
                 "initial_state": [
                    {"type": "m.room.avatar", "content": {"url": "mxc://culture.example/a"}},
                    {"type": "m.room.guest_access", "content": {"guest_access": "can_join"}},
                    {"type": "m.room.join_rules", "content": {"join_rule": "knock"}},
                    {"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}}]}
                """)
            try await amelie.invite(basile.id, to: large)
            try await basile.join(large)
            let answer = try await basile.get("/_matrix/client/v3/publicRooms")
            #expect(answer.each("room_id", of: "chunk") == [large, small])
            #expect(answer["total_room_count_estimate"]?.int == 2)
            #expect(answer["next_batch"] == nil)
            #expect(answer["prev_batch"] == nil)
            let room = try #require(answer["chunk"]?.array?.first)
            #expect(room["name"]?.string == "Congés")
            #expect(room["topic"]?.string == "Dates")
            #expect(room["canonical_alias"]?.string == "#conges:culture.example")
            #expect(room["num_joined_members"]?.int == 2)
            #expect(room["avatar_url"]?.string == "mxc://culture.example/a")
            #expect(room["world_readable"]?.bool == true)
            #expect(room["guest_can_join"]?.bool == true)
            #expect(room["join_rule"]?.string == "knock")
            #expect(room["room_type"] == nil)
            #expect(answer["chunk"]?.array?.last?["room_type"]?.string == "m.space")
            #expect(try await server.stranger.get("/_matrix/client/v3/publicRooms").status == 401)
        }
    }

    @Test("What changes in a room changes in the directory")
    func follows() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(#"{"visibility": "public", "name": "Un"}"#)
            func first() async throws -> JSON? {
                try await amelie.publicRooms()["chunk"]?.array?.first
            }
            let named = try await amelie.setState("m.room.name", in: room, #"{"name": "Deux"}"#)
            #expect(try await first()?["name"]?.string == "Deux")
            let redaction = #"{"redacts": "\#(try named.string("event_id"))"}"#
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/send/m.room.redaction/1"
            #expect(try await amelie.put(path, redaction).status == 200)
            #expect(try await first()?["name"] == nil)
            try await amelie.setState(
                "m.room.topic", in: room,
                """
                {"topic": "simple", "m.topic": {"m.text": [
                    {"mimetype": "text/html", "body": "<b>riche</b>"}, {"body": "plein"}]}}
                """)
            #expect(try await first()?["topic"]?.string == "plein")
            try await basile.join(room)
            #expect(try await first()?["num_joined_members"]?.int == 2)
            try await amelie.kick(basile.id, from: room)
            #expect(try await first()?["num_joined_members"]?.int == 1)
        }
    }

    @Test(
        "A search does not look at accents or case, and takes its words as they are",
        arguments: TestEngine.allCases)
    func search(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            for (name, topic, alias) in [
                ("Congés d'ÉTÉ", "Dates des vacances", "conges"),
                ("100 % bureau", "snake_case", "bureau"), ("Cœur de métier", "", "coeur"),
                ("Budget", "Été 2026", "budget"),
            ] {
                try await amelie.createRoom(
                    """
                    {"visibility": "public", "name": "\(name)", "topic": "\(topic)",
                     "room_alias_name": "\(alias)"}
                    """)
            }
            try await amelie.createRoom(#"{"visibility": "public"}"#)
            func found(_ term: String) async throws -> Set<String> {
                let body = String(
                    decoding: jsonBytes {
                        $0.object("filter") { $0["generic_search_term"] = term }
                    }, as: UTF8.self)
                let answer = try await amelie.publicRooms(body)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer["total_room_count_estimate"]?.int == answer["chunk"]?.array?.count)
                return Set(answer.each("name", of: "chunk"))
            }
            #expect(try await found("ete") == ["Congés d'ÉTÉ", "Budget"])
            #expect(try await found("CONGES été") == ["Congés d'ÉTÉ"])
            #expect(try await found("coeur") == ["Cœur de métier"])
            #expect(try await found("œUR") == ["Cœur de métier"])
            #expect(try await found("#budget:culture") == ["Budget"])
            #expect(try await found("%") == ["100 % bureau"])
            #expect(try await found("e_c") == ["100 % bureau"])
            #expect(try await found("*") == [])
            #expect(try await found("\\") == [])
            #expect(try await found("vacances").count == 1)
            #expect(try await found("").count == 4)
            #expect(try await found(String(repeating: "%", count: 100_000)) == [])
            #expect(try await found("a\u{0}b") == [])
        }
    }

    @Test("Rooms are listed by type")
    func types() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            for (name, type) in [("Espace", #""m.space""#), ("Jeu", #""org.game""#)] {
                try await amelie.createRoom(
                    #"{"visibility": "public", "name": "\#(name)", "creation_content": {"type": \#(type)}}"#
                )
            }
            try await amelie.createRoom(#"{"visibility": "public", "name": "Salon"}"#)
            func names(_ types: String) async throws -> Set<String> {
                Set(
                    try await amelie.publicRooms(#"{"filter": {"room_types": \#(types)}}"#).each(
                        "name", of: "chunk"))
            }
            #expect(try await names("[null]") == ["Salon"])
            #expect(try await names(#"["m.space"]"#) == ["Espace"])
            #expect(try await names(#"["m.space", null]"#) == ["Espace", "Salon"])
            #expect(try await names("[]") == [])
            let bad = try await amelie.publicRooms(#"{"filter": {"room_types": [5]}}"#)
            #expect(bad.status == 400)
        }
    }

    @Test(
        "Pages lead forward and back through all rooms, each once", arguments: TestEngine.allCases)
    func pages(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            var rooms: [String] = []
            for number in 0..<11 {
                let room = try await amelie.createRoom(#"{"visibility": "public"}"#)
                if number % 3 == 0 { try await basile.join(room) }
                rooms.append(room)
            }
            let all = try await amelie.publicRooms().each("room_id", of: "chunk")
            #expect(Set(all) == Set(rooms))

            var pages: [[String]] = []
            var body = #"{"limit": 4}"#
            var last = try await amelie.publicRooms(body)
            #expect(last["prev_batch"] == nil)
            pages.append(last.each("room_id", of: "chunk"))
            while let next = last["next_batch"]?.string {
                body = #"{"limit": 4, "since": "\#(next)"}"#
                last = try await amelie.publicRooms(body)
                pages.append(last.each("room_id", of: "chunk"))
            }
            #expect(pages.map(\.count) == [4, 4, 3])
            #expect(pages.flatMap(\.self) == all)

            let second = try await amelie.get(
                "/_matrix/client/v3/publicRooms?limit=4&since=\(last["prev_batch"]?.string ?? "")")
            #expect(second.each("room_id", of: "chunk") == pages[1])
            #expect(second["next_batch"]?.string != nil)
            let first = try await amelie.get(
                "/_matrix/client/v3/publicRooms?limit=4&since=\(second["prev_batch"]?.string ?? "")"
            )
            #expect(first.each("room_id", of: "chunk") == pages[0])
            #expect(first["prev_batch"] == nil)
        }
    }

    @Test("Odd questions get an answer or a clear error")
    func oddQuestions() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            try await amelie.createRoom(#"{"visibility": "public"}"#)
            let path = "/_matrix/client/v3/publicRooms"
            #expect(try await amelie.get(path + "?limit=1000000000")["chunk"]?.array?.count == 1)
            #expect(try await amelie.get(path + "?limit=-1").errcode == "M_INVALID_PARAM")
            #expect(try await amelie.get(path + "?since=x").errcode == "M_INVALID_PARAM")
            #expect(
                try await amelie.publicRooms(#"{"since": "n_1_x"}"#).errcode == "M_INVALID_PARAM")
            #expect(try await amelie.publicRooms(#"{"limit": -5}"#).errcode == "M_INVALID_PARAM")
            #expect(try await amelie.publicRooms(#"{"limit": 1000000000}"#).status == 200)
            #expect(try await amelie.publicRooms(#"{"limit": "x"}"#).errcode == "M_BAD_JSON")
            #expect(try await amelie.publicRooms(#"{"filter": 5}"#).errcode == "M_BAD_JSON")
            #expect(try await amelie.get(path + "?server=culture.example").status == 200)
            #expect(try await amelie.get(path + "?server=elsewhere.example").status == 404)
            let network = try await amelie.publicRooms(#"{"third_party_instance_id": "irc"}"#)
            #expect(network["chunk"]?.array?.isEmpty == true)
        }
    }

    @Test("Whoever may set the canonical alias lists the room, and takes it off the list")
    func visibility() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let path = "/_matrix/client/v3/directory/list/room/\(pathComponent(room))"
            #expect(try await server.stranger.get(path)["visibility"]?.string == "private")
            #expect(
                try await basile.put(path, #"{"visibility": "public"}"#).errcode == "M_FORBIDDEN")
            #expect(try await amelie.put(path, #"{"visibility": "public"}"#).text == "{}")
            #expect(try await server.stranger.get(path)["visibility"]?.string == "public")
            #expect(try await basile.publicRooms()["chunk"]?.array?.count == 1)
            #expect(try await amelie.put(path, #"{"visibility": "private"}"#).status == 200)
            #expect(try await basile.publicRooms()["chunk"]?.array?.count == 0)
            #expect(try await amelie.put(path, "{}").status == 200)
            #expect(try await server.stranger.get(path)["visibility"]?.string == "public")
            #expect(
                try await amelie.put(path, #"{"visibility": "x"}"#).errcode == "M_INVALID_PARAM")
            let none =
                "/_matrix/client/v3/directory/list/room/\(pathComponent("!none:culture.example"))"
            #expect(try await amelie.get(none).errcode == "M_NOT_FOUND")
            #expect(try await amelie.put(none, "{}").errcode == "M_NOT_FOUND")
            #expect(try await amelie.get("/_matrix/client/v3/directory/list/room/x").status == 400)
        }
    }

    @Test("The directory is read along its index")
    func plan() async throws {
        try await TestServer.run { server in
            let plan = try await server.queryPlan(
                """
                SELECT s.name FROM room_summaries s JOIN rooms r ON r.room_number = s.room_number
                WHERE s.is_listed = 1 AND r.blocked_ts IS NULL AND s.search_text LIKE 'x'
                ORDER BY s.joined_members DESC, s.room_number LIMIT 10
                """)
            #expect(plan.contains("room_summaries_listed"), "\(plan)")
            #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
        }
    }
}
