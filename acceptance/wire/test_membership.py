"""Membership: joining, inviting, leaving, kicking, banning, knocking, forgetting."""

import pytest


def membership(viewer, room, user):
    return viewer.state(room, "m.room.member", user.user_id).json.get("membership")


def act(user, room, what, other=None, **more):
    body = {**({"user_id": other.user_id} if other else {}), **more}
    return user.post("/v3/rooms/{}/" + what, room, body=body)


# -- joining ---------------------------------------------------------------


def test_join(amelie, basile):
    """A public room is joined by whoever wants; twice is once."""
    room = amelie.public_room()
    assert act(basile, room, "join").ok()["room_id"] == room
    event = basile.state(room, "m.room.member", basile.user_id, query={"format": "event"}).ok()
    assert basile.join(room) == room
    again = basile.state(room, "m.room.member", basile.user_id, query={"format": "event"}).ok()
    assert again["event_id"] == event["event_id"]
    assert room in basile.get("/v3/joined_rooms").ok()["joined_rooms"]


def test_join_needs_an_invitation(amelie, basile):
    """A private room is joined by those invited."""
    room = amelie.create_room()
    basile.post("/v3/join/{}", room).error(403, "M_FORBIDDEN")
    amelie.invite(room, basile)
    basile.join(room)
    assert membership(amelie, room, basile) == "join"


def test_join_nowhere(amelie):
    """A room that does not exist cannot be joined."""
    answer = amelie.post("/v3/join/{}", "!nowhere:" + amelie.server_name)
    answer.error({403, 404})
    amelie.post("/v3/join/{}", "#nowhere:" + amelie.server_name).error(404, "M_NOT_FOUND")
    amelie.post("/v3/join/{}", "nonsense").error(400)


def test_reason_and_profile(amelie, basile):
    """A reason is kept, and the member's profile is put into the event."""
    basile.put("/v3/profile/{}/displayname", basile.user_id, body={"displayname": "Basile"}).ok()
    room = amelie.public_room()
    act(basile, room, "join", reason="bonjour").ok()
    content = amelie.state(room, "m.room.member", basile.user_id).ok()
    assert content["displayname"] == "Basile" and content["reason"] == "bonjour"
    basile.post("/v3/rooms/{}/leave", room, body={"reason": "au revoir"}).ok()
    assert amelie.state(room, "m.room.member", basile.user_id).ok()["reason"] == "au revoir"


def test_profile_changes_reach_rooms(amelie, basile):
    """A new name or picture is written into the rooms one is in."""
    room = amelie.public_room()
    basile.join(room)
    amelie.catch_up()
    basile.put("/v3/profile/{}/displayname", basile.user_id, body={"displayname": "Nouveau"}).ok()
    basile.put("/v3/profile/{}/avatar_url", basile.user_id, body={
        "avatar_url": f"mxc://{basile.server_name}/abc"}).ok()

    def renamed(_):
        content = amelie.state(room, "m.room.member", basile.user_id).ok()
        return content.get("displayname") == "Nouveau" and content.get("avatar_url")
    amelie.follow(renamed)


# -- inviting --------------------------------------------------------------


def test_invitation(amelie, basile, chloe):
    """Members invite; others do not; members and the banned cannot be invited."""
    room = amelie.create_room()
    act(chloe, room, "invite", basile).error(403, "M_FORBIDDEN")
    amelie.invite(room, basile)
    basile.join(room)
    act(amelie, room, "invite", basile).error(403, "M_FORBIDDEN")
    act(amelie, room, "ban", chloe).ok()
    act(amelie, room, "invite", chloe).error(403, {"M_FORBIDDEN", "M_BAD_STATE"})
    act(amelie, room, "invite").error(400)
    act(amelie, room, "invite", user_id="nonsense").error(400)


@pytest.mark.ours
@pytest.mark.parametrize("what", ["invite", "kick", "ban", "unban"])
@pytest.mark.parametrize("who", [5, None, {}, [], "", "nobody", "@", "@a", "@a:", "@" + "a" * 255 + ":x"])
def test_nobody(amelie, what, who):
    """Who is no user is not invited, kicked or banned."""
    act(amelie, amelie.public_room(), what, user_id=who).error(400)


