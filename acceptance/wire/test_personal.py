"""What belongs to a person: profile, account data, tags, push rules, the directory of people."""

import secrets

import pytest
from harness.client import joined

ours = pytest.mark.ours


# -- profiles --------------------------------------------------------------


def test_profile(client, amelie, basile):
    """A profile is one's own to change and everyone's to read."""
    amelie.put("/v3/profile/{}/displayname", amelie.user_id, body={"displayname": "Amélie"}).ok()
    amelie.put("/v3/profile/{}/avatar_url", amelie.user_id, body={
        "avatar_url": f"mxc://{amelie.server_name}/abc"}).ok()
    profile = basile.get("/v3/profile/{}", amelie.user_id).ok()
    assert profile == {"displayname": "Amélie", "avatar_url": f"mxc://{amelie.server_name}/abc"}
    assert basile.get("/v3/profile/{}/displayname", amelie.user_id).ok() == {"displayname": "Amélie"}
    basile.put("/v3/profile/{}/displayname", amelie.user_id, body={"displayname": "x"}).error(
        {400, 403}, "M_FORBIDDEN")
    basile.get("/v3/profile/{}", "@nobody:" + amelie.server_name).error(404)


def test_custom_fields(amelie, basile):
    """A profile takes fields of any name with any value, and gives them up again."""
    value = {"deep": [1, None, "é"]}
    path = "/v3/profile/{}/org.example.field"
    amelie.put(path, amelie.user_id, body={"org.example.field": value}).ok()
    assert basile.get(path, amelie.user_id).ok() == {"org.example.field": value}
    amelie.put("/v3/profile/{}/m.tz", amelie.user_id, body={"m.tz": "Europe/Paris"}).ok()
    assert basile.get("/v3/profile/{}", amelie.user_id).ok()["m.tz"] == "Europe/Paris"
    amelie.delete(path, amelie.user_id).ok()
    basile.get(path, amelie.user_id).error(404, "M_NOT_FOUND")
    basile.delete("/v3/profile/{}/m.tz", amelie.user_id).error({400, 403}, "M_FORBIDDEN")


@pytest.mark.parametrize("field, body, code", [
    ("org.example.x", {"org.example.y": 1}, {"M_MISSING_PARAM", "M_BAD_JSON"}),
    ("x" * 256, {"x" * 256: 1}, "M_KEY_TOO_LARGE"),
    ("org.example.x", {"org.example.x": "a" * 70_000}, "M_PROFILE_TOO_LARGE"),
    pytest.param("displayname", {"displayname": 5}, {"M_BAD_JSON", "M_INVALID_PARAM"}, marks=ours),
    ("avatar_url", {"avatar_url": {}}, None),
])
def test_bad_field(amelie, field, body, code):
    """A field that is too long, too large or of the wrong type is refused."""
    amelie.put("/v3/profile/{}/{}", amelie.user_id, field, body=body).error({400, 413}, code)


def test_long_display_name(amelie):
    """A display name has a limit."""
    answer = amelie.put("/v3/profile/{}/displayname", amelie.user_id, body={
        "displayname": "a" * 100_000})
    assert answer.status in (400, 413), answer


# -- account data and tags ---------------------------------------------------


def test_account_data(amelie, basile):
    """Account data comes back as it was and reaches the other devices."""
    other = amelie.new_device()
    other.catch_up()
    path, content = "/v3/user/{}/account_data/org.example.x", {"a": [1, 0.25, "é", None]}
    amelie.put(path, amelie.user_id, body=content).ok()
    assert amelie.get(path, amelie.user_id).ok() == content
    events = other.follow(lambda a: a.get("account_data", {}).get("events"))
    assert {"type": "org.example.x", "content": content} in events
    amelie.get("/v3/user/{}/account_data/org.none", amelie.user_id).error(404, "M_NOT_FOUND")
    basile.get(path, amelie.user_id).error(403, "M_FORBIDDEN")
    basile.put(path, amelie.user_id, body={}).error(403, "M_FORBIDDEN")


