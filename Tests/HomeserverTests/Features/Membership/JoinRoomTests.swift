import HomeserverTesting
import MatrixTypes
import Testing

struct JoinRoomTests {
    @Test("A public room is joined by its ID and by its alias", arguments: TestEngine.allCases)
    func byIDAndAlias(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom(
                #"{"preset": "public_chat", "room_alias_name": "été"}"#)
            #expect(try await basile.join(room).string("room_id") == room)
            let path = "/_matrix/client/v3/join/\(pathComponent("#été:culture.example"))"
            let joined = try await chloe.post(path + "?via=elsewhere.example&server_name=x.example")
            #expect(try joined.string("room_id") == room)
            let rooms = try await chloe.get("/_matrix/client/v3/joined_rooms")
            #expect(rooms["joined_rooms"]?.array?.strings == [room])
            #expect(try await amelie.joinedMembers(room)["joined"]?.object?.count == 3)
        }
    }

    @Test("Joining twice appends nothing, and so does the same state twice")
    func twice() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await basile.join(room)
            let events = try await server.count("events")
            #expect(try await basile.join(room).string("room_id") == room)
            let member = try await basile.state("m.room.member", basile.id, in: room)
            let said = try await basile.setState("m.room.member", basile.id, in: room, member.text)
            let event = try await basile.state(
                "m.room.member", basile.id, in: room, "?format=event")
            #expect(try said.string("event_id") == event.string("event_id"))
            #expect(try await server.count("events") == events)
        }
    }

    @Test(
        "What the client adds to a join is in the member event, but what is the server's to say is not"
    )
    func extraContent() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            let joined = try await basile.post(
                "/_matrix/client/v3/rooms/\(pathComponent(room))/join",
                """
                {"foo": "bar", "reason": "Coucou", "membership": "ban", "third_party_signed": {},
                 "join_authorised_via_users_server": "@amelie:culture.example"}
                """)
            #expect(joined.status == 200, "\(joined.text)")
            let member = try await basile.state("m.room.member", basile.id, in: room)
            #expect(member["foo"]?.string == "bar")
            #expect(member["reason"]?.string == "Coucou")
            #expect(member["membership"]?.string == "join")
            #expect(member["displayname"]?.string == "basile")
            #expect(member["join_authorised_via_users_server"] == nil)
            #expect(member["third_party_signed"] == nil)
        }
    }

    @Test("Unknown rooms and aliases are not found; what is neither is refused")
    func unknown() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            #expect(try await amelie.join("!none:culture.example").status == 404)
            #expect(try await amelie.join("#none:culture.example").status == 404)
            #expect(try await amelie.join("#none:elsewhere.example").status == 404)
            #expect(try await amelie.join("none").errcode == "M_INVALID_PARAM")
            #expect(try await amelie.knock("!none:culture.example").status == 404)
            #expect(try await amelie.knock("#none:culture.example").status == 404)
        }
    }

    @Test("A private room is for those who were invited", arguments: roomVersions)
    func byInvitation(version: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(#"{"room_version": "\#(version)"}"#)
            #expect(try await basile.join(room).errcode == "M_FORBIDDEN")
            #expect(try await amelie.invite(basile.id, to: room, reason: "Viens").status == 200)
            #expect(try await basile.join(room).status == 200)
            try await basile.say("merci", in: room)
        }
    }

    @Test("A closed room lets nobody in and nothing through", arguments: TestEngine.allCases)
    func closed(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"{"visibility": "public", "room_alias_name": "salle"}"#)
            try await server.close(room)
            #expect(try await basile.join(room).status == 403)
            #expect(try await basile.join("#salle:culture.example").status == 403)
            #expect(try await basile.knock(room).status == 403)
            #expect(try await amelie.invite(basile.id, to: room).status == 403)
            #expect(
                try await amelie.setState("m.room.name", in: room, #"{"name": "x"}"#).status == 403)
            #expect(try await amelie.upgrade(room, to: "12").status == 403)
            #expect(try await amelie.setAlias("#autre:culture.example", to: room).status == 403)
            #expect(try await basile.publicRooms()["chunk"]?.array?.isEmpty == true)
            #expect(try await basile.publicRooms()["total_room_count_estimate"]?.int == 0)
            #expect(try await basile.summary(room).status == 404)
            #expect(try await basile.hierarchy(room).status == 403)
            #expect(try await basile.resolve("#salle:culture.example").status == 404)
        }
    }
}

