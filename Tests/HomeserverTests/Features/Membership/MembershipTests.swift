import HomeserverTesting
import MatrixTypes
import Testing

struct KnockTests {
    private let knockable = """
        {"initial_state": [{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}]}
        """

    @Test(
        "A knock is answered by an invitation, or taken back, or turned down",
        arguments: TestEngine.allCases)
    func story(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(knockable)
            #expect(try await basile.join(room).status == 403)
            #expect(
                try await basile.knock(room, #"{"reason": "Toc toc"}"#).string("room_id") == room)
            let knock = try await amelie.state("m.room.member", basile.id, in: room)
            #expect(knock["membership"]?.string == "knock")
            #expect(knock["reason"]?.string == "Toc toc")
            #expect(knock["displayname"]?.string == "basile")
            let events = try await server.count("events")
            #expect(try await basile.knock(room, #"{"reason": "Toc toc"}"#).status == 200)
            #expect(try await server.count("events") == events)

            #expect(try await basile.leave(room).status == 200)
            try await basile.knock(room)
            #expect(try await amelie.kick(basile.id, from: room).status == 200)
            #expect(try await amelie.membership(of: basile.id, in: room) == "leave")
            try await basile.knock(room)
            #expect(try await amelie.invite(basile.id, to: room).status == 200)
            #expect(try await basile.knock(room).status == 403)
            #expect(try await basile.join(room).status == 200)
            #expect(try await basile.knock(room).status == 403)
        }
    }

    @Test("No knocking on rooms that do not take it")
    func refused() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            #expect(try await basile.knock(room).errcode == "M_FORBIDDEN")
            let old = try await amelie.createRoom(
                """
                {"room_version": "6", "initial_state":
                    [{"type": "m.room.join_rules", "content": {"join_rule": "knock"}}]}
                """)
            #expect(try await basile.knock(old).errcode == "M_FORBIDDEN")
            let open = try await amelie.createRoom(knockable)
            try await amelie.ban(basile.id, from: open)
            #expect(try await basile.knock(open).errcode == "M_FORBIDDEN")
        }
    }
}

struct InviteTests {
    @Test("An invitation names who is invited, and the same one twice is one")
    func invite() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom("{}")
            try await amelie.invite(basile.id, to: room, reason: "Viens")
            let invite = try await amelie.state("m.room.member", basile.id, in: room)
            #expect(invite["membership"]?.string == "invite")
            #expect(invite["reason"]?.string == "Viens")
            #expect(invite["displayname"]?.string == "basile")
            let events = try await server.count("events")
            #expect(try await amelie.invite(basile.id, to: room, reason: "Viens").status == 200)
            #expect(try await server.count("events") == events)
            // Declined, and invited again.
            #expect(try await basile.leave(room, #"{"reason": "Non"}"#).status == 200)
            let declined = try await amelie.state("m.room.member", basile.id, in: room)
            #expect(declined["reason"]?.string == "Non")
            #expect(try await basile.join(room).status == 403)
            #expect(try await amelie.invite(basile.id, to: room).status == 200)
            #expect(try await basile.join(room).status == 200)
        }
    }

    @Test("Whoever may not invite is refused, and so is whoever cannot be invited")
    func refused() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            #expect(try await basile.invite(chloe.id, to: room).errcode == "M_FORBIDDEN")
            try await basile.join(room)
            // Public rooms ask for 50.
            #expect(try await basile.invite(chloe.id, to: room).errcode == "M_FORBIDDEN")
            #expect(try await amelie.invite(basile.id, to: room).errcode == "M_FORBIDDEN")
            #expect(try await amelie.invite(amelie.id, to: room).errcode == "M_FORBIDDEN")
            try await amelie.ban(chloe.id, from: room)
            #expect(try await amelie.invite(chloe.id, to: room).errcode == "M_FORBIDDEN")
            #expect(try await amelie.invite("@zoe:elsewhere.example", to: room).status == 403)
            #expect(try await amelie.invite("zoe", to: room).errcode == "M_BAD_JSON")
            let path = "/_matrix/client/v3/rooms/\(pathComponent(room))/invite"
            #expect(try await amelie.post(path).errcode == "M_MISSING_PARAM")
            let byMail = #"{"medium": "email", "address": "a@b.example", "id_server": "i.example"}"#
            #expect(try await amelie.post(path, byMail).errcode == "M_THREEPID_DENIED")
            #expect(try await amelie.invite(chloe.id, to: "!none:culture.example").status == 403)
        }
    }
}