def test_room_account_data(amelie):
    """Account data of a room stays with the room."""
    room = amelie.public_room()
    path = "/v3/user/{}/rooms/{}/account_data/org.example.x"
    amelie.catch_up()
    amelie.put(path, amelie.user_id, room, body={"a": 1}).ok()
    assert amelie.get(path, amelie.user_id, room).ok() == {"a": 1}
    events = amelie.follow(lambda a: joined(a, room).get("account_data", {}).get("events"))
    assert {"type": "org.example.x", "content": {"a": 1}} in events
    amelie.put(path, amelie.user_id, "nonsense", body={}).error(400)


@pytest.mark.parametrize("type", ["m.fully_read", "m.push_rules"])
def test_account_data_of_the_server(amelie, type):
    """What the server keeps itself is not written by this door."""
    room = amelie.public_room()
    answer = amelie.put("/v3/user/{}/rooms/{}/account_data/{}", amelie.user_id, room, type, body={})
    if type == "m.fully_read":
        answer.error(405)
    amelie.put("/v3/user/{}/account_data/{}", amelie.user_id, type, body={}).error({400, 405})


@pytest.mark.parametrize("raw", [b"[]", b'"x"', b"5", b"null", b"{", b""])
def test_bad_account_data(amelie, raw):
    """Account data is an object."""
    amelie.put("/v3/user/{}/account_data/org.x", amelie.user_id, raw=raw).error(400)


def test_tags(amelie, basile):
    """Tags are kept with the order they were given, byte for byte."""
    room = amelie.public_room()
    amelie.catch_up()
    path = "/v3/user/{}/rooms/{}/tags/{}"
    amelie.put(path, amelie.user_id, room, "m.favourite",
               raw=b'{"order":0.25,"x":{"b":1,"a":2}}').ok()
    answer = amelie.get("/v3/user/{}/rooms/{}/tags", amelie.user_id, room)
    assert b"0.25" in answer.body
    assert answer.ok() == {"tags": {"m.favourite": {"order": 0.25, "x": {"b": 1, "a": 2}}}}
    assert amelie.follow(lambda a: [
        e for e in joined(a, room).get("account_data", {}).get("events", []) if e["type"] == "m.tag"])
    amelie.delete(path, amelie.user_id, room, "m.favourite").ok()
    assert amelie.get("/v3/user/{}/rooms/{}/tags", amelie.user_id, room).ok() == {"tags": {}}
    basile.put(path, amelie.user_id, room, "m.favourite", body={}).error(403)


def test_marked_unread(amelie):
    """A room can be marked as unread."""
    room = amelie.public_room()
    amelie.put("/v3/user/{}/rooms/{}/account_data/m.marked_unread", amelie.user_id, room, body={
        "unread": True}).ok()
    assert amelie.get("/v3/user/{}/rooms/{}/account_data/m.marked_unread", amelie.user_id,
                      room).ok() == {"unread": True}


# -- push rules --------------------------------------------------------------


def test_default_rules(amelie):
    """The predefined rules are there, in their order."""
    rules = amelie.get("/v3/pushrules/").ok()["global"]
    assert [r["rule_id"] for r in rules["override"]][0] == ".m.rule.master"
    assert {".m.rule.suppress_notices", ".m.rule.invite_for_me", ".m.rule.is_user_mention",
            ".m.rule.is_room_mention", ".m.rule.reaction"} <= {r["rule_id"] for r in rules["override"]}
    assert [r["rule_id"] for r in rules["underride"]][-2:] == [
        ".m.rule.message", ".m.rule.encrypted"] or len(rules["underride"]) >= 5
    assert all(r["default"] is True for kind in rules.values() for r in kind)


