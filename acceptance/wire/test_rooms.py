"""Rooms: creation, state, aliases, directories, versions."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

ours = pytest.mark.ours


def content(user, room, type, key=""):
    return user.state(room, type, key).ok()


# -- creation --------------------------------------------------------------


@pytest.mark.parametrize("preset, rule, guests", [
    ("public_chat", "public", "forbidden"), ("private_chat", "invite", "can_join"),
    ("trusted_private_chat", "invite", "can_join"),
])
def test_presets(amelie, basile, elsewhere, preset, rule, guests):
    """Each preset sets what the specification's table says."""
    room = amelie.create_room(preset=preset, invite=[basile.user_id])
    assert content(amelie, room, "m.room.join_rules")["join_rule"] == rule
    assert content(amelie, room, "m.room.history_visibility")["history_visibility"] == "shared"
    access = amelie.state(room, "m.room.guest_access")
    if elsewhere and guests == "forbidden":
        assert access.status in (200, 404)
    else:
        # A policy of ours: guests come into no private room.
        assert access.ok()["guest_access"] == (guests if elsewhere else "forbidden")
    basile.join(room)
    may_rename = basile.try_set_state(room, "m.room.name", {"name": "x"}).status == 200
    assert may_rename == (preset == "trusted_private_chat")


@pytest.mark.parametrize("visibility, rule", [("public", "public"), ("private", "invite")])
def test_visibility_chooses_the_preset(amelie, visibility, rule):
    """Without a preset the visibility decides, and private is the default."""
    room = amelie.create_room(visibility=visibility)
    assert content(amelie, room, "m.room.join_rules")["join_rule"] == rule
    assert amelie.get("/v3/directory/list/room/{}", room).ok()["visibility"] == visibility
    assert content(amelie, amelie.create_room(), "m.room.join_rules")["join_rule"] == "invite"


def test_name_topic_and_initial_state(amelie):
    """Name and topic win over the initial state, which wins over the preset."""
    room = amelie.create_room(
        preset="public_chat", name="Salon", topic="De quoi parler",
        initial_state=[
            {"type": "m.room.name", "content": {"name": "Ancien nom"}},
            {"type": "m.room.join_rules", "content": {"join_rule": "invite"}},
            {"type": "org.example.thing", "state_key": "k", "content": {"a": 1}}])
    assert content(amelie, room, "m.room.name")["name"] == "Salon"
    assert content(amelie, room, "m.room.topic")["topic"] == "De quoi parler"
    assert content(amelie, room, "m.room.join_rules")["join_rule"] == "invite"
    assert content(amelie, room, "org.example.thing", "k") == {"a": 1}


def test_power_level_override(amelie, basile):
    """What the creator says of the power levels is merged into the preset's."""
    room = amelie.public_room(power_level_content_override={
        "users_default": 5, "events": {"m.room.topic": 5}})
    levels = content(amelie, room, "m.room.power_levels")
    assert levels["users_default"] == 5 and levels["events"] == {"m.room.topic": 5}
    assert levels["ban"] == 50
    basile.join(room)
    basile.set_state(room, "m.room.topic", {"topic": "libre"})
    basile.try_set_state(room, "m.room.name", {"name": "non"}).error(403, "M_FORBIDDEN")


def test_creation_content(amelie):
    """The creation content is kept, but for what is not the creator's to say."""
    room = amelie.create_room(creation_content={
        "m.federate": False, "type": "m.space", "room_version": "1"})
    create = content(amelie, room, "m.room.create")
    assert create["m.federate"] is False and create["type"] == "m.space"
    assert create["room_version"] != "1"


def test_invitations_at_creation(amelie, basile):
    """Those invited at creation are invited, as a direct message where that was said."""
    room = amelie.create_room(preset="trusted_private_chat", is_direct=True, invite=[basile.user_id])
    member = content(amelie, room, "m.room.member", basile.user_id)
    assert member["membership"] == "invite" and member["is_direct"] is True
    invite = basile.follow(lambda a: a["rooms"].get("invite", {}).get(room))["invite_state"]["events"]
    assert any(e["type"] == "m.room.member" and e["state_key"] == basile.user_id for e in invite)
    assert any(e["type"] == "m.room.create" for e in invite)


