"""A small Matrix client that says exactly what a test tells it to, right or wrong."""

import http.client
import itertools
import json
import re
import secrets
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

# Long enough for a busy machine with two cores; a test that needs less says so.
PATIENCE = 20


@dataclass
class Answer:
    """What the server said to one request."""

    request: str
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        """The body, which must be JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            raise AssertionError(f"{self}: the body is not JSON") from None

    @property
    def errcode(self):
        """The Matrix error code, or None."""
        try:
            return json.loads(self.body).get("errcode")
        except (ValueError, AttributeError):
            return None

    def ok(self):
        """Asserts success; the body as JSON."""
        assert self.status == 200, self
        return self.json

    def error(self, status, errcode=None):
        """Asserts a well-formed Matrix error; both may be sets of what is right. The body."""
        statuses = status if isinstance(status, (set, frozenset, tuple)) else {status}
        assert self.status in statuses, self
        body = self.json
        assert isinstance(body.get("errcode"), str), f"{self}: no errcode"
        assert isinstance(body.get("error"), str), f"{self}: no error"
        if errcode is not None:
            wanted = errcode if isinstance(errcode, (set, frozenset, tuple)) else {errcode}
            assert body["errcode"] in wanted, f"{self}: expected {errcode}"
        return body

    def __str__(self):
        return f"{self.request} → {self.status} {self.body[:300]!r}"


def target(pattern, *parts, query=None):
    """The request target for a path: `/v3/…` is below the client API, `{}` takes quoted parts."""
    path = pattern.format(*(quote(str(p), safe="") for p in parts))
    if re.match(r"/(v\d+|r0|unstable)/", path):
        path = "/_matrix/client" + path
    if query:
        path += "?" + urlencode(query, doseq=True)
    return path


class Client:
    """Talks to one server without being anyone. Safe to share between threads."""

    def __init__(self, url):
        self.url = url.rstrip("/")
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self._local = threading.local()

    def request(self, method, pattern, *parts, body=None, token=None, query=None, headers=None,
                raw=None, patience=PATIENCE):
        """One request. `body` is sent as JSON, `raw` as the bytes that it is."""
        path = target(pattern, *parts, query=query)
        sent = dict(headers or {})
        if token:
            sent.setdefault("Authorization", f"Bearer {token}")
        data = raw
        if raw is None and (body is not None or method in ("POST", "PUT")):
            data = json.dumps({} if body is None else body).encode()
            sent.setdefault("Content-Type", "application/json")
        name = f"{method} {path}"
        for attempt in (1, 2):
            connection = getattr(self._local, "connection", None)
            fresh = connection is None
            if fresh:
                connection = http.client.HTTPConnection(self.host, self.port, timeout=patience)
                self._local.connection = connection
            elif connection.sock is not None:
                connection.sock.settimeout(patience)
            try:
                try:
                    connection.request(method, path, data, sent)
                except (BrokenPipeError, ConnectionResetError):
                    # Refused before all of it was sent: the answer may be there to be read.
                    if connection.sock is None:
                        raise
                response = connection.getresponse()
                return Answer(name, response.status, response.headers, response.read())
            except (http.client.HTTPException, ConnectionError) as problem:
                # The server may end a kept connection at any time; a fresh one must work.
                self.hang_up()
                if fresh or attempt == 2:
                    raise ConnectionError(f"{name}: {problem!r}") from problem
            except BaseException:
                self.hang_up()
                raise

    def hang_up(self):
        """Closes this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def get(self, *arguments, **options):
        """A GET."""
        return self.request("GET", *arguments, **options)

    def post(self, *arguments, **options):
        """A POST."""
        return self.request("POST", *arguments, **options)

    def put(self, *arguments, **options):
        """A PUT."""
        return self.request("PUT", *arguments, **options)

    def delete(self, *arguments, **options):
        """A DELETE."""
        return self.request("DELETE", *arguments, **options)

    def register(self, localpart, password=None, **more):
        """Creates an account by the `m.login.dummy` flow. The user, logged in."""
        password = password or f"mot-de-passe {secrets.token_hex(8)}"
        body = {"password": password, **({"username": localpart} if localpart else {}), **more}
        answer = self.post("/v3/register", body={**body, "auth": {"type": "m.login.dummy"}})
        if answer.status == 401 and "session" in answer.json:
            auth = {"type": "m.login.dummy", "session": answer.json["session"]}
            answer = self.post("/v3/register", body={**body, "auth": auth})
        account = answer.ok()
        return User(self, account["user_id"], account.get("access_token"),
                    account.get("device_id"), password)

    def log_in(self, user_id, password, **more):
        """A new device of an account. The user, as that device."""
        body = self.post("/v3/login", body={
            "type": "m.login.password", "password": password,
            "identifier": {"type": "m.id.user", "user": user_id}, **more}).ok()
        user = User(self, body["user_id"], body["access_token"], body["device_id"], password)
        user.refresh_token = body.get("refresh_token")
        return user


_transactions = itertools.count()


