import HomeserverTesting
import MatrixTypes
import Testing

@testable import Homeserver

@Suite(.serialized)
struct SearchTests {
    @Test("What was just sent is found, with its words", arguments: TestEngine.allCases)
    func found(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            let first = try await amelie.say("Les élections européennes", in: room)
            try await amelie.say("rien à voir", in: room)
            let second = try await amelie.say("L’ÉLECTION, enfin !", in: room)
            let found = try await amelie.search("election", #""order_by": "recent""#)
            #expect(found.ids == [second, first])
            #expect(found.count == 2)
            #expect(found.highlights == ["élection", "élections"])
            #expect(found.next == nil)
            #expect(found.results.first?["result"]?["room_id"]?.string == room)
            #expect(found.results.first?["context"] == nil)
            #expect(try await amelie.search("elect").ids.count == 2)
            #expect(try await amelie.search("européennes élections").ids == [first])
            #expect(try await amelie.search("élections absentes").ids == [])
            #expect(try await amelie.search("…").count == 0)
        }
    }

    @Test("Names and topics are found, each by its key", arguments: TestEngine.allCases)
    func keys(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom(
                #"{"name": "Budget", "topic": "Le budget de 2027", "preset": "private_chat"}"#)
            let said = try await amelie.say("un budget serré", in: room)
            func types(_ keys: String) async throws -> Set<String> {
                let found = try await amelie.search("budget", keys)
                return Set(found.results.compactMap { $0["result"]?["type"]?.string })
            }
            #expect(try await types("") == ["m.room.message", "m.room.name", "m.room.topic"])
            #expect(try await types(#""keys": ["content.body"]"#) == ["m.room.message"])
            #expect(try await types(#""keys": ["content.name"]"#) == ["m.room.name"])
            #expect(
                try await types(#""keys": ["content.topic", "content.body"]"#)
                    == ["m.room.topic", "m.room.message"])
            let filtered = try await amelie.search(
                "budget", #""filter": {"not_types": ["m.room.*me*"], "types": ["m.*"]}"#)
            #expect(
                filtered.results.compactMap { $0["result"]?["type"]?.string } == ["m.room.topic"])
            #expect(try await amelie.search("serré").ids == [said])
        }
    }