@pytest.mark.parametrize("version", [str(v) for v in range(1, 13)])
def test_room_version(amelie, basile, version):
    """A room of each version works: joined, spoken in, read back, redacted in."""
    available = amelie.get("/v3/capabilities").ok()["capabilities"]["m.room_versions"]["available"]
    if version not in available:
        pytest.skip(f"version {version} is not offered")
    room = amelie.public_room(room_version=version)
    created = content(amelie, room, "m.room.create")
    assert created.get("room_version", "1") == version
    assert (":" in room) == (int(version) < 12)
    basile.join(room)
    said = basile.send(room, "bonjour")
    assert (":" in said) == (int(version) < 3)
    amelie.set_state(room, "m.room.topic", {"topic": "une version"})
    amelie.redact(room, said)
    assert basile.event(room, said)["content"] == {}


@pytest.mark.parametrize("body, code", [
    ({"room_version": 1}, {"M_BAD_JSON", "M_INVALID_PARAM"}),
    ({"room_version": "nonsense"}, "M_UNSUPPORTED_ROOM_VERSION"),
    ({"room_version": "ahfgwjyerhgiuveisbruvybseyrugvi"}, "M_UNSUPPORTED_ROOM_VERSION"),
    ({"room_version": ""}, {"M_UNSUPPORTED_ROOM_VERSION", "M_INVALID_PARAM"}),
    ({"name": 5}, None), ({"topic": ["a"]}, None), ({"invite": "@a:b"}, None),
    ({"invite": ["not a user"]}, None), ({"invite": [5]}, None), 
    pytest.param({"initial_state": {}}, None, marks=ours),
    pytest.param({"initial_state": [{"type": 1, "content": {}}]}, None, marks=ours),
    pytest.param({"initial_state": [{"type": "a", "content": "b"}]}, None, marks=ours),
    pytest.param({"initial_state": ["x"]}, None, marks=ours), ({"preset": "nonsense"}, None),
    pytest.param({"visibility": "nonsense"}, None, marks=ours), ({"room_alias_name": "a:b"}, None),
    ({"room_alias_name": "a b"}, None), 
    ({"room_alias_name": "a" * 256}, None), 
    pytest.param({"power_level_content_override": "x"}, None, marks=ours),
    pytest.param({"power_level_content_override": {"users": {"nobody": 100}}}, None, marks=ours),
    pytest.param({"creation_content": "x"}, None, marks=ours), 
    pytest.param({"is_direct": "x"}, None, marks=ours),
])
def test_bad_creation(amelie, elsewhere, body, code):
    """A wrong request creates nothing, not even half a room."""
    amelie.post("/v3/createRoom", body=body).error(400, code)
    assert elsewhere or amelie.get("/v3/joined_rooms").ok()["joined_rooms"] == []


def test_room_appears_in_sync(amelie):
    """The creator sees the new room with all that was set up, in order."""
    amelie.catch_up()
    room = amelie.public_room(name="Salon", topic="sujet")
    part = amelie.follow(lambda a: a["rooms"]["join"].get(room))
    events = part["state"]["events"] + part["timeline"]["events"]
    types = [e["type"] for e in events]
    assert types[0] == "m.room.create" and types[1] == "m.room.member"
    assert {"m.room.power_levels", "m.room.join_rules", "m.room.history_visibility", "m.room.name",
            "m.room.topic"} <= set(types)


# -- state -----------------------------------------------------------------


