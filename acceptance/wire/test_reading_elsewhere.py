"""Nobody reads what is not theirs: by endpoint and by membership (C7, C8)."""

import pytest

ours = pytest.mark.ours


@pytest.fixture
def closed(amelie):
    """A private room with a message, and what asks for each of its parts."""
    room = amelie.create_room(name="Fermé", topic="secret")
    said = amelie.send(room, "secret")
    return room, said


def questions(room, said, me):
    """Every way to read from a room."""
    return {
        "state": ("GET", "/v3/rooms/{}/state", [room], {}),
        "state-key": ("GET", "/v3/rooms/{}/state/m.room.topic", [room], {}),
        "members": ("GET", "/v3/rooms/{}/members", [room], {}),
        "joined": ("GET", "/v3/rooms/{}/joined_members", [room], {}),
        "messages": ("GET", "/v3/rooms/{}/messages", [room], {"dir": "b"}),
        "event": ("GET", "/v3/rooms/{}/event/{}", [room, said], {}),
        "context": ("GET", "/v3/rooms/{}/context/{}", [room, said], {}),
        "relations": ("GET", "/v1/rooms/{}/relations/{}", [room, said], {}),
        "threads": ("GET", "/v1/rooms/{}/threads", [room], {}),
        "timestamp": ("GET", "/v1/rooms/{}/timestamp_to_event", [room], {"ts": 0, "dir": "f"}),
        "hierarchy": ("GET", "/v1/rooms/{}/hierarchy", [room], {}),
        "summary": ("GET", "/v1/room_summary/{}", [room], {}),
        "aliases": ("GET", "/v3/rooms/{}/aliases", [room], {}),
        "initial": ("GET", "/v3/rooms/{}/initialSync", [room], {}),
        "report": ("POST", "/v3/rooms/{}/report/{}", [room, said], {}),
        "receipt": ("POST", "/v3/rooms/{}/receipt/m.read/{}", [room, said], {}),
        "typing": ("PUT", "/v3/rooms/{}/typing/{}", [room, me], {}),
        "send": ("PUT", "/v3/rooms/{}/send/m.room.message/1", [room], {}),
        "redact": ("PUT", "/v3/rooms/{}/redact/{}/1", [room, said], {}),
        "invite": ("POST", "/v3/rooms/{}/invite", [room], {}),
        "upgrade": ("POST", "/v3/rooms/{}/upgrade", [room], {}),
    }


BODIES = {"typing": {"typing": True}, "send": {"msgtype": "m.text", "body": "x"}, "upgrade": {"new_version": "11"},
          "invite": {"user_id": "@someone:example"}, "report": {"reason": "x"}}
NAMES = list(questions("", "", ""))
SEEN_AFTER_LEAVING = {"state", "state-key", "members", "messages", "event", "context", "relations", "threads",
                      "timestamp", "aliases", "initial", "report", "receipt", "hierarchy"}


def ask(user, name, room, said):
    method, path, parts, query = questions(room, said, user.user_id)[name]
    body = BODIES.get(name, {}) if method != "GET" else None
    return user.request(method, path, *parts, query=query, body=body)


@pytest.mark.parametrize("name", NAMES)
def test_never_joined(basile, closed, name):
    """Who never was in a private room learns nothing of it, and does nothing in it."""
    answer = ask(basile, name, *closed)
    answer.error({400, 403, 404})
    assert b"secret" not in answer.body


@pytest.mark.parametrize("name", [pytest.param(n, marks=[ours] if n == "receipt" else []) for n in NAMES])
def test_unknown_room(basile, amelie, name):
    """A room that does not exist is answered like one that is closed."""
    answer = ask(basile, name, "!nowhere:" + basile.server_name, "$nothing")
    answer.error({400, 403, 404})


@pytest.mark.parametrize("how", ["left", "banned", "kicked"])
@pytest.mark.parametrize("name", NAMES)
def test_after_leaving(amelie, basile, closed, name, how):
    """Who was there sees what was said until then, and nothing that came after."""
    room, _ = closed
    amelie.invite(room, basile)
    basile.join(room)
    if how == "left":
        basile.leave(room)
    else:
        amelie.post("/v3/rooms/{}/" + {"banned": "ban", "kicked": "kick"}[how], room, body={
            "user_id": basile.user_id}).ok()
    amelie.set_state(room, "m.room.topic", {"topic": "nouveau secret"})
    after = amelie.send(room, "nouveau secret")
    answer = ask(basile, name, room, after)
    assert b"nouveau secret" not in answer.body
    if name not in SEEN_AFTER_LEAVING:
        answer.error({400, 403, 404})
    assert "nouveau secret" not in str(basile.sync(filter={"room": {"include_leave": True}}))


