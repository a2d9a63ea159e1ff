"""Messages: sending once, reading back, relations, threads, redaction."""

import json

import pytest
from harness.client import bodies

ours = pytest.mark.ours
TEXT = {"msgtype": "m.text", "body": "bonjour"}


@pytest.fixture
def room(amelie, basile):
    """A room with both of them."""
    room = amelie.public_room()
    basile.join(room)
    return room


# -- sending ---------------------------------------------------------------


def test_send_and_read(amelie, basile, room):
    """What one says, the other reads, as it was said."""
    content = {**TEXT, "é": [1, {"ü": None}, True, "𝄞"], "org.example.x": {"deep": {"er": 1}}}
    sent = amelie.send(room, content)
    event = basile.event(room, sent)
    assert event["content"] == content and event["sender"] == amelie.user_id
    assert event["room_id"] == room and event["type"] == "m.room.message"
    assert event["event_id"] == sent and "state_key" not in event
    assert event["unsigned"]["age"] >= 0 and event["unsigned"].get("membership") == "join"


def test_transaction(amelie, room):
    """A repeated transaction gives the first event again and adds nothing."""
    first = amelie.send(room, "bonjour", txn="t1")
    assert amelie.send(room, "bonjour", txn="t1") == first
    assert amelie.send(room, "autre chose", txn="t1") == first
    assert bodies(amelie.history(room)) == ["bonjour"]


def test_transactions_of_devices_and_rooms(amelie, room):
    """The same transaction ID means another event from another device or in another room."""
    other, second = amelie.new_device(), amelie.public_room()
    ids = [amelie.send(room, "a", txn="t"), other.send(room, "b", txn="t"),
           amelie.send(second, "c", txn="t")]
    assert len(set(ids)) == 3


@ours
def test_transactions_of_endpoints(amelie, room):
    """The same transaction ID means another event at another endpoint."""
    ids = [amelie.send(room, "a", txn="t"), amelie.send(room, {}, type="org.x", txn="t"),
           amelie.put("/v3/rooms/{}/redact/{}/t", room, amelie.send(room, "d")).ok()["event_id"]]
    assert len(set(ids)) == 3


def test_transaction_after_refresh(client, amelie, room):
    """A retry after the token was refreshed is still the same device's."""
    device = amelie.new_device(refresh_token=True)
    first = device.send(room, "bonjour", txn="t1")
    device.token = client.post("/v3/refresh", body={
        "refresh_token": device.refresh_token}).ok()["access_token"]
    assert device.send(room, "bonjour", txn="t1") == first


def test_transaction_id_is_shown_to_its_device(amelie, basile, room):
    """`transaction_id` is for the sending device alone."""
    other = amelie.new_device()
    for user in (amelie, other, basile):
        user.catch_up()
    sent = amelie.send(room, "bonjour", txn="mien")
    assert amelie.sees(room, sent)["unsigned"]["transaction_id"] == "mien"
    assert amelie.event(room, sent)["unsigned"]["transaction_id"] == "mien"
    assert "transaction_id" not in other.sees(room, sent).get("unsigned", {})
    assert "transaction_id" not in basile.sees(room, sent).get("unsigned", {})
    assert "transaction_id" not in str(basile.messages(room))


def test_not_a_member(amelie, basile):
    """Who is not in a room does not speak in it."""
    basile.try_send(amelie.public_room(), TEXT).error(403, "M_FORBIDDEN")
    basile.try_send("!nowhere:" + basile.server_name, TEXT).error({403, 404})
    basile.try_send("nonsense", TEXT).error({400, 403, 404})


def test_silenced(amelie, basile, room):
    """Power levels decide who may say what."""
    levels = amelie.state(room, "m.room.power_levels").ok()
    amelie.set_state(room, "m.room.power_levels", {**levels, "events": {
        **levels["events"], "m.room.message": 50}})
    basile.try_send(room, TEXT).error(403, "M_FORBIDDEN")
    basile.send(room, {"a": 1}, type="org.example.free")


# -- reading back ----------------------------------------------------------


def test_pages(amelie, room):
    """History is read in pages, back and forth, each event once."""
    ids = [amelie.send(room, f"{i}") for i in range(25)]
    back = [e["event_id"] for e in amelie.history(room, limit=7) if e["type"] == "m.room.message"]
    assert back == ids[::-1]
    forth, token = [], None
    while True:
        page = amelie.messages(room, dir="f", limit=7, **({"from": token} if token else {}))
        forth += [e["event_id"] for e in page["chunk"] if e["type"] == "m.room.message"]
        token = page.get("end")
        if not token or not page["chunk"]:
            break
    assert forth == ids


