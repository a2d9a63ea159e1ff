import HomeserverTesting
import MatrixTypes
import Testing

struct AliasTests {
    @Test(
        "An alias is made, found by anybody, listed and taken away", arguments: TestEngine.allCases)
    func story(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom()
            for alias in [
                "#salle:culture.example", "#Éléphant🐘:culture.example", "#a/b%2Fc?:culture.example",
            ] {
                #expect(try await amelie.resolve(alias).errcode == "M_NOT_FOUND")
                #expect(try await amelie.setAlias(alias, to: room).text == "{}")
                let found = try await server.stranger.resolve(alias)
                #expect(found["room_id"]?.string == room)
                #expect(found["servers"]?.array?.strings == ["culture.example"])
                let again = try await amelie.setAlias(alias, to: room)
                #expect(again.status == 409)
            }
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/aliases"
            #expect(try await amelie.get(path)["aliases"]?.array?.count == 3)
            #expect(try await amelie.deleteAlias("#salle:culture.example").text == "{}")
            #expect(try await amelie.deleteAlias("#salle:culture.example").errcode == "M_NOT_FOUND")
            #expect(try await amelie.get(path)["aliases"]?.array?.count == 2)
        }
    }

    @Test("What is no alias of here, or of a room one is not in, is refused")
    func refused() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            for alias in [
                "salle", "#salle", "#salle:elsewhere.example", "#:culture.example",
                "#a b:culture.example", "#a\u{200B}:culture.example", "#a\n:culture.example",
                "#" + String(repeating: "a", count: 250) + ":culture.example",
            ] {
                #expect(
                    try await amelie.setAlias(alias, to: room).errcode == "M_INVALID_PARAM",
                    "\(alias)")
            }
            let alias = "#salle:culture.example"
            #expect(try await basile.setAlias(alias, to: room).errcode == "M_FORBIDDEN")
            #expect(
                try await basile.setAlias(alias, to: "!none:culture.example").errcode
                    == "M_FORBIDDEN")
            #expect(try await amelie.setAlias(alias, to: "room").errcode == "M_BAD_JSON")
            let path = "/_matrix/client/v3/directory/room/\(pathComponent(alias))"
            #expect(try await amelie.put(path, "{}").errcode == "M_MISSING_PARAM")
            #expect(try await server.count("room_aliases") == 0)
            #expect(try await amelie.resolve("salle").errcode == "M_INVALID_PARAM")
        }
    }

    @Test("An alias is deleted by who made it, or by who may publish the room")
    func whoMayDelete() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            try await chloe.join(room)
            let alias = "#salle:culture.example"
            try await basile.setAlias(alias, to: room)
            #expect(try await chloe.deleteAlias(alias).errcode == "M_FORBIDDEN")
            #expect(try await basile.deleteAlias(alias).status == 200)
            try await basile.setAlias(alias, to: room)
            #expect(try await amelie.deleteAlias(alias).status == 200)
            // Also by its maker after having left.
            try await basile.setAlias(alias, to: room)
            try await basile.leave(room)
            #expect(try await basile.deleteAlias(alias).status == 200)
        }
    }

    @Test("A deleted alias goes from the canonical alias, where its deleter may change that")
    func canonicalAlias() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let (one, two) = ("#un:culture.example", "#deux:culture.example")
            try await amelie.setAlias(one, to: room)
            try await basile.setAlias(two, to: room)
            let content = #"{"alias": "\#(one)", "alt_aliases": ["\#(two)"]}"#
            #expect(
                try await amelie.setState("m.room.canonical_alias", in: room, content).status == 200
            )
            #expect(try await amelie.deleteAlias(one).status == 200)
            let left = try await amelie.state("m.room.canonical_alias", in: room)
            #expect(left["alias"] == nil)
            #expect(left["alt_aliases"]?.array?.strings == [two])
            // Basile may delete what he made, and may not touch the event.
            #expect(try await basile.deleteAlias(two).status == 200)
            let kept = try await amelie.state("m.room.canonical_alias", in: room)
            #expect(kept["alt_aliases"]?.array?.strings == [two])
        }
    }

    @Test("The canonical alias names aliases that stand for its room")
    func canonicalAliasCheck() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom(#"{"room_alias_name": "ici"}"#)
            try await amelie.createRoom(#"{"room_alias_name": "autre"}"#)
            for (content, code) in [
                (##"{"alias": "#ici:culture.example"}"##, nil as String?),
                (##"{"alias": null, "alt_aliases": ["#ici:culture.example"]}"##, nil),
                (#"{"alias": ""}"#, nil), ("{}", nil),
                (##"{"alias": "#autre:culture.example"}"##, "M_BAD_ALIAS"),
                (##"{"alias": "#rien:culture.example"}"##, "M_BAD_ALIAS"),
                (##"{"alias": "#rien:elsewhere.example"}"##, "M_BAD_ALIAS"),
                (
                    ##"{"alt_aliases": ["#ici:culture.example", "#autre:culture.example"]}"##,
                    "M_BAD_ALIAS"
                ),
                (#"{"alias": "ici"}"#, "M_INVALID_PARAM"), (#"{"alias": 5}"#, "M_INVALID_PARAM"),
                (#"{"alt_aliases": ["%%%#"]}"#, "M_INVALID_PARAM"),
                (#"{"alt_aliases": "x"}"#, "M_INVALID_PARAM"),
            ] {
                let answer = try await amelie.setState("m.room.canonical_alias", in: room, content)
                #expect(answer.errcode == code, "\(content): \(answer.text)")
            }
            // One that is named already may stay when it no longer stands for the room.
            let both = ##"{"alias": "#ici:culture.example"}"##
            #expect(
                try await amelie.setState("m.room.canonical_alias", in: room, both).status == 200)
            let changed = ##"{"alias": "#ici:culture.example", "note": 1}"##
            try await server.forgetAlias("#ici:culture.example")
            #expect(
                try await amelie.setState("m.room.canonical_alias", in: room, changed).status == 200
            )
        }
    }
}