    @Test("Filters choose rooms and senders", arguments: TestEngine.allCases)
    func filters(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let here = try await amelie.createRoom()
            let there = try await amelie.createRoom()
            try await basile.join(here)
            let a = try await amelie.say("réunion", in: here)
            let b = try await basile.say("réunion", in: here)
            let c = try await amelie.say("réunion", in: there)
            func ids(_ filter: String) async throws -> Set<String> {
                Set(try await amelie.search("réunion", #""filter": {\#(filter)}"#).ids)
            }
            #expect(try await ids(#""rooms": ["\#(here)"]"#) == [a, b])
            #expect(try await ids(#""not_rooms": ["\#(here)"]"#) == [c])
            #expect(try await ids(#""senders": ["\#(basile.id)"]"#) == [b])
            #expect(try await ids(#""not_senders": ["\#(basile.id)"]"#) == [a, c])
            #expect(try await ids(#""senders": []"#) == [])
            #expect(try await ids(#""rooms": []"#) == [])
            #expect(Set(try await basile.search("réunion").ids) == [a, b])
        }
    }

    @Test(
        "Pages follow each other, whatever is said meanwhile", arguments: TestEngine.allCases,
        ["recent", "rank"])
    func pages(engine: TestEngine, order: String) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            var said: [String] = []
            for number in 0..<7 {
                said.append(
                    try await amelie.say(
                        "page \(String(repeating: "mot\(number) ", count: number % 3))", in: room))
            }
            let criteria = #""order_by": "\#(order)", "filter": {"limit": 3}"#
            var found: [String] = []
            var next: String?
            var pages = 0
            repeat {
                let page = try await amelie.search("page", criteria, next: next)
                #expect(page.count == 7)
                found += page.ids
                next = page.next
                pages += 1
                try await amelie.say("page \(pages) en plus", in: room)
            } while next != nil && pages < 9
            #expect(pages == 3)
            if order == "recent" {
                #expect(found == said.reversed())
            } else {
                // The shortest first, and of these the oldest.
                #expect(found == [0, 3, 6, 1, 2, 4, 5].map { said[$0] })
            }
        }
    }

    @Test(
        "Context, profiles, state and groups come when they are asked for",
        arguments: TestEngine.allCases)
    func extras(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            var said: [String] = []
            for number in 1...5 {
                said.append(
                    try await (number % 2 == 0 ? basile : amelie).say("numéro \(number)", in: room))
            }
            let found = try await amelie.search(
                "numéro 4",
                """
                "event_context": {"before_limit": 2, "after_limit": 3, "include_profile": true},
                "include_state": true,
                "groupings": {"group_by": [{"key": "room_id"}, {"key": "sender"}]}
                """)
            #expect(found.ids == [said[3]])
            let context = found.results.first?["context"]
            func ids(_ name: String) -> [String] {
                context?[name]?.array?.compactMap { $0["event_id"]?.string } ?? []
            }
            #expect(ids("events_before") == [said[2], said[1]])
            #expect(ids("events_after") == [said[4]])
            #expect(context?["profile_info"]?[basile.id]?["displayname"]?.string == "basile")
            let start = try #require(context?["start"]?.string)
            let back = try await amelie.get(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/messages?dir=b&limit=1&from=\(start)"
            )
            #expect(back.each("event_id", of: "chunk") == [said[0]])
            let state = found.events?["state"]?[room]?.array?.compactMap { $0["type"]?.string }
            #expect(state?.count { $0 == "m.room.member" } == 2)
            #expect(state?.contains("m.room.create") == true)
            let groups = found.events?["groups"]
            #expect(groups?["room_id"]?[room]?["results"]?.array?.strings == [said[3]])
            #expect(groups?["sender"]?[basile.id]?["order"]?.int == 1)
        }
    }

    @Test("A group goes on by itself", arguments: TestEngine.allCases)
    func groupPages(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let here = try await amelie.createRoom()
            let there = try await amelie.createRoom()
            var said: [String: [String]] = [:]
            for _ in 0..<3 {
                for room in [here, there] {
                    said[room, default: []].append(try await amelie.say("groupe", in: room))
                }
            }
            let criteria = """
                "order_by": "recent", "filter": {"limit": 2},
                "groupings": {"group_by": [{"key": "room_id"}]}
                """
            let first = try await amelie.search("groupe", criteria)
            let next = try #require(
                first.events?["groups"]?["room_id"]?[here]?["next_batch"]?.string)
            let rest = try await amelie.search("groupe", criteria, next: next)
            #expect(rest.ids == said[here]?.dropLast().reversed())
        }
    }

    @Test(
        "What is asked wrongly is refused",
        arguments: [
            "{}", #"{"search_categories": 5}"#, #"{"search_categories": {"room_events": {}}}"#,
        ])
    func wrong(body: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            #expect(try await amelie.post("/_matrix/client/v3/search", body).status == 400)
        }
    }

    @Test(
        "So are criteria that are none",
        arguments: [
            #""order_by": "nonsense""#, #""keys": ["content.url"]"#, #""keys": "content.body""#,
            #""filter": {"limit": -1}"#, #""filter": {"rooms": ["x"]}"#, #""filter": []"#,
            #""groupings": {"group_by": [{"key": "type"}]}"#, #""groupings": {"group_by": [1]}"#,
            #""event_context": {"before_limit": -1}"#, #""event_context": 1"#,
            #""include_state": "yes""#,
        ])
    func wrongCriteria(criteria: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            #expect(try await amelie.search("mot", criteria).answer.status == 400)
            #expect(try await amelie.search("mot", next: "nonsense").answer.status == 400)
            #expect(
                try await amelie.post(
                    "/_matrix/client/v3/search", #"{"search_categories": {}}"#
                ).status == 200)
        }
    }
}