def test_page_ends(amelie, room):
    """The last page has no `end`; `to` stops before."""
    events = amelie.history(room)
    assert events[-1]["type"] == "m.room.create"
    first = amelie.messages(room, limit=2)
    rest = amelie.messages(room, limit=100, to=first["end"])
    assert [e["event_id"] for e in rest["chunk"]] == [e["event_id"] for e in first["chunk"]]


def test_pages_from_sync(amelie, room):
    """The token of a gap in sync leads to what the gap left out."""
    amelie.catch_up()
    ids = [amelie.send(room, f"{i}") for i in range(12)]
    part = amelie.sync(amelie.since, filter={"room": {"timeline": {"limit": 5}}})["rooms"]["join"][room]
    assert part["timeline"]["limited"] is True
    assert [e["event_id"] for e in part["timeline"]["events"]] == ids[-5:]
    page = amelie.messages(room, limit=7, **{"from": part["timeline"]["prev_batch"]})
    assert [e["event_id"] for e in page["chunk"]] == ids[-6::-1]


def test_messages_filter(amelie, basile, room):
    """Pages are filtered by type, sender and content."""
    mine, his = amelie.send(room, "a"), basile.send(room, "b")
    link = basile.send(room, {**TEXT, "url": f"mxc://{basile.server_name}/x"})

    def page(filter):
        return [e["event_id"] for e in amelie.messages(room, filter=json.dumps(filter))["chunk"]]
    assert page({"types": ["m.room.message"]}) == [link, his, mine]
    assert page({"types": ["m.room.mess*"], "senders": [amelie.user_id]}) == [mine]
    assert page({"types": ["m.room.message"], "not_senders": [amelie.user_id]}) == [link, his]
    assert page({"contains_url": True}) == [link]
    assert page({"types": []}) == []


def test_lazy_members_in_pages(amelie, basile, room):
    """With lazy members a page brings its senders' member events."""
    basile.send(room, "bonjour")
    page = amelie.messages(room, limit=1, filter='{"lazy_load_members":true}')
    assert [e["state_key"] for e in page["state"]] == [basile.user_id]


@pytest.mark.parametrize("query", [
    {"dir": "x"}, {"dir": "b", "limit": "x"}, {"dir": "b", "from": "nonsense"},
    {"dir": "b", "limit": -1}, {"dir": "b", "filter": "{"}, {"dir": "b", "filter": "[]"},
    {"dir": "b", "to": "nonsense"},
])
def test_bad_page(amelie, room, query):
    """A wrong question about history is refused."""
    answer = amelie.get("/v3/rooms/{}/messages", room, query=query)
    if query.get("filter") == "[]" and answer.status == 200:
        return
    answer.error(400)


def test_context(amelie, room):
    """The context of an event has what came before and after, and tokens to go on."""
    ids = [amelie.send(room, f"{i}") for i in range(9)]
    body = amelie.get("/v3/rooms/{}/context/{}", room, ids[4], query={"limit": 4}).ok()
    assert body["event"]["event_id"] == ids[4]
    assert [e["event_id"] for e in body["events_before"]] == [ids[3], ids[2]]
    assert [e["event_id"] for e in body["events_after"]] == [ids[5], ids[6]]
    assert any(e["type"] == "m.room.create" for e in body["state"])
    later = amelie.messages(room, dir="f", **{"from": body["end"]})["chunk"]
    assert [e["event_id"] for e in later] == [ids[7], ids[8]]
    earlier = amelie.messages(room, limit=2, **{"from": body["start"]})["chunk"]
    assert [e["event_id"] for e in earlier] == [ids[1], ids[0]]
    amelie.get("/v3/rooms/{}/context/$nothing", room).error(404, "M_NOT_FOUND")


def test_event_of_another_room(amelie, room):
    """An event is found in its own room alone."""
    other = amelie.public_room()
    said = amelie.send(other, "ailleurs")
    amelie.get("/v3/rooms/{}/event/{}", room, said).error(404, "M_NOT_FOUND")
    amelie.get("/v3/rooms/{}/context/{}", room, said).error({403, 404})
    amelie.get("/v3/rooms/{}/event/$nothing", room).error(404, "M_NOT_FOUND")


def test_timestamp(amelie, room):
    """An event is found by its time, looking forth and back."""
    ids = [amelie.send(room, f"{i}") for i in range(3)]
    times = [amelie.event(room, i)["origin_server_ts"] for i in ids]

    def at(ts, dir):
        return amelie.get("/v1/rooms/{}/timestamp_to_event", room, query={"ts": ts, "dir": dir})
    found = at(times[2], "b").ok()
    assert amelie.event(room, found["event_id"])["origin_server_ts"] == found["origin_server_ts"]
    assert found["origin_server_ts"] == times[2]
    assert at(0, "f").ok()["event_id"] == amelie.history(room)[-1]["event_id"]
    at(times[2] + 1_000_000, "f").error(404, "M_NOT_FOUND")
    at(0, "b").error(404, "M_NOT_FOUND")
    at(times[0], "x").error(400)
    at("x", "f").error(400)