@pytest.mark.parametrize("visibility, before, invited, joined", [
    ("world_readable", True, True, True), ("shared", True, True, True), ("invited", False, True, True),
    ("joined", False, False, True),
])
def test_history_visibility(amelie, basile, visibility, before, invited, joined):
    """Each event shows to those whom the rule of its time let see it."""
    # Public, since no private room is read by everybody here.
    room = amelie.create_room(preset="public_chat", initial_state=[
        {"type": "m.room.history_visibility", "content": {"history_visibility": visibility}}])
    events = [amelie.send(room, "avant l'invitation")]
    amelie.invite(room, basile)
    events.append(amelie.send(room, "avant l'arrivée"))
    basile.join(room)
    events.append(amelie.send(room, "après"))
    seen = {e["event_id"] for e in basile.history(room)}
    for event, expected in zip(events, (before, invited, joined)):
        assert (event in seen) == expected
        status = basile.get("/v3/rooms/{}/event/{}", room, event).status
        assert status == (200 if expected else 404)
        context = basile.get("/v3/rooms/{}/context/{}", room, event).status
        assert (context == 200) == expected
    body = basile.sync(filter={"room": {"timeline": {"limit": 50}}})["rooms"]["join"][room]
    shown = {e["event_id"] for e in body["timeline"]["events"]}
    assert [e in shown for e in events] == [before, invited, joined]


def test_world_readable(client, amelie, basile):
    """A world-readable room is read without joining it, but not spoken in."""
    room = amelie.public_room(initial_state=[
        {"type": "m.room.history_visibility", "content": {"history_visibility": "world_readable"}}])
    said = amelie.send(room, "pour tous")
    assert said in [e["event_id"] for e in basile.messages(room)["chunk"]]
    assert basile.get("/v3/rooms/{}/event/{}", room, said).status == 200
    assert basile.get("/v3/rooms/{}/state", room).status == 200
    basile.try_send(room, {"msgtype": "m.text", "body": "x"}).error(403, "M_FORBIDDEN")


def test_change_of_visibility(amelie, basile):
    """What was said while history was closed stays closed when it opens."""
    room = amelie.public_room(initial_state=[
        {"type": "m.room.history_visibility", "content": {"history_visibility": "joined"}}])
    closed = amelie.send(room, "fermé")
    amelie.set_state(room, "m.room.history_visibility", {"history_visibility": "shared"})
    opened = amelie.send(room, "ouvert")
    basile.join(room)
    seen = {e["event_id"] for e in basile.history(room)}
    assert closed not in seen and opened in seen


@ours
def test_relations_leak_nothing(amelie, basile):
    """What is bundled with an event is what one may see (CVE-2022-39335 and the like)."""
    room = amelie.public_room()
    basile.join(room)
    root = amelie.send(room, "sujet")
    basile.leave(room)
    amelie.send(room, {"msgtype": "m.text", "body": "secret", "m.relates_to": {
        "rel_type": "m.thread", "event_id": root}})
    amelie.send(room, {"msgtype": "m.text", "body": "* secret", "m.new_content": {"msgtype": "m.text", "body": "secret"},
                       "m.relates_to": {"rel_type": "m.replace", "event_id": root}})
    event = basile.get("/v3/rooms/{}/event/{}", room, root)
    assert b"secret" not in event.body
    for path in ("/v1/rooms/{}/relations/{}", "/v1/rooms/{}/relations/{}/m.thread"):
        assert b"secret" not in basile.get(path, room, root).body
    assert b"secret" not in basile.get("/v1/rooms/{}/threads", room).body


def test_fake_predecessor(amelie, basile):
    """A room that claims to succeed another takes nothing from it (C10)."""
    room = amelie.public_room()
    said = amelie.send(room, "secret")
    fake = basile.create_room(creation_content={"predecessor": {"room_id": room, "event_id": said}})
    assert b"secret" not in basile.get("/v3/rooms/{}/messages", fake, query={"dir": "b"}).body
    found = basile.post("/v3/search", body={"search_categories": {"room_events": {
        "search_term": "secret", "filter": {"rooms": [fake]}}}}).ok()
    assert found["search_categories"]["room_events"].get("results", []) == []
    assert amelie.state(room, "m.room.tombstone").status == 404
