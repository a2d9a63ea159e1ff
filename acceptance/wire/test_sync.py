"""/sync: what has changed, to whom, once, and woken in time."""

import threading
import time

import pytest
from harness.client import bodies, ephemeral, joined, state_events, timeline

ours = pytest.mark.ours
MEMBER = "m.room.member"


@pytest.fixture
def room(amelie, basile):
    """A room with both of them; both have synced."""
    room = amelie.public_room()
    basile.join(room)
    amelie.catch_up()
    basile.catch_up()
    return room


# -- what comes, and when ---------------------------------------------------


def test_first_sync(amelie, room):
    """The first sync has the joined rooms with their state and the newest events."""
    amelie.send(room, "bonjour")
    part = amelie.new_device().sync()["rooms"]["join"][room]
    events = part["state"]["events"] + part["timeline"]["events"]
    types = [e["type"] for e in events]
    assert types.count("m.room.create") == 1 and types.count(MEMBER) == 2
    assert bodies(part["timeline"]["events"]) == ["bonjour"]


def test_nothing_new(amelie, room):
    """With nothing new the answer is empty, after the time asked for."""
    while amelie.catch_up()["next_batch"] != amelie.catch_up()["next_batch"]:
        pass  # What the fixture did may still be on its way.
    start = time.monotonic()
    # Whose presence the fixture brought may still be told.
    answer = amelie.sync(amelie.since, timeout=300, filter={"presence": {"types": []}})
    assert 0.25 <= time.monotonic() - start < 5
    assert not answer.get("rooms", {}).get("join")
    again = amelie.sync(answer["next_batch"])
    assert not again.get("rooms", {}).get("join")


def test_wakes_at_once(amelie, basile, room):
    """A waiting sync answers as soon as there is something."""
    got = {}

    def wait():
        got["bodies"] = amelie.follow(lambda a: bodies(timeline(a, room)))
        got["at"] = time.monotonic()
    thread = threading.Thread(target=wait)
    thread.start()
    # Whether the sync is waiting already does not matter: it must not wait out its time.
    basile.send(room, "bonjour")
    said = time.monotonic()
    thread.join(20)
    assert got["bodies"] == ["bonjour"]
    assert got["at"] - said < 3


def test_each_event_once_and_in_order(amelie, basile, room):
    """Over many syncs, each event comes once and in its sender's order."""
    sent, seen = [], []
    done = threading.Event()

    def talk():
        for i in range(40):
            sent.append(basile.send(room, f"{i}"))
        done.set()
    thread = threading.Thread(target=talk)
    thread.start()

    def gather(answer):
        part = joined(answer, room)
        assert not part.get("timeline", {}).get("limited")
        seen.extend(e["event_id"] for e in timeline(answer, room))
        return done.is_set() and len(seen) >= 40
    amelie.follow(gather, filter={"room": {"timeline": {"limit": 100}}})
    thread.join()
    assert seen == sent


def test_token_twice(amelie, basile, room):
    """The same token gives the same again: a lost answer loses nothing."""
    basile.send(room, "bonjour")
    first, second = amelie.sync(amelie.since), amelie.sync(amelie.since)
    assert bodies(timeline(first, room)) == bodies(timeline(second, room)) == ["bonjour"]


@pytest.mark.parametrize("since", ["nonsense", "s", "-1", "9" * 30, "{}", "%00", "s1_2_3_4"])
@ours
def test_bad_token(amelie, since):
    """A token that is none is refused; the client then begins anew."""
    amelie.get("/v3/sync", query={"since": since}).error(400)


@pytest.mark.parametrize("query", [
    {"timeout": "x"}, {"filter": "{"}, {"filter": "nonsense"}, {"full_state": "x"},
    pytest.param({"timeout": "-5"}, marks=ours), {"filter": '{"room":5}'},
    {"filter": '{"room":{"timeline":{"limit":"x"}}}'}, {"set_presence": "nonsense"},
    {"filter": '{"room":{"rooms":"x"}}'}, {"filter": '{"event_fields":"x"}'},
])
def test_bad_sync(amelie, query):
    """A wrong question is refused."""
    amelie.get("/v3/sync", query=query).error(400)