struct RestrictedJoinTests {
    private func room(
        _ amelie: TestClient, allowing space: String, rule: String = "restricted",
        version: String = "12", _ more: String = ""
    ) async throws -> String {
        try await amelie.createRoom(
            """
            {"room_version": "\(version)", "initial_state": [{"type": "m.room.join_rules", "content":
                {"join_rule": "\(rule)", "allow": [
                    {"type": "m.room_membership", "room_id": "\(space)"}, {"type": "other"}, 5]}}]\(more)}
            """)
    }

    @Test(
        "A member of the named room gets in, vouched for by someone who may invite",
        arguments: ["8", "9", "10", "11", "12"])
    func member(version: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let space = try await amelie.createRoom()
            let room = try await room(amelie, allowing: space, version: version)
            #expect(try await basile.join(room).errcode == "M_FORBIDDEN")
            try await basile.join(space)
            #expect(try await basile.join(room).status == 200)
            let member = try await basile.state("m.room.member", basile.id, in: room)
            #expect(member["join_authorised_via_users_server"]?.string == amelie.id)
            // Leaving the space later changes nothing.
            try await basile.leave(space)
            try await basile.say("toujours là", in: room)
            try await basile.leave(room)
            #expect(try await basile.join(room).status == 403)
        }
    }

    @Test("An invitation needs nobody to vouch, and a ban is not lifted by a condition")
    func invitedOrBanned() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let space = try await amelie.createRoom()
            let room = try await room(amelie, allowing: space)
            try await amelie.invite(basile.id, to: room)
            #expect(try await basile.join(room).status == 200)
            let member = try await basile.state("m.room.member", basile.id, in: room)
            #expect(member["join_authorised_via_users_server"] == nil)
            try await chloe.join(space)
            try await amelie.ban(chloe.id, from: room)
            #expect(try await chloe.join(room).errcode == "M_FORBIDDEN")
        }
    }

    @Test("Where nobody here may invite, nobody vouches", arguments: TestEngine.allCases)
    func nobodyVouches(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let space = try await amelie.createRoom()
            let room = try await room(
                amelie, allowing: space, version: "11",
                #", "power_level_content_override": {"invite": 60}"#)
            try await basile.join(space)
            try await chloe.join(space)
            try await basile.join(room)
            try await amelie.leave(room)
            #expect(try await chloe.join(room).errcode == "M_UNABLE_TO_AUTHORISE_JOIN")
        }
    }

    @Test("Where everybody may invite, any member vouches")
    func anyMember() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let space = try await amelie.createRoom()
            let room = try await room(amelie, allowing: space, version: "11")
            try await basile.join(space)
            try await chloe.join(space)
            try await basile.join(room)
            try await amelie.leave(room)
            #expect(try await chloe.join(room).status == 200)
            let member = try await chloe.state("m.room.member", chloe.id, in: room)
            #expect(member["join_authorised_via_users_server"]?.string == basile.id)
        }
    }

    @Test("A room that takes knocks as well is joined by condition or knocked on")
    func knockRestricted() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let space = try await amelie.createRoom()
            let room = try await room(amelie, allowing: space, rule: "knock_restricted")
            try await basile.join(space)
            #expect(try await basile.join(room).status == 200)
            #expect(try await chloe.join(room).status == 403)
            #expect(try await chloe.knock(room).status == 200)
            // Someone who knocked and comes to meet the condition joins all the same.
            try await chloe.join(space)
            #expect(try await chloe.join(room).status == 200)
        }
    }

    @Test("A member event by state goes the same way")
    func byState() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let space = try await amelie.createRoom()
            let room = try await room(amelie, allowing: space)
            let join = #"{"membership": "join", "displayname": "Le grand Basile"}"#
            #expect(
                try await basile.setState("m.room.member", basile.id, in: room, join).status == 403)
            try await basile.join(space)
            #expect(
                try await basile.setState("m.room.member", basile.id, in: room, join).status == 200)
            let member = try await basile.state("m.room.member", basile.id, in: room)
            #expect(member["join_authorised_via_users_server"]?.string == amelie.id)
            #expect(member["displayname"]?.string == "Le grand Basile")
        }
    }
}
