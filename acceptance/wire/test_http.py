"""What every path does, whatever it is for: CORS, unknown paths and methods, tokens, old names."""

import pytest

# One path of each kind, an unknown one, and what is not below /_matrix/client.
ANY_PATH = [
    "/_matrix/client/versions", "/v3/login", "/v3/sync", "/v3/createRoom",
    "/v3/rooms/!r:x/send/m.room.message/1", "/v1/media/download/x/y", "/_matrix/media/v3/upload",
    "/.well-known/matrix/client", "/v3/no/such/endpoint",
]

UNKNOWN_PATHS = [
    "/_matrix", "/_matrix/", "/_matrix/unknown", "/_matrix/client", "/_matrix/client/unknown",
    "/_matrix/client/v3", "/_matrix/client/v3/", "/_matrix/client/v3/unknown",
    "/_matrix/client/v99/sync", "/_matrix/client/v1/unknown", "/_matrix/client/unstable/x.y/z",
    "/_matrix/media/unknown", "/_matrix/media/v3/unknown", "/_matrix/federation/unknown",
    "/_matrix/federation/v1/unknown", "/_matrix/key/unknown", "/_matrix/key/v2/unknown",
]

# Known flaw: handlers that match a prefix or a normalised path (GHSA-vh4c-pqh4-w3wq).
NEAR_MISSES = [
    "/_matrix/client/versions/x", "/_matrix/client/versions/../x", "/_matrix/client//versions",
    "/_matrix/client/v3/login/x/y", "/_matrix/client/v3/account/whoami/x",
    "/_matrix/client/v3/account%2fwhoami", "/_matrix/client/v3/account/whoami%2f",
    "/_matrix/client/v3/account/../account/whoami", "/_matrix/static/../client/versions/x",
    pytest.param("/_synapse/admin/v2/users", marks=pytest.mark.ours), "/_matrix/client/v3/admin/whois/x/y",
]


@pytest.mark.parametrize("path", ANY_PATH)
def test_options(client, path):
    """OPTIONS answers 200 or 204 with the CORS headers, without a token, on every path."""
    answer = client.request("OPTIONS", path, headers={
        "Origin": "https://elsewhere.example", "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization, content-type"})
    assert answer.status in (200, 204), answer
    allows_every_origin(answer)
    methods = {m.strip() for m in answer.headers["Access-Control-Allow-Methods"].split(",")}
    assert methods >= {"GET", "POST", "PUT", "DELETE", "OPTIONS"}
    headers = answer.headers["Access-Control-Allow-Headers"].lower()
    for name in ("x-requested-with", "content-type", "authorization"):
        assert name in headers


@pytest.mark.parametrize("path", ANY_PATH)
def test_cors_on_answers(client, path):
    """Answers may be read from every origin, errors too."""
    allows_every_origin(client.get(path, headers={"Origin": "https://elsewhere.example"}))


def allows_every_origin(answer):
    assert answer.headers["Access-Control-Allow-Origin"] == "*", answer
    # Together with the above this would hand every session to every site.
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", UNKNOWN_PATHS)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "PATCH"])
def test_unknown_path(client, method, path):
    """A path that does not exist answers 404 M_UNRECOGNIZED."""
    client.request(method, path).error(404, "M_UNRECOGNIZED")


@pytest.mark.parametrize("method, path", [
    ("DELETE", "/_matrix/client/versions"), ("DELETE", "/v3/createRoom"), ("PATCH", "/v3/login"),
    ("POST", "/v3/sync"), ("PUT", "/v3/register"), ("GET", "/v3/logout"),
    ("DELETE", "/v3/rooms/!r:x/messages"), ("PATCH", "/_matrix/media/v3/upload"),
])
def test_wrong_method(client, method, path):
    """A path that exists answers 405 M_UNRECOGNIZED to another method."""
    client.request(method, path).error(405, "M_UNRECOGNIZED")


@pytest.mark.parametrize("path", NEAR_MISSES)
def test_near_miss(amelie, path):
    """A path that only looks like an endpoint is none, even with a good token."""
    answer = amelie.get(path)
    assert answer.status in (400, 404), answer
    assert "versions" not in (answer.json if path.startswith("/_matrix/client/versions") else {})


