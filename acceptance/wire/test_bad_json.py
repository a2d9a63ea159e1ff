"""JSON that is none, is too deep, too long, or says what no number is (D1 to D4, C1)."""

import pytest

ours = pytest.mark.ours

# Not JSON at all, or not in UTF-8. Known flaws: CVE-2020-26890, and every parser's.
NOT_JSON = {
    "empty": b"", "cut": b'{"body":', "bare": b"{body:1}", "single-quotes": b"{'body':'x'}",
    "comma": b'{"body":"x",}', "comment": b'{"body":"x"/**/}', "two": b'{"body":"x"}{"body":"y"}',
    "after": b'{"body":"x"} x', "NaN": b'{"body":"x","n":NaN}', "Infinity": b'{"n":Infinity}',
    "-Infinity": b'{"n":-Infinity}', "plus": b'{"n":+1}', "leading-zero": b'{"n":01}', "dot": b'{"n":1.}',
    "hex": b'{"n":0x10}', "exponent": b'{"n":1e}', "utf-16": '{"body":"x"}'.encode("utf-16"),
    "bad-utf-8": b'{"body":"\xff\xfe"}', "overlong": b'{"body":"\xc0\xaf"}',
    "surrogate-in-utf-8": b'{"body":"\xed\xa0\x80"}', "cut-utf-8": b'{"body":"\xe2\x98"}',
    "control": b'{"body":"a\x01b"}', "newline": b'{"body":"a\nb"}', "escape": b'{"body":"\\x41"}',
    "short-escape": b'{"body":"\\u12"}', "open-string": b'{"body":"x', "nul": b'\0{"body":"x"}',
    "array": b"[]", "string": b'"x"', "number": b"5", "null": b"null", "true": b"true",
}
# What the specification allows in JSON but not in an event (canonical JSON, since room version 6).
NOT_CANONICAL = {
    "2^53": b'{"n":9007199254740992}', "-2^53": b'{"n":-9007199254740992}', "2^63": b'{"n":9223372036854775808}',
    "2^64": b'{"n":18446744073709551616}', "1e400": b'{"n":1e400}', "1e2": b'{"n":1e2}', "1.1": b'{"n":1.1}',
    "1.0": b'{"n":1.0}', "-1e-400": b'{"n":-1e-400}', "long": b'{"n":' + b"9" * 4301 + b"}",
    "deep-in": b'{"a":[{"b":[1.5]}]}',
}
LENIENT_ELSEWHERE = {"NaN", "Infinity", "-Infinity", "surrogate-in-utf-8", "control", "newline", "utf-16",
                     "1.0", "1e2", "-1e-400", "nul", "1e400"}


def rows(table):
    return [pytest.param(v, id=k, marks=[ours] if k in LENIENT_ELSEWHERE else []) for k, v in table.items()]


@pytest.fixture
def room(amelie):
    return amelie.public_room()


@pytest.mark.parametrize("raw", rows(NOT_JSON))
def test_not_json(amelie, room, raw):
    """What is not a JSON object is refused, and nothing is sent."""
    amelie.put("/v3/rooms/{}/send/m.room.message/1", room, raw=raw).error(
        400, {"M_NOT_JSON", "M_BAD_JSON"})
    amelie.put("/v3/rooms/{}/state/org.example.x/", room, raw=raw).error(400)
    assert amelie.messages(room, limit=1)["chunk"][0]["type"] != "m.room.message"


@pytest.mark.parametrize("raw", rows(NOT_JSON))
def test_not_json_without_login(client, raw):
    """The endpoints that need no login refuse it too."""
    if raw:
        client.post("/v3/login", raw=raw).error(400, {"M_NOT_JSON", "M_BAD_JSON"})
        answer = client.post("/v3/register", raw=raw)
        assert answer.status in (400, 401, 403), answer


@pytest.mark.parametrize("raw", rows(NOT_CANONICAL))
def test_not_canonical(amelie, room, raw):
    """An event with a number that is no integer within ±(2^53−1) is refused."""
    amelie.put("/v3/rooms/{}/send/m.room.message/1", room, raw=raw).error(
        400, {"M_BAD_JSON", "M_NOT_JSON", "M_UNKNOWN"})
    amelie.put("/v3/rooms/{}/state/org.example.x/", room, raw=raw).error(400)


@ours
@pytest.mark.parametrize("raw", [
    b'{"a":1,"a":2}', b'{"a":{"b":1,"b":2}}', b'{"body":"\\ud800"}', b'{"body":"\\udc00\\ud800"}',
    b'{"\\ud800":1}'], ids=["duplicate", "deep-duplicate", "lone-high", "wrong-order", "in-key"])
def test_not_strict(amelie, room, raw):
    """Duplicate keys and lone surrogates are refused in an event."""
    amelie.put("/v3/rooms/{}/send/m.room.message/1", room, raw=raw).error(400, "M_BAD_JSON")


