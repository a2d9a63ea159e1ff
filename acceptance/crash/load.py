"""The load: people who write all the time, and people who watch."""

import hashlib
import random
import threading
import time

from harness.client import timeline


class Gone(Exception):
    """The server did not answer: what was asked may or may not have happened."""


def attempt(user, method, *arguments, **options):
    """One request whose answer may never come."""
    try:
        answer = user.request(method, *arguments, **options)
    except (ConnectionError, TimeoutError, OSError) as problem:
        user.client.hang_up()
        raise Gone from problem
    return answer


class Writer(threading.Thread):
    """One person who sends, redacts, uploads and changes settings until told to stop."""

    def __init__(self, user, rooms, ledger, seed, stop):
        super().__init__(name=user.localpart, daemon=True)
        self.user, self.rooms, self.ledger, self.stop = user, rooms, ledger, stop
        self.random = random.Random(seed)
        self.number = 0

    def run(self):
        acts = [self.send] * 14 + [self.redact, self.upload, self.set_data, self.set_topic]
        try:
            while not self.stop.is_set():
                self.random.choice(acts)()
        except Gone:
            pass
        finally:
            self.user.client.hang_up()

    def good(self, answer):
        if answer.status != 200:
            self.ledger.fault(str(answer))
            return None
        return answer.json

    def send(self):
        self.number += 1
        room = self.random.choice(self.rooms)
        text = f"{self.user.localpart} {self.number}"
        txn = f"{self.user.localpart}-{self.number}"
        self.ledger.send_begins(room, txn, self.user, text)
        self.deliver(room, txn, text)

    def deliver(self, room, txn, text):
        body = self.good(attempt(
            self.user, "PUT", "/v3/rooms/{}/send/m.room.message/{}", room, txn,
            body={"msgtype": "m.text", "body": text}))
        if body:
            self.ledger.send_ends(room, txn, body["event_id"])

    def redact(self):
        room = self.random.choice(self.rooms)
        mine = [e for s, _, e in self.ledger.candidates(room) if s is self.user]
        if not mine:
            return
        event_id = self.random.choice(mine[-50:])
        self.number += 1
        self.ledger.redaction_begins(room, event_id)
        if self.good(attempt(self.user, "PUT", "/v3/rooms/{}/redact/{}/{}", room, event_id,
                             f"r{self.user.localpart}-{self.number}", body={})):
            self.ledger.redaction_ends(room, event_id)

    def upload(self):
        data = self.random.randbytes(self.random.randrange(1, 60_000))
        body = self.good(attempt(self.user, "POST", "/_matrix/media/v3/upload", raw=data,
                                 headers={"Content-Type": "application/octet-stream"}))
        if body:
            self.ledger.note_media(tuple(body["content_uri"].removeprefix("mxc://").split("/")),
                                   hashlib.sha256(data).digest())

    def set_data(self):
        self.overwrite(("data", self.user), "/v3/user/{}/account_data/org.example.n", [self.user.user_id], "n")

    def set_topic(self):
        # Each has a room of their own, in which nobody else sets the topic.
        self.overwrite(("topic", self.user), "/v3/rooms/{}/state/m.room.topic/", [self.rooms[0]], "topic")

    def overwrite(self, key, path, parts, name):
        self.number += 1
        value = f"valeur {self.number}"
        self.ledger.write_begins(key, value)
        if self.good(attempt(self.user, "PUT", path, *parts, body={name: value})) is not None:
            self.ledger.write_ends(key, value)


class Judge(threading.Thread):
    """Someone who bans, changes a password and logs out: acts that must stay in force."""

    def __init__(self, owner, room, newcomer, ledger, stop):
        super().__init__(name="judge", daemon=True)
        self.owner, self.room, self.newcomer = owner, room, newcomer
        self.ledger, self.stop = ledger, stop

    def run(self):
        try:
            while not self.stop.is_set():
                self.act()
        except (Gone, ConnectionError, OSError):
            pass
        except AssertionError as problem:
            self.ledger.fault(str(problem))
        finally:
            self.owner.client.hang_up()

    def act(self):
        victim, other = self.newcomer("victime"), None
        if attempt(victim, "POST", "/v3/join/{}", self.room).status != 200:
            return
        if attempt(self.owner, "POST", "/v3/rooms/{}/ban", self.room,
                   body={"user_id": victim.user_id}).status == 200:
            self.ledger.note_fact(f"{victim.localpart} is banned", lambda: victim.post(
                "/v3/join/{}", self.room).status == 403)
        other = victim.new_device()
        if attempt(other, "POST", "/v3/logout").status == 200:
            self.ledger.note_fact(f"{other.device_id} is logged out", lambda: other.get(
                "/v3/account/whoami").status == 401)
        first = attempt(victim, "POST", "/v3/account/password", body={"new_password": "nouveau 12345"})
        if first.status != 401:
            return
        changed = attempt(victim, "POST", "/v3/account/password", body={
            "new_password": "nouveau 12345", "auth": {
                "type": "m.login.password", "password": victim.password, "session": first.json["session"],
                "identifier": {"type": "m.id.user", "user": victim.user_id}}})
        if changed.status == 200:
            self.ledger.note_fact(f"{victim.localpart}'s old password is void", lambda: victim.client.post(
                "/v3/login", body={"type": "m.login.password", "password": victim.password,
                                   "identifier": {"type": "m.id.user", "user": victim.user_id}}).status == 403)


class Watcher(threading.Thread):
    """Someone whose client syncs on and on, through every crash, from the token it had."""

    FILTER = {"room": {"timeline": {"limit": 1000}}, "presence": {"types": []}}

    def __init__(self, user, rooms, ledger):
        super().__init__(name=f"watcher-{user.localpart}", daemon=True)
        self.user, self.rooms, self.ledger = user, rooms, ledger
        self.user.catch_up()
        # Room → messages as they came: (event ID, sender, text).
        self.seen = {room: [] for room in rooms}
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            try:
                answer = self.user.sync(self.user.since, timeout=500, filter=self.FILTER, patience=10)
                self.take(answer)
            except (ConnectionError, TimeoutError, OSError):
                self.user.client.hang_up()
                self.ends.wait(0.02)
            except AssertionError as problem:
                self.ledger.fault(f"watching: {problem}")
                self.ends.wait(0.1)

    def take(self, answer):
        for room in self.rooms:
            part = answer.get("rooms", {}).get("join", {}).get(room, {})
            events = timeline(answer, room)
            if part.get("timeline", {}).get("limited"):
                events = self.fill(room, part["timeline"]["prev_batch"]) + events
            for event in events:
                if event["type"] == "m.room.message":
                    self.seen[room].append((event["event_id"], event["sender"], event["content"].get("body")))
        # Only after all of it was taken, as a client that stores both together.
        self.user.since = answer["next_batch"]

    def fill(self, room, token):
        """What a gap left out, oldest first."""
        known, missing = {e for e, _, _ in self.seen[room]}, []
        while True:
            page = self.user.messages(room, limit=200, **{"from": token})
            for event in page["chunk"]:
                if event["event_id"] in known:
                    return missing[::-1]
                missing.append(event)
            token = page.get("end")
            if not token:
                return missing[::-1]

    def has_seen(self, wanted, within=30):
        """Waits until all these events (room, event ID) have come; those that have not."""
        deadline = time.monotonic() + within
        while True:
            missing = {w for w in wanted if w[1] not in {e for e, _, _ in self.seen[w[0]]}}
            if not missing or time.monotonic() > deadline:
                return missing
            self.ends.wait(0.05)