@pytest.mark.ours
def test_health_and_metrics(client):
    """The probes and the metrics are on the same port."""
    assert client.get("/health/ready").status == 200
    assert client.get("/health/live").status == 200
    metrics = client.get("/metrics")
    assert metrics.status == 200
    assert metrics.headers["Content-Type"].startswith("text/plain")


def test_versions(client):
    """The versions are well formed."""
    body = client.get("/_matrix/client/versions").ok()
    assert all(isinstance(v, str) for v in body["versions"]) and body["versions"]
    assert "v1.11" in body["versions"], "clients would ask for media without a token"
    assert all(isinstance(v, bool) for v in body.get("unstable_features", {}).values())


def test_well_known(client):
    """The client is told where the server is."""
    answer = client.get("/.well-known/matrix/client")
    assert answer.ok()["m.homeserver"]["base_url"].startswith("http")
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("path", [
    "/v3/account/whoami", "/v3/sync", "/v3/devices", "/v3/joined_rooms", "/v3/pushrules/",
    "/v3/capabilities", "/v3/rooms/!r:x/state", "/v1/media/config",
])
def test_token(client, path):
    """Without a token: 401 M_MISSING_TOKEN; with a wrong one: 401 M_UNKNOWN_TOKEN."""
    client.get(path).error(401, "M_MISSING_TOKEN")
    client.get(path, token="nonsense").error(401, "M_UNKNOWN_TOKEN")
    client.get(path, headers={"Authorization": "Basic x"}).error(401)


def test_token_in_query(client, amelie):
    """Old clients may give their token in the query."""
    body = client.get("/v3/account/whoami", query={"access_token": amelie.token}).ok()
    assert body["user_id"] == amelie.user_id


@pytest.mark.parametrize("path", ["/r0/account/whoami", "/r0/joined_rooms", "/r0/capabilities"])
def test_r0(amelie, path):
    """Old clients find the same endpoints below /r0."""
    amelie.get(path).ok()


def test_r0_sync_and_send(amelie):
    """An old client can chat below /r0."""
    room = amelie.public_room()
    sent = amelie.put("/r0/rooms/{}/send/m.room.message/1", room,
                      body={"msgtype": "m.text", "body": "bonjour"}).ok()["event_id"]
    events = amelie.get("/r0/sync").ok()["rooms"]["join"][room]["timeline"]["events"]
    assert sent in [e["event_id"] for e in events]


def test_json_content_type(amelie):
    """JSON is sent as JSON, and not to be guessed otherwise."""
    answer = amelie.get("/v3/account/whoami")
    assert answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("content_type", [
    None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"])
def test_content_type_of_requests_does_not_matter(amelie, content_type):
    """Some clients send JSON without saying so."""
    headers = {"Content-Type": content_type} if content_type else {}
    amelie.post("/v3/createRoom", raw=b'{"name":"salon"}', headers=headers).ok()


def test_capabilities(amelie):
    """The capabilities name a default room version that is stable."""
    versions = amelie.get("/v3/capabilities").ok()["capabilities"]["m.room_versions"]
    assert versions["available"][versions["default"]] == "stable"


@pytest.mark.ours
def test_room_versions(amelie):
    """Rooms of versions 1 to 12 can be created; new ones have version 12."""
    versions = amelie.get("/v3/capabilities").ok()["capabilities"]["m.room_versions"]
    assert versions["default"] == "12"
    assert set(versions["available"]) >= {str(v) for v in range(1, 13)}


@pytest.mark.parametrize("path, empty", [
    ("/v3/pushers", {"pushers": []}), ("/v3/account/3pid", {"threepids": []}),
    ("/v3/thirdparty/protocols", {}), ("/v3/notifications", None), ("/v3/voip/turnServer", None),
])
def test_what_comes_later_is_answered(amelie, path, empty):
    """What clients ask for at the start is answered, if with nothing."""
    answer = amelie.get(path)
    assert answer.status in (200, 404), answer
    if answer.status == 200 and empty is not None:
        assert answer.json == empty