def test_state(amelie, basile):
    """State is read whole, by key, and as an event; and only by members."""
    room = amelie.public_room(name="Salon")
    events = {(e["type"], e["state_key"]): e for e in amelie.get("/v3/rooms/{}/state", room).ok()}
    assert events["m.room.name", ""]["content"] == {"name": "Salon"}
    assert events["m.room.create", ""]["room_id"] == room
    assert amelie.get("/v3/rooms/{}/state/m.room.name", room).ok() == {"name": "Salon"}
    assert amelie.get("/v3/rooms/{}/state/m.room.name/", room).ok() == {"name": "Salon"}
    event = amelie.get("/v3/rooms/{}/state/m.room.name/", room, query={"format": "event"}).ok()
    assert event["event_id"] == events["m.room.name", ""]["event_id"]
    amelie.state(room, "m.room.topic").error(404, "M_NOT_FOUND")
    basile.state(room, "m.room.name").error(403, "M_FORBIDDEN")
    basile.get("/v3/rooms/{}/state", room).error(403, "M_FORBIDDEN")


def test_same_state_twice(amelie):
    """Setting the same state again makes no new event."""
    room = amelie.public_room()
    first = amelie.set_state(room, "m.room.name", {"name": "Salon"})
    assert amelie.set_state(room, "m.room.name", {"name": "Salon"}) == first
    assert amelie.set_state(room, "m.room.name", {"name": "Autre"}) != first


@pytest.mark.parametrize("key", ["", "a", "a/b", "é☃", "a b", "%2F", "?x#y", "..", "."])
def test_state_keys(amelie, key):
    """Any text is a state key, and comes back as it was."""
    room = amelie.public_room()
    amelie.set_state(room, "org.example.thing", {"key": key}, key)
    assert content(amelie, room, "org.example.thing", key) == {"key": key}
    assert (key, {"key": key}) in [
        (e["state_key"], e["content"]) for e in amelie.get("/v3/rooms/{}/state", room).ok()
        if e["type"] == "org.example.thing"]


@pytest.mark.parametrize("type, key, sent", [
    pytest.param("m.room.create", "", {"creator": "x"}, marks=ours),
    pytest.param("m.room.member", "@nobody:x", {"membership": "join"}, marks=ours),
    ("m.room.member", "not a user", {"membership": "join"}),
    ("m.room.member", "SELF", {"membership": "nonsense"}), ("m.room.member", "SELF", {}),
    ("m.room.member", "SELF", {"membership": 5}),
    ("m.room.power_levels", "", {"users": {"not a user": 5}}),
    ("m.room.power_levels", "", {"users": "x"}), ("m.room.power_levels", "", {"ban": "x"}),
    ("m.room.power_levels", "", {"events": []}),
    ("m.room.join_rules", "", {}), ("org.example.thing", "@someone:else", {}),
])
def test_bad_state(amelie, type, key, sent):
    """State that the rules reject is refused, and the room's state stays."""
    room = amelie.public_room()
    before = {e["event_id"] for e in amelie.get("/v3/rooms/{}/state", room).ok()}
    answer = amelie.try_set_state(room, type, sent, amelie.user_id if key == "SELF" else key)
    if type == "m.room.join_rules" and answer.status == 200:
        return  # The rules say nothing of the content of join rules.
    answer.error({400, 403})
    assert {e["event_id"] for e in amelie.get("/v3/rooms/{}/state", room).ok()} == before


def test_power_levels(amelie, basile, chloe):
    """Levels hold, and nobody gives or takes more than their own."""
    room = amelie.public_room(room_version="11")
    basile.join(room)
    chloe.join(room)
    levels = content(amelie, room, "m.room.power_levels")
    amelie.set_state(room, "m.room.power_levels", {
        **levels, "users": {**levels["users"], basile.user_id: 50, chloe.user_id: 50}})
    now = content(basile, room, "m.room.power_levels")
    for users in ({**now["users"], basile.user_id: 51}, {**now["users"], amelie.user_id: 0},
                  {**now["users"], chloe.user_id: 0},
                  {k: v for k, v in now["users"].items() if k != amelie.user_id}):
        basile.try_set_state(room, "m.room.power_levels", {**now, "users": users}).error(
            403, "M_FORBIDDEN")
    basile.try_set_state(room, "m.room.power_levels", {**now, "ban": 51}).error(403)
    basile.try_set_state(
        room, "m.room.power_levels", {**now, "users": {**now["users"], basile.user_id: 0}}).error(
        403) if now["events"].get("m.room.power_levels", 100) > 50 else None