def test_decline(amelie, basile):
    """An invitation can be declined, and is then gone from sync."""
    room = amelie.create_room(invite=[basile.user_id])
    basile.follow(lambda a: room in a["rooms"].get("invite", {}))
    basile.leave(room)
    basile.follow(lambda a: room in a["rooms"].get("leave", {}))
    assert room not in basile.sync().get("rooms", {}).get("invite", {})
    assert membership(amelie, room, basile) == "leave"


def test_withdraw(amelie, basile):
    """An invitation can be taken back."""
    room = amelie.create_room(invite=[basile.user_id])
    act(amelie, room, "kick", basile).ok()
    basile.post("/v3/join/{}", room).error(403)


def test_invited_see_no_history(amelie, basile):
    """Those who are only invited read nothing where history is for the joined."""
    room = amelie.create_room(initial_state=[
        {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}}])
    said = amelie.send(room, "entre nous")
    amelie.invite(room, basile)
    basile.get("/v3/rooms/{}/event/{}", room, said).error({403, 404})
    basile.get("/v3/rooms/{}/messages", room, query={"dir": "b"}).error(403)
    basile.get("/v3/rooms/{}/state", room).error(403)


# -- leaving ---------------------------------------------------------------


def test_leave(amelie, basile):
    """Who has left can leave again, and neither speaks nor lists members."""
    room = amelie.public_room()
    basile.join(room)
    basile.leave(room)
    assert room not in basile.get("/v3/joined_rooms").ok()["joined_rooms"]
    basile.try_send(room, {"msgtype": "m.text", "body": "x"}).error(403, "M_FORBIDDEN")
    basile.get("/v3/rooms/{}/joined_members", room).error(403, "M_FORBIDDEN")
    basile.join(room)


def test_forget(amelie, basile):
    """A room is forgotten after leaving it, and is then unknown."""
    room = amelie.public_room()
    basile.join(room)
    basile.post("/v3/rooms/{}/forget", room).error(400)
    said = amelie.send(room, "bonjour")
    basile.leave(room)
    assert basile.messages(room)["chunk"]
    basile.post("/v3/rooms/{}/forget", room).ok()
    basile.get("/v3/rooms/{}/messages", room, query={"dir": "b"}).error(403)
    whole = basile.sync(filter={"room": {"include_leave": True}})
    assert room not in whole.get("rooms", {}).get("leave", {})
    basile.join(room)
    assert said in [e["event_id"] for e in basile.history(room)]


# -- kicking and banning ---------------------------------------------------


def test_kick_and_ban(amelie, basile, chloe):
    """Moderators kick and ban; the kicked come back, the banned do not until unbanned."""
    room = amelie.public_room()
    basile.join(room)
    chloe.join(room)
    act(basile, room, "kick", chloe).error(403, "M_FORBIDDEN")
    act(basile, room, "ban", chloe).error(403, "M_FORBIDDEN")
    act(basile, room, "kick", amelie).error(403, "M_FORBIDDEN")
    act(amelie, room, "kick", basile, reason="trop de bruit").ok()
    event = amelie.state(room, "m.room.member", basile.user_id, query={"format": "event"}).ok()
    assert event["sender"] == amelie.user_id and event["content"] == {
        "membership": "leave", "reason": "trop de bruit", **{
            k: v for k, v in event["content"].items() if k in ("displayname", "avatar_url")}}
    basile.join(room)
    act(amelie, room, "ban", basile).ok()
    assert membership(amelie, room, basile) == "ban"
    basile.post("/v3/join/{}", room).error(403, {"M_FORBIDDEN", "M_BAD_STATE"})
    act(chloe, room, "unban", basile).error(403, "M_FORBIDDEN")
    act(amelie, room, "unban", basile).ok()
    basile.join(room)


def test_kick_who_is_not_there(amelie, basile, chloe):
    """Who is not in the room neither kicks nor is kicked; unbanning needs a ban."""
    room = amelie.public_room()
    act(amelie, room, "kick", basile).error(403, "M_FORBIDDEN")
    act(basile, room, "kick", amelie).error(403, "M_FORBIDDEN")
    act(basile, room, "ban", amelie).error(403, "M_FORBIDDEN")
    chloe.join(room)
    act(amelie, room, "unban", chloe).error(403)
    chloe.leave(room)
    act(amelie, room, "kick", chloe).error(403, "M_FORBIDDEN")
    act(amelie, room, "ban", chloe).ok()