# -- relations and threads -------------------------------------------------


def relate(kind, event_id, **more):
    return {"m.relates_to": {"rel_type": kind, "event_id": event_id, **more}}


def test_edit(amelie, basile, room):
    """An edit is brought along with what it edits; somebody else's is not."""
    sent = amelie.send(room, "bonjuor")
    edit = amelie.send(room, {"msgtype": "m.text", "body": "* bonjour",
                              "m.new_content": {"msgtype": "m.text", "body": "bonjour"},
                              **relate("m.replace", sent)})
    basile.send(room, {"msgtype": "m.text", "body": "* piraté",
                       "m.new_content": {"msgtype": "m.text", "body": "piraté"},
                       **relate("m.replace", sent)})
    event = basile.event(room, sent)
    assert event["content"]["body"] == "bonjuor"
    assert event["unsigned"]["m.relations"]["m.replace"]["event_id"] == edit


def test_reactions(amelie, basile, room):
    """Reactions are found by what they annotate; the same twice is refused."""
    sent = amelie.send(room, "bonjour")
    content = relate("m.annotation", sent, key="👍")
    reaction = basile.send(room, content, type="m.reaction")
    basile.try_send(room, content, "m.reaction").error(400, "M_DUPLICATE_ANNOTATION")
    other = basile.send(room, relate("m.annotation", sent, key="🎉"), type="m.reaction")
    found = amelie.get("/v1/rooms/{}/relations/{}/m.annotation", room, sent).ok()
    assert [e["event_id"] for e in found["chunk"]] == [other, reaction]
    basile.redact(room, reaction)
    found = amelie.get("/v1/rooms/{}/relations/{}/m.annotation/m.reaction", room, sent).ok()
    assert [e["event_id"] for e in found["chunk"]] == [other]
    basile.send(room, content, type="m.reaction")


def test_relations_pages(amelie, room):
    """Relations are paged, in both directions."""
    sent = amelie.send(room, "bonjour")
    ids = [amelie.send(room, {**TEXT, **relate("m.reference", sent)}) for _ in range(5)]

    def all_of(**query):
        found, token = [], None
        while True:
            page = amelie.get("/v1/rooms/{}/relations/{}", room, sent, query={
                "limit": 2, **query, **({"from": token} if token else {})}).ok()
            found += [e["event_id"] for e in page["chunk"]]
            token = page.get("next_batch")
            if not token:
                return found
    assert all_of() == ids[::-1]
    assert all_of(dir="f") == ids
    amelie.get("/v1/rooms/{}/relations/$nothing", room).error({404})


def test_threads(amelie, basile, room):
    """A thread is summed up on its root, and listed with the others."""
    roots = [amelie.send(room, f"sujet {i}") for i in range(3)]
    last = basile.send(room, {**TEXT, **relate("m.thread", roots[0])})
    for root in roots[1:]:
        amelie.send(room, {**TEXT, **relate("m.thread", root)})
    summary = amelie.event(room, roots[0])["unsigned"]["m.relations"]["m.thread"]
    assert summary["count"] == 1 and summary["latest_event"]["event_id"] == last
    assert summary["current_user_participated"] is True
    seen, token = [], None
    while True:
        page = basile.get("/v1/rooms/{}/threads", room, query={
            "limit": 2, **({"from": token} if token else {})}).ok()
        seen += [e["event_id"] for e in page["chunk"]]
        token = page.get("next_batch")
        if not token:
            break
    assert seen == roots[::-1][:2] + roots[:1] or set(seen) == set(roots)
    mine = basile.get("/v1/rooms/{}/threads", room, query={"include": "participated"}).ok()["chunk"]
    assert [e["event_id"] for e in mine] == [roots[0]]


@ours
def test_threads_are_ordered_by_their_last_message(amelie, room):
    """The thread that was spoken in last comes first."""
    roots = [amelie.send(room, f"sujet {i}") for i in range(3)]
    for root in (roots[1], roots[0], roots[2], roots[1]):
        amelie.send(room, {**TEXT, **relate("m.thread", root)})
    page = amelie.get("/v1/rooms/{}/threads", room).ok()["chunk"]
    assert [e["event_id"] for e in page] == [roots[1], roots[2], roots[0]]