def test_new_room(amelie, basile, room):
    """A room joined since comes whole."""
    other = basile.public_room(name="Nouveau")
    basile.send(other, "avant")
    amelie.join(other)
    part = amelie.follow(lambda a: joined(a, other))
    events = part["state"]["events"] + part["timeline"]["events"]
    assert {"m.room.create", "m.room.name", MEMBER} <= {e["type"] for e in events}
    assert bodies(part["timeline"]["events"]) == ["avant"]


def test_leave_and_return(amelie, basile, room):
    """Left rooms come once under `leave`; joining again brings them back whole."""
    basile.leave(room)
    left = basile.follow(lambda a: a["rooms"].get("leave", {}).get(room))
    assert left["timeline"]["events"][-1]["content"]["membership"] == "leave"
    hidden = amelie.send(room, "sans lui")
    assert hidden not in str(basile.sync(basile.since))
    basile.join(room)
    part = basile.follow(lambda a: joined(a, room))
    assert hidden in [e["event_id"] for e in part["timeline"]["events"]] or part["timeline"]["limited"]


def test_join_leave_join_between_syncs(amelie, basile):
    """What happens between two syncs adds up: joined, left and joined is joined."""
    room = amelie.public_room()
    basile.catch_up()
    basile.join(room)
    basile.leave(room)
    basile.join(room)
    answer = basile.catch_up()
    assert joined(answer, room) and room not in answer["rooms"].get("leave", {})
    basile.leave(room)
    basile.join(room)
    basile.leave(room)
    answer = basile.catch_up()
    assert room in answer["rooms"]["leave"] and not joined(answer, room)


def test_kicked(amelie, basile, room):
    """Who is kicked is told so, and by whom."""
    amelie.post("/v3/rooms/{}/kick", room, body={"user_id": basile.user_id, "reason": "non"}).ok()
    left = basile.follow(lambda a: a["rooms"].get("leave", {}).get(room))
    event = left["timeline"]["events"][-1]
    assert event["sender"] == amelie.user_id and event["content"]["reason"] == "non"


# -- gaps, state, filters ---------------------------------------------------


def test_gap(amelie, basile, room):
    """A gap brings the state that changed inside it, and a token to fill it."""
    amelie.set_state(room, "m.room.topic", {"topic": "changé"})
    for i in range(8):
        basile.send(room, f"{i}")
    answer = amelie.sync(amelie.since, filter={"room": {"timeline": {"limit": 3}}})
    part = joined(answer, room)
    assert part["timeline"]["limited"] is True
    assert bodies(part["timeline"]["events"]) == ["5", "6", "7"]
    assert [e["content"] for e in part["state"]["events"] if e["type"] == "m.room.topic"] == [
        {"topic": "changé"}]
    missed = amelie.messages(room, **{"from": part["timeline"]["prev_batch"]}, limit=6)["chunk"]
    assert bodies(missed) == ["4", "3", "2", "1", "0"] and missed[-1]["type"] == "m.room.topic"


def test_state_before_the_timeline(amelie, room):
    """`state` is as of the start of the timeline, so the timeline's changes are not in it."""
    amelie.set_state(room, "m.room.topic", {"topic": "un"})
    amelie.set_state(room, "m.room.topic", {"topic": "deux"})
    part = joined(amelie.sync(amelie.since), room)
    assert [e["content"]["topic"] for e in part["timeline"]["events"]] == ["un", "deux"]
    assert part.get("state", {}).get("events", []) == []


@ours
def test_state_after(amelie, basile, room):
    """`state_after` is as of the end of the timeline."""
    amelie.set_state(room, "m.room.topic", {"topic": "un"})
    basile.send(room, "bonjour")
    answer = amelie.sync(amelie.since, use_state_after="true")
    part = joined(answer, room)
    assert "state" not in part
    assert [e["content"] for e in part["state_after"]["events"]] == [{"topic": "un"}]