# -- knocking and restricted rooms ----------------------------------------


@pytest.fixture
def knock_room(amelie):
    return amelie.create_room(preset="private_chat", initial_state=[
        {"type": "m.room.join_rules", "content": {"join_rule": "knock"}}])


def test_knock(amelie, basile, knock_room):
    """One knocks, is seen, and is let in."""
    basile.post("/v3/join/{}", knock_room).error(403)
    basile.post("/v3/knock/{}", knock_room, body={"reason": "s'il vous plaît"}).ok()
    assert amelie.state(knock_room, "m.room.member", basile.user_id).ok()["reason"]
    knock = basile.follow(lambda a: a["rooms"].get("knock", {}).get(knock_room))
    assert any(e["type"] == "m.room.create" for e in knock["knock_state"]["events"])
    amelie.invite(knock_room, basile)
    basile.join(knock_room)


def test_knock_is_taken_back_or_refused(amelie, basile, chloe, knock_room):
    """A knock can be taken back by its maker and refused by a moderator."""
    basile.post("/v3/knock/{}", knock_room).ok()
    basile.leave(knock_room)
    assert membership(amelie, knock_room, basile) == "leave"
    chloe.post("/v3/knock/{}", knock_room).ok()
    act(amelie, knock_room, "kick", chloe).ok()
    assert membership(amelie, knock_room, chloe) == "leave"
    act(amelie, knock_room, "ban", chloe).ok()
    chloe.post("/v3/knock/{}", knock_room).error(403)


def test_knock_where_it_is_not_the_rule(amelie, basile):
    """One does not knock at an invite-only room, nor where one is in already."""
    basile.post("/v3/knock/{}", amelie.create_room()).error(403, "M_FORBIDDEN")
    room = amelie.public_room()
    basile.join(room)
    basile.post("/v3/knock/{}", room).error(403, "M_FORBIDDEN")


@pytest.mark.parametrize("rule", ["restricted", "knock_restricted"])
def test_restricted(amelie, basile, chloe, rule):
    """Members of the named room come in, others do not."""
    club = amelie.public_room()
    room = amelie.create_room(initial_state=[{"type": "m.room.join_rules", "content": {
        "join_rule": rule, "allow": [{"type": "m.room_membership", "room_id": club}]}}])
    basile.join(club)
    assert basile.join(room) == room
    content = amelie.state(room, "m.room.member", basile.user_id).ok()
    assert content["join_authorised_via_users_server"] == amelie.user_id
    chloe.post("/v3/join/{}", room).error(403)
    basile.leave(room)
    basile.leave(club)
    basile.post("/v3/join/{}", room).error(403)
    amelie.invite(room, chloe)
    chloe.join(room)


# -- members ---------------------------------------------------------------


def test_members(amelie, basile, chloe):
    """Members are listed by membership, and as they were at a point."""
    room = amelie.public_room()
    before = amelie.sync()["next_batch"]
    basile.join(room)
    amelie.invite(room, chloe)

    def listed(**query):
        return {e["state_key"]: e["content"]["membership"] for e in amelie.get(
            "/v3/rooms/{}/members", room, query=query).ok()["chunk"]}
    assert listed() == {amelie.user_id: "join", basile.user_id: "join", chloe.user_id: "invite"}
    assert set(listed(membership="join")) == {amelie.user_id, basile.user_id}
    assert set(listed(not_membership="join")) == {chloe.user_id}
    assert listed(at=before) == {amelie.user_id: "join"}
    joined = amelie.get("/v3/rooms/{}/joined_members", room).ok()["joined"]
    assert set(joined) == {amelie.user_id, basile.user_id}