def test_rules(amelie):
    """Rules are added before, after, changed, disabled and removed."""
    path = "/v3/pushrules/global/content/{}"
    amelie.put(path, "b", body={"pattern": "gâteau", "actions": ["notify"]}).ok()
    amelie.put(path, "a", body={"pattern": "thé", "actions": []}, query={"before": "b"}).ok()
    amelie.put(path, "c", body={"pattern": "café", "actions": []}, query={"after": "b"}).ok()

    def order():
        rules = amelie.get("/v3/pushrules/global/").ok()["content"]
        return [r["rule_id"] for r in rules if not r["rule_id"].startswith(".")]
    assert order() == ["a", "b", "c"]
    rule = amelie.get(path, "b").ok()
    assert rule["pattern"] == "gâteau" and rule["enabled"] is True and rule["default"] is False
    amelie.put(path + "/enabled", "b", body={"enabled": False}).ok()
    assert amelie.get(path + "/enabled", "b").ok() == {"enabled": False}
    actions = ["notify", {"set_tweak": "sound", "value": "default"}]
    amelie.put(path + "/actions", "b", body={"actions": actions}).ok()
    assert amelie.get(path + "/actions", "b").ok() == {"actions": actions}
    amelie.delete(path, "b").ok()
    amelie.get(path, "b").error(404, "M_NOT_FOUND")
    amelie.delete(path, "b").error(404, "M_NOT_FOUND")
    amelie.put("/v3/pushrules/global/override/.m.rule.master/enabled", body={"enabled": True}).ok()
    assert amelie.get("/v3/pushrules/global/override/.m.rule.master").ok()["enabled"] is True


@pytest.mark.parametrize("kind, id, body", [
    ("content", "x", {"actions": ["notify"]}), 
    pytest.param("content", "x", {"pattern": 5, "actions": []}, marks=ours),
    ("content", "x", {"pattern": "a", "actions": "x"}), ("nonsense", "x", {"actions": []}),
    pytest.param("content", "x", {"pattern": "a", "actions": [{"set_tweak": 5}]}, marks=ours),
    ("override", "x", {"conditions": "x", "actions": []}), ("content", ".x", {"pattern": "a", "actions": []}),
    ("content", "a/b", {"pattern": "a", "actions": []}), ("content", "x", {"pattern": "a"}),
    pytest.param("override", "x", {"conditions": [5], "actions": []}, marks=ours),
    ("override", ".m.rule.master", {"conditions": [], "actions": []}),
])
def test_bad_rule(amelie, kind, id, body):
    """A rule that is none is refused."""
    answer = amelie.put("/v3/pushrules/global/{}/{}", kind, id, body=body)
    assert answer.status in (400, 404), answer


def test_rule_after_nothing(amelie):
    """A place after a rule that does not exist is none."""
    amelie.put("/v3/pushrules/global/content/x", body={"pattern": "a", "actions": []},
               query={"after": "nothing"}).error({400, 404})


def test_rule_changes_wake(amelie):
    """A changed rule reaches the other devices."""
    other = amelie.new_device()
    other.catch_up()
    amelie.put("/v3/pushrules/global/content/x", body={"pattern": "a", "actions": []}).ok()
    assert other.follow(lambda a: [e for e in a.get("account_data", {}).get("events", [])
                                   if e["type"] == "m.push_rules"])


# -- the directory of people ---------------------------------------------------


def test_people(amelie, basile, chloe):
    """People are found by their names by those who share a room or who see them in public ones."""
    word = "Zénobie" + secrets.token_hex(3)
    basile.put("/v3/profile/{}/displayname", basile.user_id, body={"displayname": word}).ok()
    basile.join(amelie.public_room())

    def found(term):
        return [r["user_id"] for r in amelie.post("/v3/user_directory/search", body={
            "search_term": term, "limit": 5}).ok()["results"]]
    amelie.follow(lambda _: found(word) == [basile.user_id])
    assert found(word.lower()) == [basile.user_id] and found(word[:9]) == [basile.user_id]
    assert found("Nobody" + word) == []


@pytest.mark.parametrize("body", [
    {}, pytest.param({"search_term": 5}, marks=ours),
    pytest.param({"search_term": "a", "limit": "x"}, marks=ours),
    pytest.param({"search_term": "a", "limit": -1}, marks=ours)])