def test_full_state(amelie, room):
    """`full_state` brings the state of every room, changed or not."""
    answer = amelie.sync(amelie.since, full_state="true")
    types = {e["type"] for e in state_events(answer, room) + timeline(answer, room)}
    assert {"m.room.create", "m.room.power_levels", MEMBER} <= types


def test_lazy_members(amelie, basile, chloe, room):
    """With lazy members only the senders' member events come, and each once to a device."""
    amelie.set_state(room, "m.room.name", {"name": "Sans héros"})
    chloe.join(room)
    basile.send(room, "un")
    filter = {"room": {"state": {"lazy_load_members": True}, "timeline": {"limit": 1}}}
    device = amelie.new_device()
    answer = device.sync(filter=filter)
    members = {e["state_key"] for e in state_events(answer, room) if e["type"] == MEMBER}
    assert basile.user_id in members and chloe.user_id not in members
    basile.send(room, "deux")
    later = device.sync(answer["next_batch"], filter=filter)
    assert [e for e in state_events(later, room) if e["type"] == MEMBER] == []
    chloe.send(room, "trois")
    last = device.sync(later["next_batch"], filter=filter)
    assert [e["state_key"] for e in state_events(last, room) if e["type"] == MEMBER] == [chloe.user_id]


def test_summary(amelie, basile, chloe):
    """A room without a name is told by its heroes and its numbers of members."""
    room = amelie.create_room(invite=[basile.user_id, chloe.user_id])
    basile.join(room)
    filter = {"room": {"state": {"lazy_load_members": True}}}
    summary = joined(amelie.new_device().sync(filter=filter), room)["summary"]
    assert set(summary["m.heroes"]) == {basile.user_id, chloe.user_id}
    assert summary["m.joined_member_count"] == 2 and summary["m.invited_member_count"] == 1


@pytest.mark.parametrize("filter, seen", [
    ({"types": ["m.room.message"]}, ["message"]), ({"not_types": ["m.room.message"]}, ["topic", "x"]),
    ({"types": ["m.room.*"]}, ["topic", "message"]), ({"types": ["*"], "limit": 1}, ["x"]),
    ({"types": []}, []), ({"senders": ["OTHER"]}, ["message"]), ({"not_senders": ["OTHER"]}, ["topic", "x"]),
    ({"senders": []}, []), ({"not_rooms": ["ROOM"]}, []), ({"rooms": ["ROOM"]}, ["topic", "message", "x"]),
    ({"types": ["m.room.message"], "not_types": ["m.room.message"]}, []),
])
def test_timeline_filter(amelie, basile, room, filter, seen):
    """The timeline is filtered by type, sender and room."""
    names = {amelie.set_state(room, "m.room.topic", {"topic": "t"}): "topic",
             basile.send(room, "m"): "message", amelie.send(room, {}, type="org.x"): "x"}
    fill = {"OTHER": basile.user_id, "ROOM": room}
    filter = {k: [fill.get(x, x) for x in v] if isinstance(v, list) else v for k, v in filter.items()}
    answer = amelie.sync(amelie.since, filter={"room": {"timeline": filter}})
    assert [names[e["event_id"]] for e in timeline(answer, room)] == seen


def test_stored_filter(amelie, basile, room):
    """A filter is stored, read back and used by its ID."""
    wanted = {"room": {"timeline": {"types": ["m.room.message"], "limit": 3}}}
    stored = amelie.post("/v3/user/{}/filter", amelie.user_id, body=wanted).ok()["filter_id"]
    assert not stored.startswith("{")
    assert amelie.get("/v3/user/{}/filter/{}", amelie.user_id, stored).ok() == wanted
    amelie.set_state(room, "m.room.topic", {"topic": "t"})
    basile.send(room, "bonjour")
    assert [e["type"] for e in timeline(amelie.sync(amelie.since, filter=stored), room)] == [
        "m.room.message"]
    basile.get("/v3/user/{}/filter/{}", amelie.user_id, stored).error(403)
    basile.post("/v3/user/{}/filter", amelie.user_id, body={}).error(403)
    amelie.get("/v3/user/{}/filter/nothing", amelie.user_id).error({400, 404})
    amelie.post("/v3/user/{}/filter", amelie.user_id, body={"room": {"rooms": "x"}}).error(400)