def test_creators_stand_above_all_levels(amelie, basile):
    """In version 12 the creator is in no list and nobody's level reaches theirs."""
    room = amelie.public_room(room_version="12")
    basile.join(room)
    levels = content(amelie, room, "m.room.power_levels")
    assert amelie.user_id not in levels.get("users", {})
    amelie.set_state(room, "m.room.power_levels", {**levels, "users": {basile.user_id: 1_000_000}})
    basile.post("/v3/rooms/{}/kick", room, body={"user_id": amelie.user_id}).error(403)
    amelie.try_set_state(room, "m.room.power_levels", {
        **levels, "users": {amelie.user_id: 100}}).error({400, 403})


@pytest.mark.parametrize("creators, good", [
    (["OTHER"], True), ([], True), ("OTHER", False), ([5], False), (["not a user"], False),
    ({"a": "b"}, False), (["@" + "a" * 300 + ":x"], False)])
def test_additional_creators(amelie, basile, creators, good):
    """Additional creators of version 12 are users, in a list."""
    sent = [basile.user_id if c == "OTHER" else c for c in creators] if isinstance(
        creators, list) else creators
    answer = amelie.post("/v3/createRoom", body={
        "room_version": "12", "preset": "public_chat",
        "creation_content": {"additional_creators": sent}})
    if not good:
        answer.error(400)
        return
    room = answer.ok()["room_id"]
    basile.join(room)
    may_name = basile.try_set_state(room, "m.room.name", {"name": "x"}).status == 200
    assert may_name == (creators == ["OTHER"])


# -- aliases and the directory ---------------------------------------------


def alias(user, name=None):
    return f"#{name or 'salon-' + secrets.token_hex(4)}:{user.server_name}"


@pytest.mark.parametrize("name", ["été", "😀", "a/b", "a.b-c_d", "UPPER"])
def test_alias(amelie, basile, name):
    """An alias names a room for everyone until its maker takes it back."""
    room, a = amelie.public_room(), alias(amelie, f"{name}-{secrets.token_hex(4)}")
    amelie.get("/v3/directory/room/{}", a).error(404, "M_NOT_FOUND")
    amelie.put("/v3/directory/room/{}", a, body={"room_id": room}).ok()
    found = basile.get("/v3/directory/room/{}", a).ok()
    assert found["room_id"] == room and amelie.server_name in found["servers"]
    assert amelie.get("/v3/rooms/{}/aliases", room).ok()["aliases"] == [a]
    amelie.put("/v3/directory/room/{}", a, body={"room_id": room}).error(409)
    assert basile.join(a) == room
    basile.delete("/v3/directory/room/{}", a).error(403, "M_FORBIDDEN")
    amelie.delete("/v3/directory/room/{}", a).ok()
    amelie.get("/v3/directory/room/{}", a).error(404, "M_NOT_FOUND")


@pytest.mark.parametrize("a, status", [
    ("no-sigil:SERVER", {400, 404}), ("#no-server", 400), ("#elsewhere:other.example", {400, 403, 404, 502}),
    ("#" + "a" * 260 + ":SERVER", 400),
])
def test_bad_alias(amelie, a, status):
    """An alias that is none, or another server's, is refused."""
    room = amelie.public_room()
    amelie.put("/v3/directory/room/{}", a.replace("SERVER", amelie.server_name),
               body={"room_id": room}).error(status)


def test_alias_to_nowhere(amelie):
    """An alias needs a room that exists."""
    answer = amelie.put("/v3/directory/room/{}", alias(amelie), body={"room_id": "!no:where"})
    answer.error({400, 403, 404})
    amelie.put("/v3/directory/room/{}", alias(amelie), body={}).error(400)


def test_alias_at_creation(amelie):
    """The alias asked for at creation is there and canonical; twice the same is refused."""
    name = "salon-" + secrets.token_hex(4)
    room = amelie.public_room(room_alias_name=name)
    assert content(amelie, room, "m.room.canonical_alias")["alias"] == alias(amelie, name)
    amelie.post("/v3/createRoom", body={"room_alias_name": name}).error(400, "M_ROOM_IN_USE")