def test_bad_people_search(amelie, body):
    """A search without words is refused."""
    amelie.post("/v3/user_directory/search", body=body).error(400)


# -- search ------------------------------------------------------------------


def search(user, term, **criteria):
    return user.post("/v3/search", body={"search_categories": {"room_events": {
        "search_term": term, **criteria}}}).ok()["search_categories"]["room_events"]


def test_search(amelie, basile, chloe):
    """Messages are found by their words in the rooms one may read, redacted ones nowhere."""
    word, room = "motrare" + secrets.token_hex(4), amelie.public_room()
    hidden = chloe.public_room()
    basile.join(room)
    ids = [basile.send(room, f"{word} numéro {i}") for i in range(4)]
    chloe.send(hidden, f"{word} ailleurs")
    amelie.follow(lambda _: search(amelie, word).get("count") == 4)
    basile.redact(room, ids[1])
    amelie.follow(lambda _: len(search(amelie, word)["results"]) == 3)
    results = search(amelie, word, order_by="recent")["results"]
    assert [r["result"]["event_id"] for r in results] == [ids[3], ids[2], ids[0]]
    assert search(amelie, word, filter={"senders": [amelie.user_id]}).get("results", []) == []
    context = search(amelie, word, order_by="recent", event_context={
        "before_limit": 1, "after_limit": 1})["results"][0]["context"]
    assert [e["event_id"] for e in context["events_before"]] == [ids[2]]
    assert search(basile, word + "absent").get("count") == 0


def test_search_pages(amelie):
    """Results come in pages."""
    word, room = "motrare" + secrets.token_hex(4), amelie.public_room()
    ids = [amelie.send(room, f"{word} {i}") for i in range(5)]
    amelie.follow(lambda _: search(amelie, word).get("count") == 5)
    found, token = [], None
    while True:
        body = amelie.post("/v3/search", query={"next_batch": token} if token else {}, body={
            "search_categories": {"room_events": {
                "search_term": word, "order_by": "recent", "filter": {"limit": 2}}}}).ok()
        page = body["search_categories"]["room_events"]
        found += [r["result"]["event_id"] for r in page["results"]]
        token = page.get("next_batch")
        if not token or not page["results"]:
            break
    assert found == ids[::-1]


@ours
@pytest.mark.parametrize("said, asked", [
    ("les élections européennes", "elections"), ("Élections", "élection"), ("cœur", "coeur"),
    ("l'hôpital", "hopital"), ("les journaux", "journal"), ("UN TITRE", "titre"),
])
def test_french_search(amelie, said, asked):
    """Accents, capitals and plurals do not hide a French word."""
    room = amelie.public_room()
    sent = amelie.send(room, said)
    filter = {"rooms": [room]}
    amelie.follow(lambda _: [r["result"]["event_id"] for r in search(
        amelie, asked, filter=filter).get("results", [])] == [sent])


@pytest.mark.parametrize("body", [
    {}, pytest.param({"search_categories": "x"}, marks=ours),
    pytest.param({"search_categories": {"room_events": {"search_term": 5}}}, marks=ours),
    {"search_categories": {"room_events": {}}},
    {"search_categories": {"room_events": {"search_term": "a", "order_by": "nonsense"}}},
])
def test_bad_search(amelie, body):
    """A search without words is refused."""
    amelie.post("/v3/search", body=body).error(400)


@pytest.mark.parametrize("term", [
    "\"", "'", "*", "(", "%", "\\", "a:b", "^a", "été*", pytest.param("a OR", marks=ours),
    pytest.param("a AND NOT", marks=ours), pytest.param("NEAR(", marks=ours),
    pytest.param("-x", marks=ours)])
def test_search_syntax_is_text(amelie, term):
    """What the database would read as an operator is only text."""
    room = amelie.public_room()
    amelie.send(room, "bonjour")
    assert amelie.post("/v3/search", body={"search_categories": {"room_events": {
        "search_term": term, "filter": {"rooms": [room]}}}}).status in (200, 400)