@pytest.mark.parametrize("raw, content", [
    (b'{"n":9007199254740991}', {"n": 9007199254740991}), (b'{"n":-9007199254740991}', {"n": -9007199254740991}),
    (b' {"a" : [ ] }\n', {"a": []}), (b'{"\\u0061":"\\u00e9\\ud834\\udd1e"}', {"a": "é𝄞"}),
    (b'{"a":"\\u0000\\u001f\\"\\\\\\/\\b\\f\\n\\r\\t"}', {"a": "\0\x1f\"\\/\b\f\n\r\t"}),
    (b'{"":"","\\u0000":1}', {"": "", "\0": 1}), (b'{"__proto__":{"a":1},"constructor":[]}', {
        "__proto__": {"a": 1}, "constructor": []}),
], ids=["max", "min", "spaces", "escapes", "all-escapes", "odd-keys", "js-keys"])
def test_good_json(amelie, basile, room, raw, content):
    """What is right is kept as it was said."""
    basile.join(room)
    answer = amelie.put("/v3/rooms/{}/send/org.example.x/1", room, raw=raw)
    if answer.status != 200 and b"\\u0000" in raw:
        answer.error(400)  # A server may refuse NUL, since some databases do.
        return
    assert basile.event(room, answer.ok()["event_id"])["content"] == content
    assert basile.sync()["rooms"]["join"][room]


def test_negative_zero(amelie, room):
    """Negative zero is refused, or is zero: it must not appear in what is signed."""
    answer = amelie.put("/v3/rooms/{}/send/org.example.x/1", room, raw=b'{"n":-0}')
    if answer.status == 200:
        body = amelie.get("/v3/rooms/{}/event/{}", room, answer.json["event_id"]).body
        assert b'"n":-0' not in body
    else:
        answer.error(400, "M_BAD_JSON")


@ours
@pytest.mark.parametrize("raw", [b'{"order":0.25}', b'{"order":1e-3}', b'{"order":0.10}', b'{"order":1,"x":1E5}'])
def test_plain_numbers_are_kept(amelie, room, raw):
    """Outside events any number is kept, byte for byte."""
    amelie.put("/v3/user/{}/rooms/{}/tags/u.x", amelie.user_id, room, raw=raw).ok()
    body = amelie.get("/v3/user/{}/rooms/{}/tags", amelie.user_id, room).body
    assert raw.split(b":", 1)[1].rstrip(b"}").split(b",")[0] in body
    amelie.put("/v3/user/{}/account_data/org.x", amelie.user_id, raw=raw).ok()
    assert amelie.get("/v3/user/{}/account_data/org.x", amelie.user_id).body == raw


def nested(depth, kind="["):
    if kind == "[":
        return b'{"a":' + b"[" * depth + b"]" * depth + b"}"
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize("kind", ["[", "{"])
@pytest.mark.parametrize("depth", [pytest.param(150, marks=ours), pytest.param(500, marks=ours), 5_000, 20_000])
def test_depth(amelie, client, room, depth, kind):
    """What is nested too deeply is refused, and the server goes on (D3)."""
    raw = nested(depth, kind)
    for path in ("send/m.room.message/1", "state/org.example.x/"):
        answer = amelie.put("/v3/rooms/{}/" + path, room, raw=raw)
        assert answer.status in (400, 413), answer
    assert amelie.put("/v3/user/{}/account_data/org.x", amelie.user_id, raw=raw).status in (400, 413)
    assert client.post("/v3/login", raw=raw).status in (400, 413)
    assert client.get("/_matrix/client/versions").status == 200


@ours
def test_allowed_depth(amelie, room):
    """Nesting that real clients could send is kept."""
    sent = amelie.put("/v3/rooms/{}/send/org.x/1", room, raw=nested(50)).ok()["event_id"]
    assert amelie.event(room, sent)["content"]["a"]


@ours
@pytest.mark.parametrize("depth", [1_000_000])
def test_extreme_depth(amelie, client, room, depth):
    """Not even a million brackets cost a stack."""
    answer = amelie.put("/v3/user/{}/account_data/org.x", amelie.user_id, raw=nested(depth, "["))
    assert answer.status in (400, 413), answer
    assert client.get("/_matrix/client/versions").status == 200


# -- sizes -----------------------------------------------------------------


@pytest.mark.parametrize("body", [70_000, 1_000_000])
def test_event_too_large(amelie, room, body):
    """An event of more than 65,536 bytes is refused, sent or set."""
    content = {"msgtype": "m.text", "body": "x" * body}
    amelie.try_send(room, content).error(413, "M_TOO_LARGE")
    amelie.try_set_state(room, "org.example.x", content).error(413, "M_TOO_LARGE")


def test_event_size_is_of_the_signed_event(amelie, room):
    """What counts is the event as it travels: 65,536 bytes are found to be the limit."""
    low, high = 60_000, 65_536
    while high - low > 1:
        middle = (low + high) // 2
        if amelie.try_send(room, {"a": "x" * middle}, "org.x").status == 200:
            low = middle
        else:
            high = middle
    assert 64_500 < low < 65_400


@pytest.mark.parametrize("count, status", [(1_000, 200), (100_000, 413)])
def test_many_keys(amelie, room, count, status):
    """Many keys are slow nowhere."""
    answer = amelie.try_send(room, {str(i): 1 for i in range(count)}, "org.x")
    assert answer.status == status, answer