def test_event_fields(amelie, room):
    """`event_fields` leaves only what was asked for."""
    amelie.send(room, "bonjour")
    answer = amelie.sync(amelie.since, filter={"event_fields": ["content.body"]})
    assert timeline(answer, room)[0]["content"] == {"body": "bonjour"}
    assert "sender" not in timeline(answer, room)[0]


def test_include_leave(amelie, basile, room):
    """Left rooms come in a first sync only when asked for."""
    basile.leave(room)
    assert room not in str(basile.new_device().sync())
    answer = basile.new_device().sync(filter={"room": {"include_leave": True}})
    assert room in answer["rooms"]["leave"]


# -- ephemeral --------------------------------------------------------------


def test_typing(amelie, basile, chloe, room):
    """Who types is shown to the others in that room, and to nobody elsewhere."""
    other = amelie.public_room()
    chloe.join(other)
    chloe.catch_up()
    basile.put("/v3/rooms/{}/typing/{}", room, basile.user_id, body={
        "typing": True, "timeout": 20_000}).ok()
    amelie.follow(lambda a: ephemeral(a, room, "m.typing") == [{"user_ids": [basile.user_id]}])
    basile.put("/v3/rooms/{}/typing/{}", room, basile.user_id, body={"typing": False}).ok()
    amelie.follow(lambda a: ephemeral(a, room, "m.typing") == [{"user_ids": []}])
    assert "m.typing" not in str(chloe.sync(chloe.since))
    basile.put("/v3/rooms/{}/typing/{}", room, amelie.user_id, body={"typing": True}).error(
        {400, 403}, "M_FORBIDDEN")
    chloe.put("/v3/rooms/{}/typing/{}", room, chloe.user_id, body={"typing": True}).error(
        403, "M_FORBIDDEN")


def test_typing_ends_by_itself(amelie, basile, room):
    """Typing ends when its time is over."""
    basile.put("/v3/rooms/{}/typing/{}", room, basile.user_id, body={
        "typing": True, "timeout": 1}).ok()
    amelie.follow(lambda a: ephemeral(a, room, "m.typing") == [{"user_ids": []}])


def test_receipts(amelie, basile, chloe, room):
    """A receipt is seen by all, a private one by oneself."""
    said = amelie.send(room, "bonjour")
    basile.catch_up()
    basile.post("/v3/rooms/{}/receipt/m.read/{}", room, said).ok()
    content = amelie.follow(lambda a: ephemeral(a, room, "m.receipt"))[0]
    assert basile.user_id in content[said]["m.read"]
    assert content[said]["m.read"][basile.user_id]["ts"] > 0
    later = amelie.send(room, "encore")
    amelie.catch_up()
    basile.post("/v3/rooms/{}/receipt/m.read.private/{}", room, later).ok()
    assert basile.follow(lambda a: any(
        basile.user_id in c.get(later, {}).get("m.read.private", {})
        for c in ephemeral(a, room, "m.receipt")))
    amelie.send(room, "fin")
    assert "m.read.private" not in str(amelie.catch_up())
    chloe.post("/v3/rooms/{}/receipt/m.read/{}", room, said).error(403)
    basile.post("/v3/rooms/{}/receipt/nonsense/{}", room, said).error(400)


def test_receipts_in_threads(amelie, basile, room):
    """Receipts carry their thread."""
    root = amelie.send(room, "sujet")
    inside = amelie.send(room, {"msgtype": "m.text", "body": "x", "m.relates_to": {
        "rel_type": "m.thread", "event_id": root}})
    amelie.catch_up()
    basile.post("/v3/rooms/{}/receipt/m.read/{}", room, inside, body={"thread_id": root}).ok()
    content = amelie.follow(lambda a: ephemeral(a, room, "m.receipt"))[0]
    assert content[inside]["m.read"][basile.user_id]["thread_id"] == root
    basile.post("/v3/rooms/{}/receipt/m.read/{}", room, inside, body={"thread_id": 5}).error(400)
    basile.post("/v3/rooms/{}/receipt/m.read/{}", room, inside, body={"thread_id": ""}).error(400)
    basile.post("/v3/rooms/{}/receipt/m.fully_read/{}", room, inside, body={
        "thread_id": root}).error(400)