def test_canonical_alias(amelie):
    """A canonical alias must exist and lead to this room."""
    room, other, a, b = amelie.public_room(), amelie.public_room(), alias(amelie), alias(amelie)
    amelie.put("/v3/directory/room/{}", a, body={"room_id": room}).ok()
    amelie.put("/v3/directory/room/{}", b, body={"room_id": other}).ok()
    amelie.set_state(room, "m.room.canonical_alias", {"alias": a})
    for wrong in ({"alias": b}, {"alias": alias(amelie)}, {"alias": a, "alt_aliases": [b]},
                  {"alias": a, "alt_aliases": [alias(amelie)]}):
        amelie.try_set_state(room, "m.room.canonical_alias", wrong).error(400, "M_BAD_ALIAS")
    for wrong in ({"alias": 5}, {"alias": "nonsense"}, {"alt_aliases": "x"}, {"alt_aliases": [5]}):
        amelie.try_set_state(room, "m.room.canonical_alias", wrong).error(400)
    amelie.set_state(room, "m.room.canonical_alias", {})


def test_public_directory(amelie, basile):
    """Rooms are listed when they say so, found by their words, and paged through."""
    word = "motrare" + secrets.token_hex(4)
    rooms = [amelie.public_room(name=f"{word} {i}", topic="un sujet", visibility="public")
             for i in range(3)]
    hidden = amelie.public_room(name=f"{word} caché", visibility="private")
    for i, room in enumerate(rooms):
        if i:
            basile.join(room)
    search = {"filter": {"generic_search_term": word}}
    found = basile.post("/v3/publicRooms", body=search).ok()
    assert {r["room_id"] for r in found["chunk"]} == set(rooms) and hidden not in str(found)
    entry = next(r for r in found["chunk"] if r["room_id"] == rooms[1])
    assert entry["name"] == f"{word} 1" and entry["topic"] == "un sujet"
    assert entry["num_joined_members"] == 2 and entry["join_rule"] == "public"
    assert entry["world_readable"] is False and entry["guest_can_join"] is False
    assert basile.post("/v3/publicRooms", body={
        "filter": {"generic_search_term": word.upper()}}).ok()["chunk"], "case matters"
    seen, page = [], basile.post("/v3/publicRooms", body={**search, "limit": 2}).ok()
    seen += page["chunk"]
    assert len(seen) == 2
    while page.get("next_batch"):
        page = basile.post("/v3/publicRooms", body={
            **search, "limit": 2, "since": page["next_batch"]}).ok()
        seen += page["chunk"]
    assert sorted(r["room_id"] for r in seen) == sorted(rooms)
    amelie.put("/v3/directory/list/room/{}", rooms[0], body={"visibility": "private"}).ok()
    assert len(basile.post("/v3/publicRooms", body=search).ok()["chunk"]) == 2
    basile.put("/v3/directory/list/room/{}", rooms[1], body={"visibility": "private"}).error(403)


def test_directory_of_spaces(amelie):
    """The directory can be asked for spaces alone, or for rooms alone."""
    word = "motrare" + secrets.token_hex(4)
    space = amelie.public_room(name=f"{word} espace", visibility="public",
                               creation_content={"type": "m.space"})
    room = amelie.public_room(name=f"{word} salon", visibility="public")
    for types, found in ((["m.space"], [space]), ([None], [room]), ([], [])):
        answer = amelie.post("/v3/publicRooms", body={
            "filter": {"generic_search_term": word, "room_types": types}}).ok()
        if types or answer["chunk"] == []:
            assert [r["room_id"] for r in answer["chunk"]] == found


# -- upgrades, spaces, summaries --------------------------------------------