@pytest.mark.parametrize("what", ["type", "state_key"])
@pytest.mark.parametrize("length, good", [
    (255, True), (256, False), pytest.param(9_000, False, marks=ours)])
def test_identifiers(amelie, room, what, length, good):
    """Types and state keys have at most 255 bytes."""
    text = "é" * (length // 2) + "x" * (length % 2)
    type, key = (text, "") if what == "type" else ("org.x", text)
    answer = amelie.try_set_state(room, type, {}, key)
    if good:
        answer.ok()
    else:
        assert answer.status in (400, 413, 414), answer


def test_transaction_id_length(amelie, room):
    """A transaction ID of a page is refused or kept, never a fault."""
    answer = amelie.try_send(room, {"body": "x"}, txn="t" * 5_000)
    assert answer.status in (200, 400, 413, 414), answer


# -- content of the wrong kind -------------------------------------------------

WRONG = [5, "x", None, True, [], ["x"], {}, {"a": {}}, -1]


@pytest.mark.parametrize("type, field", [
    ("m.room.name", "name"), ("m.room.topic", "topic"), ("m.room.avatar", "url"),
    ("m.room.encryption", "algorithm"), ("m.room.guest_access", "guest_access"),
    ("m.room.history_visibility", "history_visibility"), ("m.room.pinned_events", "pinned"),
    ("m.room.tombstone", "replacement_room"), ("m.room.server_acl", "allow"), ("m.space.child", "via"),
    ("m.space.child", "order"), ("m.space.parent", "via"), ("im.vector.room.access_rules", "rule"),
])
def test_wrong_content(amelie, basile, type, field):
    """State with a field of the wrong type is refused or kept; everyone goes on syncing (D4)."""
    room = amelie.public_room(visibility="public")
    basile.join(room)
    for wrong in WRONG:
        answer = amelie.try_set_state(room, type, {field: wrong})
        assert answer.status in (200, 400, 403), answer
        assert room in basile.sync()["rooms"]["join"]
    assert basile.get("/v3/rooms/{}/state", room).ok()
    assert basile.get("/v3/rooms/{}/messages", room, query={"dir": "b"}).status == 200
    assert amelie.post("/v3/publicRooms", body={}).status == 200
    assert amelie.get("/v1/rooms/{}/hierarchy", room).status in (200, 400, 403)


@pytest.mark.parametrize("field", [
    pytest.param("displayname", marks=ours), pytest.param("avatar_url", marks=ours), "reason", "is_direct",
    "third_party_invite", "join_authorised_via_users_server"])
def test_wrong_member(amelie, basile, field):
    """A member event with a field of the wrong type hurts nobody."""
    room = amelie.public_room()
    basile.join(room)
    for wrong in WRONG:
        answer = basile.try_set_state(room, "m.room.member", {
            "membership": "join", field: wrong}, basile.user_id)
        assert answer.status in (200, 400, 403), answer
    assert room in amelie.new_device().sync(filter={
        "room": {"state": {"lazy_load_members": True}}})["rooms"]["join"]
    assert amelie.get("/v3/rooms/{}/joined_members", room).status == 200


@pytest.mark.parametrize("version", ["9", "10", "11", "12"])
@pytest.mark.parametrize("level, numeric", [
    ("50", False), (50.5, False), (2**53, False), (None, False), ([], False), ({}, False), (True, False),
    (" 50 ", False), (50, True), (-50, True)], ids=str)
def test_power_level_types(amelie, version, level, numeric):
    """Power levels are integers; before version 10 texts of integers too (C1)."""
    room = amelie.public_room(room_version=version)
    levels = amelie.state(room, "m.room.power_levels").ok()
    answer = amelie.try_set_state(room, "m.room.power_levels", {**levels, "redact": level})
    if numeric:
        answer.ok()
    elif not (version == "9" and isinstance(level, str)):
        answer.error({400, 403})
    assert amelie.send(room, "encore là")


# -- other bodies ----------------------------------------------------------------


@pytest.mark.parametrize("path", [
    "/v3/createRoom", "/v3/join/!r:x", "/v3/rooms/!r:x/leave",
    pytest.param("/v3/rooms/!r:x/invite", marks=ours), pytest.param("/v3/rooms/!r:x/kick", marks=ours),
    pytest.param("/v3/delete_devices", marks=ours),
    "/v3/rooms/!r:x/read_markers", "/v3/search", "/v3/user_directory/search", "/v3/publicRooms",
    "/v3/account/password", "/v3/account/deactivate", "/v3/refresh", "/v3/rooms/!r:x/upgrade",
])
@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'{"a":1e999}', b'{"user_id":{"a":[]}}', b"\xff"])
def test_any_body(amelie, path, raw):
    """No body makes any endpoint fail."""
    answer = amelie.post(path, raw=raw, headers={"Content-Type": "application/json"})
    assert answer.status < 500, answer
    if answer.status >= 400 and not (answer.status == 401 and "flows" in answer.json):
        answer.error(answer.status)