@pytest.mark.parametrize("content", [
    {"m.relates_to": "x"}, {"m.relates_to": []}, {"m.relates_to": {"rel_type": 5, "event_id": "$a"}},
    {"m.relates_to": {"rel_type": "m.thread"}}, {"m.relates_to": {"rel_type": "m.thread", "event_id": 5}},
    {"m.relates_to": {"rel_type": "m.replace", "event_id": "$nothing"}},
    {"m.relates_to": {"m.in_reply_to": 5}}, {"m.relates_to": {"m.in_reply_to": {"event_id": {}}}},
    {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$nothing", "key": {}}},
])
def test_strange_relations(amelie, basile, room, content):
    """A relation that is none is refused or kept, and never disturbs anyone's sync."""
    answer = amelie.try_send(room, {**TEXT, **content})
    assert answer.status in (200, 400), answer
    assert basile.sync()["rooms"]["join"][room]
    basile.messages(room)


def test_thread_in_thread(amelie, room):
    """A thread does not begin inside another."""
    root = amelie.send(room, "sujet")
    inside = amelie.send(room, {**TEXT, **relate("m.thread", root)})
    amelie.try_send(room, {**TEXT, **relate("m.thread", inside)}).error(400)


# -- redaction -------------------------------------------------------------


def test_redaction(amelie, basile, chloe, room):
    """A redacted event is empty for everyone, everywhere, and says why."""
    sent = basile.send(room, {**TEXT, "body": "secret à effacer"})
    chloe.join(room)
    chloe.put("/v3/rooms/{}/redact/{}/1", room, sent).error(403, "M_FORBIDDEN")
    for user in (amelie, basile):
        user.catch_up()
    redaction = basile.redact(room, sent, "erreur")
    event = amelie.event(room, sent)
    assert event["content"] == {}
    because = event["unsigned"]["redacted_because"]
    assert because["event_id"] == redaction and because["content"]["reason"] == "erreur"
    shown = amelie.sees(room, redaction)
    assert shown["type"] == "m.room.redaction"
    assert sent in (shown.get("redacts"), shown["content"].get("redacts"))
    for place in (amelie.messages(room), amelie.new_device().sync(),
                  amelie.get("/v3/rooms/{}/context/{}", room, sent).ok()):
        assert "secret à effacer" not in str(place)


def test_moderator_redacts(amelie, basile, room):
    """Moderators redact what others said; the others do not."""
    mine, his = amelie.send(room, "a"), basile.send(room, "b")
    basile.put("/v3/rooms/{}/redact/{}/1", room, mine).error(403, "M_FORBIDDEN")
    amelie.redact(room, his)
    assert amelie.event(room, his)["content"] == {}


def test_redaction_of_another_rooms_event(amelie, basile, room):
    """A redaction does nothing outside its room (C4)."""
    mine = basile.public_room()
    said = amelie.send(room, "bonjour")
    answer = basile.put("/v3/rooms/{}/redact/{}/1", mine, said)
    assert answer.status in (200, 400, 403, 404)
    assert amelie.event(room, said)["content"]["body"] == "bonjour"
    basile.put("/v3/rooms/{}/redact/$nothing/2", room)
    assert amelie.messages(room)["chunk"]


def test_redacted_state(amelie, room):
    """Redacted state keeps what the rules need."""
    event = amelie.set_state(room, "m.room.topic", {"topic": "sujet"})
    amelie.redact(room, event)
    assert amelie.state(room, "m.room.topic").ok() == {}


def test_redaction_by_send(amelie, room):
    """Where rooms have `redacts` in the content, a redaction can be sent like any event."""
    said = amelie.send(room, "bonjour")
    answer = amelie.try_send(room, {"redacts": said}, "m.room.redaction")
    assert answer.status == 200, answer
    assert amelie.event(room, said)["content"] == {}


# -- reporting -------------------------------------------------------------


def test_report(amelie, basile, chloe, room):
    """Events, rooms and people are reported by those who can see them."""
    said = amelie.send(room, "bonjour")
    basile.post("/v3/rooms/{}/report/{}", room, said, body={"reason": "spam", "score": -50}).ok()
    basile.post("/v3/rooms/{}/report", room, body={"reason": "spam"}).ok()
    basile.post("/v3/users/{}/report", amelie.user_id, body={"reason": "spam"}).ok()
    basile.post("/v3/rooms/{}/report/$nothing", room, body={}).error(404)
    chloe.post("/v3/rooms/{}/report/{}", room, said, body={}).error(404)
    basile.post("/v3/rooms/{}/report/{}", room, said, body={"score": "x"}).error(400)
    basile.post("/v3/rooms/{}/report/{}", room, said, body={"reason": 5}).error(400)