def test_upgrade(amelie, basile):
    """An upgraded room leads to its successor, which leads back and is set up alike."""
    room = amelie.public_room(name="Salon", topic="sujet", room_version="11",
                              room_alias_name="salon-" + secrets.token_hex(4))
    basile.join(room)
    basile.post("/v3/rooms/{}/upgrade", room, body={"new_version": "12"}).error(403)
    amelie.post("/v3/rooms/{}/upgrade", room, body={"new_version": "nonsense"}).error(
        400, "M_UNSUPPORTED_ROOM_VERSION")
    assert amelie.state(room, "m.room.tombstone").status == 404
    new = amelie.post("/v3/rooms/{}/upgrade", room, body={"new_version": "12"}).ok()["replacement_room"]
    assert content(amelie, room, "m.room.tombstone")["replacement_room"] == new
    create = content(amelie, new, "m.room.create")
    assert create["predecessor"]["room_id"] == room and create["room_version"] == "12"
    assert content(amelie, new, "m.room.name") == {"name": "Salon"}
    assert content(amelie, new, "m.room.topic")["topic"] == "sujet"
    a = content(amelie, new, "m.room.canonical_alias")["alias"]
    assert amelie.get("/v3/directory/room/{}", a).ok()["room_id"] == new
    basile.try_send(room, {"msgtype": "m.text", "body": "encore là"}).error(403)
    basile.join(new)
    basile.send(new, "bonjour")


def test_hierarchy(amelie, basile):
    """A space shows the rooms below it that one may see."""
    space = amelie.public_room(name="Espace", creation_content={"type": "m.space"})
    open_room, closed = amelie.public_room(name="Ouvert"), amelie.create_room(name="Fermé")
    inner = amelie.public_room(name="Dedans", creation_content={"type": "m.space"})
    deep = amelie.public_room(name="Profond")
    via = {"via": [amelie.server_name]}
    for parent, child in ((space, open_room), (space, closed), (space, inner), (inner, deep),
                          (inner, space)):
        amelie.set_state(parent, "m.space.child", via, child)

    def below(user, **query):
        rooms, token = [], None
        while True:
            page = user.get("/v1/rooms/{}/hierarchy", space, query={
                **query, **({"from": token} if token else {})}).ok()
            rooms += page["rooms"]
            token = page.get("next_batch")
            if not token:
                return [r["room_id"] for r in rooms]
    assert sorted(below(amelie)) == sorted([space, open_room, closed, inner, deep])
    assert sorted(below(basile)) == sorted([space, open_room, inner, deep])
    assert sorted(below(basile, limit=1)) == sorted([space, open_room, inner, deep])
    assert sorted(below(basile, max_depth=1)) == sorted([space, open_room, inner])
    amelie.set_state(space, "m.space.child", {**via, "suggested": True}, open_room)
    assert sorted(below(basile, suggested_only="true")) == sorted([space, open_room])
    basile.get("/v1/rooms/{}/hierarchy", closed).error(403, "M_FORBIDDEN")
    amelie.set_state(space, "m.space.child", {}, inner)
    assert sorted(below(basile)) == sorted([space, open_room])


def test_summary(amelie, basile):
    """A summary is there for who might join, and for nobody else."""
    room, closed = amelie.public_room(name="Salon", topic="sujet"), amelie.create_room()
    summary = basile.get("/v1/room_summary/{}", room).ok()
    assert summary["room_id"] == room and summary["name"] == "Salon"
    assert summary["num_joined_members"] == 1 and summary["join_rule"] == "public"
    assert summary.get("membership", "leave") == "leave"
    assert amelie.get("/v1/room_summary/{}", closed).ok()["membership"] == "join"
    basile.get("/v1/room_summary/{}", closed).error(404, "M_NOT_FOUND")


@ours
def test_summary_of_nothing(amelie):
    """A room that does not exist has no summary."""
    amelie.get("/v1/room_summary/{}", "!nowhere:" + amelie.server_name).error(404, "M_NOT_FOUND")


def test_rooms_made_at_once(amelie):
    """Rooms that one person makes at the same instant, all alike, are different rooms."""
    with ThreadPoolExecutor(8) as pool:
        rooms = list(pool.map(lambda _: amelie.public_room(name="Pareil"), range(40)))
    assert len(set(rooms)) == 40