@dataclass(eq=False)
class User:
    """One device of one account."""

    client: Client
    user_id: str
    token: str
    device_id: str
    password: str
    refresh_token: str | None = None
    # Where this device's `follow` has read to.
    since: str | None = field(default=None, repr=False)

    @property
    def localpart(self):
        """`amelie` of `@amelie:example`."""
        return self.user_id[1:].split(":", 1)[0]

    @property
    def server_name(self):
        """`example` of `@amelie:example`."""
        return self.user_id.split(":", 1)[1]

    def request(self, method, pattern, *parts, **options):
        """A request with this device's token, unless it says otherwise."""
        options.setdefault("token", self.token)
        return self.client.request(method, pattern, *parts, **options)

    def get(self, *arguments, **options):
        """A GET."""
        return self.request("GET", *arguments, **options)

    def post(self, *arguments, **options):
        """A POST."""
        return self.request("POST", *arguments, **options)

    def put(self, *arguments, **options):
        """A PUT."""
        return self.request("PUT", *arguments, **options)

    def delete(self, *arguments, **options):
        """A DELETE."""
        return self.request("DELETE", *arguments, **options)

    def new_device(self, **more):
        """The same person on another device."""
        return self.client.log_in(self.user_id, self.password, **more)

    # -- rooms -------------------------------------------------------------

    def create_room(self, **content):
        """Creates a room; its ID."""
        return self.post("/v3/createRoom", body=content).ok()["room_id"]

    def public_room(self, **content):
        """Creates a room that anyone may join; its ID."""
        return self.create_room(preset="public_chat", **content)

    def join(self, room):
        """Joins a room by ID or alias; its ID."""
        return self.post("/v3/join/{}", room).ok()["room_id"]

    def invite(self, room, other):
        """Invites another user."""
        self.post("/v3/rooms/{}/invite", room, body={"user_id": other.user_id}).ok()

    def leave(self, room):
        """Leaves a room."""
        self.post("/v3/rooms/{}/leave", room).ok()

    def try_send(self, room, content, type="m.room.message", txn=None):
        """Sends an event; the answer, whatever it is."""
        txn = txn or f"t{next(_transactions)}-{secrets.token_hex(3)}"
        return self.put("/v3/rooms/{}/send/{}/{}", room, type, txn, body=content)

    def send(self, room, content, type="m.room.message", txn=None):
        """Sends an event; its ID. A string is sent as a text message."""
        if isinstance(content, str):
            content = {"msgtype": "m.text", "body": content}
        return self.try_send(room, content, type, txn).ok()["event_id"]

    def set_state(self, room, type, content, key=""):
        """Sets a state event; its ID."""
        return self.try_set_state(room, type, content, key).ok()["event_id"]

    def try_set_state(self, room, type, content, key=""):
        """Sets a state event; the answer, whatever it is."""
        return self.put("/v3/rooms/{}/state/{}/{}", room, type, key, body=content)

    def state(self, room, type, key="", **options):
        """The content of a state event, as an answer."""
        return self.get("/v3/rooms/{}/state/{}/{}", room, type, key, **options)

    def event(self, room, event_id):
        """One event of a room."""
        return self.get("/v3/rooms/{}/event/{}", room, event_id).ok()

    def redact(self, room, event_id, reason=None):
        """Redacts an event; the redaction's ID."""
        body = {"reason": reason} if reason else {}
        txn = f"r{next(_transactions)}-{secrets.token_hex(3)}"
        return self.put("/v3/rooms/{}/redact/{}/{}", room, event_id, txn, body=body).ok()["event_id"]

    def messages(self, room, dir="b", limit=50, **query):
        """One page of a room's history."""
        return self.get("/v3/rooms/{}/messages", room,
                        query={"dir": dir, "limit": limit, **query}).ok()

    def history(self, room, limit=100):
        """All events of a room that this user may see, newest first, page by page."""
        events, token = [], None
        while True:
            page = self.messages(room, limit=limit, **({"from": token} if token else {}))
            events += page["chunk"]
            if not page.get("end"):
                return events
            assert page["end"] != token, "the end of a page is where it started"
            token = page["end"]

    # -- sync --------------------------------------------------------------

    def sync(self, since=None, timeout=0, filter=None, patience=PATIENCE, **query):
        """One sync."""
        query["timeout"] = timeout
        if since is not None:
            query["since"] = since
        if filter is not None:
            query["filter"] = json.dumps(filter) if isinstance(filter, dict) else filter
        return self.get("/v3/sync", query=query, patience=patience + timeout / 1000).ok()

    def follow(self, seen, within=PATIENCE, **options):
        """Syncs on from where this device was until `seen(answer)` gives something, which it is.

        `seen` may keep what it needs between the answers: each is shown once.
        """
        deadline = time.monotonic() + within
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"{self.user_id} did not see it within {within} s")
            answer = self.sync(self.since, timeout=int(min(left, 5) * 1000), **options)
            self.since = answer["next_batch"]
            found = seen(answer)
            if found:
                return found

    def catch_up(self):
        """Syncs to now, so that `follow` shows only what comes later; the answer."""
        answer = self.sync(self.since)
        self.since = answer["next_batch"]
        return answer

    def sees(self, room, event_id, within=PATIENCE):
        """Follows until an event is in a room's timeline; the event."""
        return self.follow(lambda answer: next(
            (e for e in timeline(answer, room) if e["event_id"] == event_id), None), within)


def joined(answer, room):
    """A joined room's part of a sync answer; empty when it is not there."""
    return answer.get("rooms", {}).get("join", {}).get(room, {})


def timeline(answer, room, membership="join"):
    """The timeline events of a room in a sync answer."""
    part = answer.get("rooms", {}).get(membership, {}).get(room, {})
    return part.get("timeline", {}).get("events", [])


def state_events(answer, room, membership="join", section="state"):
    """The state events of a room in a sync answer."""
    part = answer.get("rooms", {}).get(membership, {}).get(room, {})
    return part.get(section, {}).get("events", [])


def ephemeral(answer, room, type):
    """The contents of a room's ephemeral events of a type in a sync answer."""
    return [e["content"] for e in joined(answer, room).get("ephemeral", {}).get("events", [])
            if e["type"] == type]


def bodies(events):
    """The texts of the messages among events."""
    return [e["content"].get("body") for e in events if e["type"] == "m.room.message"]