struct InvitePermissionTests {
    fileprivate func block(_ client: TestClient, _ content: String) async throws {
        let answer = try await client.put(
            "/_matrix/client/v3/user/\(pathComponent(client.id))/account_data/m.invite_permission_config",
            content)
        #expect(answer.status == 200)
    }

    @Test("Whoever takes no invitations is invited by no way", arguments: TestEngine.allCases)
    func blocked(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            try await block(basile, #"{"default_action": "block"}"#)
            let rooms = try await server.count("rooms")
            let invite = try await amelie.invite(basile.id, to: room)
            #expect(invite.status == 403)
            #expect(invite.errcode == "M_INVITE_BLOCKED")
            let byState = try await amelie.setState(
                "m.room.member", basile.id, in: room, #"{"membership": "invite"}"#)
            #expect(byState.errcode == "M_INVITE_BLOCKED")
            let created = try await amelie.post(
                "/_matrix/client/v3/createRoom", #"{"invite": ["\#(basile.id)"]}"#)
            #expect(created.status == 403)
            #expect(created.errcode == "M_INVITE_BLOCKED")
            #expect(try await server.count("rooms") == rooms)
            // They go where they want to all the same.
            #expect(try await basile.join(room).status == 200)
            try await basile.leave(room)

            for content in ["{}", #"{"default_action": "allow"}"#, #"{"default_action": 5}"#] {
                try await block(basile, content)
                #expect(try await amelie.invite(basile.id, to: room).status == 200)
                try await basile.leave(room)
            }
        }
    }
}

extension InvitePermissionTests {
    @Test("Invitations from before are hidden while one takes none")
    func hidden() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(#"{"invite": ["\#(basile.id)"]}"#)
            #expect(try await basile.sync()["rooms", "invite", room] != nil)
            try await block(basile, #"{"default_action": "block"}"#)
            #expect(try await basile.sync()["rooms", "invite", room] == nil)
            try await block(basile, "{}")
            #expect(try await basile.sync()["rooms", "invite", room] != nil)
            // The room's members see it all the while.
            #expect(try await amelie.membership(of: basile.id, in: room) == "invite")
        }
    }
}

struct LeaveTests {
    @Test(
        "Whoever has left reads what there was until then, and nothing after",
        arguments: TestEngine.allCases)
    func afterLeaving(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom(#"{"preset": "public_chat", "name": "Avant"}"#)
            try await basile.join(room)
            #expect(try await basile.leave(room).status == 200)
            let events = try await server.count("events")
            #expect(try await basile.leave(room).status == 200)
            #expect(try await server.count("events") == events)
            try await amelie.setState("m.room.name", in: room, #"{"name": "Après"}"#)
            try await amelie.setState("org.example.new", in: room, "{}")
            try await chloe.join(room)
            // Being banned afterwards does not move the end.
            try await amelie.ban(basile.id, from: room)

            #expect(try await basile.state("m.room.name", in: room)["name"]?.string == "Avant")
            #expect(try await basile.state("org.example.new", in: room).status == 404)
            #expect(try await basile.membership(of: basile.id, in: room) == "leave")
            #expect(try await basile.members(room)["chunk"]?.array?.count == 2)
            #expect(try await amelie.members(room)["chunk"]?.array?.count == 3)
            #expect(!(try await basile.allState(room).text.contains("Après")))
            #expect(try await basile.joinedMembers(room).status == 403)
            #expect(try await basile.setState("a", in: room, "{}").status == 403)
            #expect(try await basile.state("m.room.member", chloe.id, in: room).status == 404)
        }
    }

    @Test("The same state again, after having left, is refused")
    func repeatedAfterLeaving() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let room = try await amelie.createRoom(#"{"preset": "public_chat", "name": "Avant"}"#)
            try await amelie.leave(room)
            #expect(
                try await amelie.setState("m.room.name", in: room, #"{"name": "Avant"}"#).status
                    == 403)
        }
    }

    @Test("Strangers, the invited and the banned leave nothing")
    func refused() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom()
            #expect(try await basile.leave(room).status == 403)
            #expect(try await basile.leave("!none:culture.example").status == 403)
            try await amelie.ban(basile.id, from: room)
            #expect(try await basile.leave(room).status == 403)
            for answer in [
                try await basile.allState(room), try await basile.members(room),
                try await basile.state("m.room.name", in: room),
                try await basile.joinedMembers(room),
                try await basile.get("/_matrix/client/v3/rooms/\(pathComponent(room))/aliases"),
            ] {
                #expect(answer.status == 403)
                #expect(answer.errcode == "M_FORBIDDEN")
            }
        }
    }