def test_read_markers(amelie, basile, room):
    """Read markers set the fully-read place and the receipt together."""
    said = basile.send(room, "bonjour")
    amelie.post("/v3/rooms/{}/read_markers", room, body={
        "m.fully_read": said, "m.read": said}).ok()
    answer = amelie.follow(lambda a: joined(a, room).get("account_data"))
    marker = [e for e in answer["events"] if e["type"] == "m.fully_read"]
    assert marker[0]["content"]["event_id"] == said


def test_presence(amelie, basile, room):
    """Presence is accepted, and shown to those who share a room where it is on."""
    amelie.put("/v3/presence/{}/status", amelie.user_id, body={
        "presence": "online", "status_msg": "au bureau"}).ok()
    status = basile.get("/v3/presence/{}/status", amelie.user_id)
    assert status.status in (200, 403, 404), status
    basile.put("/v3/presence/{}/status", amelie.user_id, body={"presence": "online"}).error(403)
    amelie.put("/v3/presence/{}/status", amelie.user_id, body={"presence": "nonsense"}).error(400)


# -- counts -----------------------------------------------------------------


def counts(user, room):
    return joined(user.new_device().sync(), room).get("unread_notifications", {})


def test_counts(amelie, basile, room):
    """Unread messages are counted until read; one's own are not."""
    for i in range(3):
        last = basile.send(room, f"{i}")
    amelie.follow(lambda _: counts(amelie, room).get("notification_count") == 3)
    assert counts(amelie, room)["highlight_count"] == 0
    assert counts(basile, room).get("notification_count", 0) == 0
    amelie.post("/v3/rooms/{}/receipt/m.read/{}", room, last).ok()
    amelie.follow(lambda _: counts(amelie, room).get("notification_count", 0) == 0)
    amelie.send(room, "moi-même")
    assert counts(amelie, room).get("notification_count", 0) == 0


def test_highlights(amelie, basile, room):
    """A mention is highlighted."""
    basile.send(room, {"msgtype": "m.text", "body": "hé", "m.mentions": {
        "user_ids": [amelie.user_id]}})
    amelie.follow(lambda _: counts(amelie, room) == {
        "notification_count": 1, "highlight_count": 1})
    basile.send(room, {"msgtype": "m.text", "body": "hé", "m.mentions": {"user_ids": []}})
    amelie.follow(lambda _: counts(amelie, room) == {
        "notification_count": 2, "highlight_count": 1})


def test_room_mention(amelie, basile, room):
    """Only those who may notify a room highlight for all of it."""
    amelie.send(room, {"msgtype": "m.text", "body": "tous", "m.mentions": {"room": True}})
    basile.follow(lambda _: counts(basile, room).get("highlight_count") == 1)
    basile.send(room, {"msgtype": "m.text", "body": "tous", "m.mentions": {"room": True}})
    amelie.follow(lambda _: counts(amelie, room).get("notification_count") == 1)
    assert counts(amelie, room)["highlight_count"] == 0


def test_counts_of_threads(amelie, basile, room):
    """Where asked for, threads are counted apart."""
    root = amelie.send(room, "sujet")
    basile.send(room, {"msgtype": "m.text", "body": "x", "m.relates_to": {
        "rel_type": "m.thread", "event_id": root}})
    basile.send(room, "hors du fil")
    filter = {"room": {"timeline": {"unread_thread_notifications": True}}}

    def apart(_):
        part = joined(amelie.new_device().sync(filter=filter), room)
        return (part["unread_notifications"].get("notification_count") == 1
                and part.get("unread_thread_notifications", {}).get(root, {}).get(
                    "notification_count") == 1)
    amelie.follow(apart)
    assert counts(amelie, room)["notification_count"] == 2