def test_left_room_is_as_it_was(amelie, basile):
    """Who has left sees state, members and history as of then."""
    room = amelie.public_room(name="Avant")
    basile.join(room)
    known = amelie.send(room, "avant")
    basile.leave(room)
    amelie.set_state(room, "m.room.name", {"name": "Après"})
    hidden = amelie.send(room, "après")
    assert basile.state(room, "m.room.name").ok() == {"name": "Avant"}
    ids = [e["event_id"] for e in basile.history(room)]
    assert known in ids and hidden not in ids
    basile.get("/v3/rooms/{}/event/{}", room, hidden).error(404)
    members = {e["state_key"]: e["content"]["membership"] for e in basile.get(
        "/v3/rooms/{}/members", room).ok()["chunk"]}
    assert members == {amelie.user_id: "join", basile.user_id: "leave"}
    left = basile.sync(filter={"room": {"include_leave": True}})["rooms"]["leave"][room]
    assert hidden not in str(left)


# -- who may invite whom ------------------------------------------------------


@pytest.mark.ours
@pytest.mark.parametrize("config", [{"default_action": "block"}])
def test_blocked_invitations(amelie, basile, config):
    """Who blocks invitations is not invited, and the inviter learns so."""
    basile.put("/v3/user/{}/account_data/m.invite_permission_config", basile.user_id, body=config).ok()
    room = amelie.create_room()
    act(amelie, room, "invite", basile).error(403, "M_INVITE_BLOCKED")
    assert room not in basile.sync().get("rooms", {}).get("invite", {})
    amelie.try_set_state(room, "m.room.member", {"membership": "invite"}, basile.user_id).error(
        403, "M_INVITE_BLOCKED")
    # A room may be made without those whom it could not invite.
    answer = amelie.post("/v3/createRoom", body={"invite": [basile.user_id]})
    assert answer.status == 200 or answer.error(403, "M_INVITE_BLOCKED")
    assert basile.sync().get("rooms", {}).get("invite", {}) == {}
    basile.put("/v3/user/{}/account_data/m.invite_permission_config", basile.user_id, body={}).ok()
    amelie.invite(room, basile)


def test_reinvited(amelie, basile):
    """Who made a room and left it can be invited back by those who stayed."""
    room = amelie.public_room()
    basile.join(room)
    levels = amelie.state(room, "m.room.power_levels").ok()
    amelie.set_state(room, "m.room.power_levels", {**levels, "users": {**levels.get("users", {}), basile.user_id: 100}})
    amelie.leave(room)
    basile.set_state(room, "m.room.join_rules", {"join_rule": "invite"})
    amelie.post("/v3/join/{}", room).error(403)
    basile.invite(room, amelie)
    amelie.join(room)


def test_membership_by_state_event(amelie, basile, chloe):
    """Memberships can be set as state too, by the same rules."""
    room = amelie.create_room()
    amelie.set_state(room, "m.room.member", {"membership": "invite"}, basile.user_id)
    basile.set_state(room, "m.room.member", {"membership": "join"}, basile.user_id)
    basile.try_set_state(room, "m.room.member", {"membership": "ban"}, amelie.user_id).error(403)
    basile.try_set_state(room, "m.room.member", {"membership": "join"}, chloe.user_id).error(403)
    amelie.set_state(room, "m.room.member", {"membership": "ban"}, basile.user_id)
    basile.try_set_state(room, "m.room.member", {"membership": "leave"}, basile.user_id).error(403)
    assert membership(amelie, room, basile) == "ban"


def test_name_for_one_room(amelie, basile):
    """A name for one room stays in it, and out of the directory of people."""
    room = amelie.public_room()
    basile.join(room)
    basile.set_state(room, "m.room.member", {"membership": "join", "displayname": "Pseudonyme"}, basile.user_id)
    assert basile.get("/v3/profile/{}", basile.user_id).json.get("displayname") != "Pseudonyme"
    found = amelie.post("/v3/user_directory/search", body={"search_term": "Pseudonyme"}).ok()["results"]
    assert basile.user_id not in [r["user_id"] for r in found]


def test_mutual_rooms(amelie, basile, chloe):
    """Two people are told which rooms they share."""
    shared, other = amelie.public_room(), amelie.public_room()
    basile.join(shared)
    chloe.join(other)
    answer = amelie.get("/v1/mutual_rooms", query={"user_id": basile.user_id})
    if answer.status == 404:
        answer = amelie.get("/unstable/uk.half-shot.msc2666/user/mutual_rooms", query={"user_id": basile.user_id})
    assert answer.ok()["joined"] == [shared]