    @Test(
        "A forgotten room vanishes, and an invitation brings it back",
        arguments: TestEngine.allCases)
    func forget(engine: TestEngine) async throws {
        try await TestServer.run(on: engine) { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom("{}")
            try await amelie.invite(basile.id, to: room)
            #expect(try await basile.forget(room).errcode == "M_UNKNOWN")
            try await basile.join(room)
            let early = try await basile.forget(room)
            #expect(early.status == 400)
            try await basile.leave(room)
            #expect(try await basile.messages(room).status == 200)
            #expect(try await basile.forget(room).status == 200)
            #expect(try await basile.forget(room).status == 200)
            #expect(try await basile.messages(room).status == 403)
            #expect(try await basile.allState(room).status == 403)
            #expect(try await basile.members(room).status == 403)
            let filter = pathComponent(#"{"room": {"include_leave": true}}"#)
            let sync = try await basile.sync(since: nil, "filter=\(filter)")
            #expect(sync["rooms", "leave", room] == nil)

            #expect(try await amelie.invite(basile.id, to: room).status == 200)
            #expect(try await basile.join(room).status == 200)
            #expect(try await basile.messages(room).status == 200)
            #expect(try await basile.forget("!none:culture.example").status == 200)
        }
    }
}

struct RemoveUserTests {
    @Test("Kicked, banned and let back, with the reasons given", arguments: roomVersions)
    func story(version: String) async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let room = try await amelie.createRoom(
                #"{"preset": "public_chat", "room_version": "\#(version)"}"#)
            try await basile.join(room)
            #expect(try await amelie.kick(basile.id, from: room, reason: "Dehors").status == 200)
            let kick = try await amelie.state("m.room.member", basile.id, in: room)
            #expect(kick["membership"]?.string == "leave")
            #expect(kick["reason"]?.string == "Dehors")
            #expect(try await basile.join(room).status == 200)
            #expect(try await amelie.ban(basile.id, from: room, reason: "Assez").status == 200)
            #expect(try await basile.join(room).errcode == "M_FORBIDDEN")
            // A kick does not lift a ban.
            #expect(try await amelie.kick(basile.id, from: room).errcode == "M_FORBIDDEN")
            #expect(try await amelie.unban(basile.id, from: room).status == 200)
            #expect(try await amelie.unban(basile.id, from: room).errcode == "M_FORBIDDEN")
            #expect(try await basile.join(room).status == 200)
        }
    }

    @Test("Only members with the power remove others, and only who is there is kicked")
    func refused() async throws {
        try await TestServer.run { server in
            let amelie = try await server.register("amelie")
            let basile = try await server.register("basile")
            let chloe = try await server.register("chloe")
            let room = try await amelie.createRoom()
            try await chloe.join(room)
            // Not present.
            #expect(try await basile.kick(chloe.id, from: room).errcode == "M_FORBIDDEN")
            #expect(try await basile.ban(chloe.id, from: room).errcode == "M_FORBIDDEN")
            #expect(try await amelie.kick(basile.id, from: room).errcode == "M_FORBIDDEN")
            try await basile.join(room)
            // Without the power.
            #expect(try await basile.kick(chloe.id, from: room).errcode == "M_FORBIDDEN")
            #expect(try await basile.ban(amelie.id, from: room).errcode == "M_FORBIDDEN")
            #expect(try await basile.unban(chloe.id, from: room).errcode == "M_FORBIDDEN")
            try await chloe.leave(room)
            #expect(try await amelie.kick(chloe.id, from: room).errcode == "M_FORBIDDEN")
            // Somebody who never was there can be kept out beforehand.
            #expect(try await amelie.ban("@zoe:elsewhere.example", from: room).status == 200)
            #expect(try await amelie.kick("zoe", from: room).errcode == "M_BAD_JSON")
        }
    }
}