def test_muted(amelie, basile, room):
    """A muted room counts nothing; an invitation does not add to it."""
    amelie.put("/v3/pushrules/global/room/{}", room, body={"actions": []}).ok()
    basile.send(room, "bonjour")
    basile.send(room, {"msgtype": "m.text", "body": "hé", "m.mentions": {
        "user_ids": [amelie.user_id]}})
    # The mention comes after the muted message, so both have been counted when it has.
    amelie.follow(lambda _: counts(amelie, room).get("highlight_count") == 1)
    assert counts(amelie, room)["notification_count"] == 1


# -- others -----------------------------------------------------------------


def test_ignored(amelie, basile, chloe, room):
    """What the ignored say is not shown, their invitations neither."""
    amelie.put("/v3/user/{}/account_data/m.ignored_user_list", amelie.user_id, body={
        "ignored_users": {basile.user_id: {}}}).ok()
    hidden = basile.send(room, "je parle seul")
    invited = basile.create_room(invite=[amelie.user_id])
    chloe.join(room)
    shown = chloe.send(room, "pas moi")
    amelie.sees(room, shown)
    device = amelie.new_device()
    answer = device.sync()
    assert hidden not in str(answer) and shown in str(answer)
    assert invited not in answer["rooms"].get("invite", {})


def test_other_rooms_are_left_out(amelie, basile, room):
    """Only rooms with news come."""
    quiet = amelie.public_room()
    amelie.catch_up()
    basile.send(room, "bonjour")
    answer = amelie.sync(amelie.since)
    assert joined(answer, room) and quiet not in str(answer)


def test_direct_rooms(amelie, basile):
    """Which rooms are direct messages is the account's own to keep."""
    room = amelie.create_room(preset="trusted_private_chat", is_direct=True, invite=[basile.user_id])
    content = {basile.user_id: [room]}
    amelie.put("/v3/user/{}/account_data/m.direct", amelie.user_id, body=content).ok()
    events = amelie.new_device().sync()["account_data"]["events"]
    assert {"type": "m.direct", "content": content} in events


def test_left_while_away(amelie, basile, room):
    """Who left while this device was away finds it out, with what was said until then."""
    device = basile.new_device()
    since = device.sync()["next_batch"]
    for i in range(30):
        amelie.send(room, f"{i}")
    basile.leave(room)
    amelie.send(room, "après")
    left = device.sync(since, filter={"room": {"timeline": {"limit": 5}}})["rooms"]["leave"][room]
    events = left["timeline"]["events"]
    assert events[-1]["type"] == MEMBER and events[-1]["state_key"] == basile.user_id
    assert bodies(events) == ["26", "27", "28", "29"][-len(bodies(events)):] and left["timeline"]["limited"]
    page = device.messages(room, **{"from": left["timeline"]["prev_batch"]}, limit=3)["chunk"]
    assert bodies(page) and "après" not in str(page)


def test_declined_invitation_in_full_sync(amelie, basile):
    """A declined invitation does not come back as a left room, nor as an invitation."""
    room = amelie.create_room(invite=[basile.user_id])
    basile.leave(room)
    rooms = basile.new_device().sync().get("rooms", {})
    assert room not in rooms.get("invite", {}) and room not in rooms.get("leave", {})


@pytest.mark.parametrize("presence", ["online", "offline", "unavailable"])
def test_set_presence(amelie, presence):
    """Each state of presence is accepted in a sync."""
    amelie.sync(set_presence=presence)


def test_two_devices_read_alike(amelie, basile, room):
    """What is read on one device is read on the other."""
    said = basile.send(room, "bonjour")
    other = amelie.new_device()
    amelie.follow(lambda _: counts(amelie, room).get("notification_count") == 1)
    other.post("/v3/rooms/{}/receipt/m.read.private/{}", room, said).ok()
    amelie.follow(lambda _: counts(amelie, room).get("notification_count", 0) == 0)
