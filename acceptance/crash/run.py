"""The crash test: rounds of load, kill, restart and check, all from one seed.

    python -m crash.run --engine sqlite|postgres --rounds 20 --seconds 600 --seed 1

(in the folder acceptance/) prints the figures as JSON. Status 1 when a promise was broken.
"""

import argparse
import contextlib
import hashlib
import json
import random
import sys
import threading
import time
from collections import Counter

from harness.client import Client
from harness.postgres import Postgres
from harness.server import Homeserver

from .ledger import Ledger
from .load import Judge, Watcher, Writer

WRITERS = 8


class Run:
    """One server under load, killed again and again."""

    def __init__(self, server, seed):
        self.server, self.random = server, random.Random(seed)
        self.client, self.ledger = Client(server.url), Ledger()
        self.people = [self.client.register(f"crash{i}") for i in range(WRITERS)]
        self.owner = self.client.register("proprietaire")
        self.shared = self.owner.public_room(name="Tous")
        self.own = {person: person.public_room() for person in self.people}
        self.rooms = [self.shared, *self.own.values()]
        watchers = [self.client.register(f"temoin{i}") for i in range(2)]
        for user in [*self.people, *watchers]:
            user.join(self.shared)
        for user in watchers:
            for room in self.own.values():
                user.join(room)
        self.watchers = [Watcher(user, self.rooms, self.ledger) for user in watchers]
        # How far each writer has counted, so that no text comes twice.
        self.numbers = [0] * WRITERS
        self.newcomers = 0
        self.restarts, self.broken = [], []

    def run(self, rounds, seconds):
        """The rounds, until they or the time are over; the figures."""
        begin = time.monotonic()
        for watcher in self.watchers:
            watcher.start()
        done = 0
        while done < rounds and time.monotonic() - begin < seconds and not self.broken:
            self.one_round()
            done += 1
        self.check(everything=True)
        self.check_streams()
        for watcher in self.watchers:
            watcher.ends.set()
            watcher.join(15)
        return {
            "kills": done, "acknowledged": len(self.ledger.sent), "retried": len(self.ledger.retried),
            "redactions": len(self.ledger.redacted), "media": len(self.ledger.media),
            "facts": len(self.ledger.facts), "restart_ms": {
                "median": sorted(self.restarts)[len(self.restarts) // 2] if self.restarts else None,
                "max": max(self.restarts, default=None)},
            "seconds": round(time.monotonic() - begin), "broken": self.broken}

    def one_round(self):
        """Load, a kill at a random instant, a restart, the retries, and a check."""
        stop = threading.Event()
        threads = [Writer(p, [self.own[p], self.shared], self.ledger, self.random.random(), stop)
                   for p in self.people]
        for thread, number in zip(threads, self.numbers):
            thread.number = number
        threads.append(Judge(self.owner, self.shared, self.newcomer, self.ledger, stop))
        for thread in threads:
            thread.start()
        stop.wait(self.random.uniform(0.3, 2.0))
        self.server.kill()
        stop.set()
        for thread in threads:
            thread.join(30)
        self.numbers = [t.number for t in threads[:WRITERS]]
        begin = time.monotonic()
        self.server.start(within=60)
        self.restarts.append(round((time.monotonic() - begin) * 1000))
        # What had no answer is asked again, by the same transaction: it must be there once.
        for (room, txn), (sender, text) in list(self.ledger.unknown.items()):
            answer = sender.put("/v3/rooms/{}/send/m.room.message/{}", room, txn, body={
                "msgtype": "m.text", "body": text})
            if answer.status == 200:
                self.ledger.retried.add(answer.json["event_id"])
                self.ledger.send_ends(room, txn, answer.json["event_id"])
            else:
                self.ledger.fault(str(answer))
        self.check()

    def newcomer(self, name):
        """A new account for the judge."""
        self.newcomers += 1
        return self.client.register(f"{name}{self.newcomers}")

    def check(self, everything=False):
        """Every promise so far. The facts and files of earlier rounds only at the end."""
        self.broken += self.ledger.faults
        self.ledger.faults = []
        for room in self.rooms:
            self.check_room(room)
        media = list(self.ledger.media.items())
        for address, digest in media if everything else media[-20:]:
            answer = self.owner.get("/v1/media/download/{}/{}", *address)
            if answer.status != 200 or hashlib.sha256(answer.body).digest() != digest:
                self.broken.append(f"media {address}: {answer.status}, {len(answer.body)} bytes")
        for what, holds in self.ledger.facts if everything else self.ledger.facts[-6:]:
            if not holds():
                self.broken.append(f"no longer true: {what}")
        for (kind, person), values in self.ledger.values.items():
            if kind == "data":
                answer = person.get("/v3/user/{}/account_data/org.example.n", person.user_id)
                value = answer.json.get("n")
            else:
                answer = person.state(self.own[person], "m.room.topic")
                value = answer.json.get("topic")
            if value not in values:
                self.broken.append(f"{kind} of {person.localpart} is {value}, not one of {values}")

    def check_room(self, room):
        """Each acknowledged event is read once; nothing is there twice; redactions hold."""
        events = self.owner_of(room).history(room, limit=500)
        ids = Counter(e["event_id"] for e in events)
        if len(ids) != len(events):
            self.broken.append(f"{room}: read twice: {[i for i, n in ids.items() if n > 1][:3]}")
        texts = Counter(e["content"]["body"] for e in events
                        if e["type"] == "m.room.message" and "body" in e["content"])
        doubled = [t for t, n in texts.items() if n > 1]
        if doubled:
            self.broken.append(f"{room}: one transaction, two events: {doubled[:3]}")
        for (where, txn), (_, text, event_id) in self.ledger.sent.items():
            if where == room and event_id not in ids:
                self.broken.append(f"{room}: acknowledged and lost: {txn} {event_id}")
        by_id = {e["event_id"]: e for e in events}
        for where, event_id in self.ledger.redacted:
            if where == room and by_id.get(event_id, {}).get("content") != {}:
                self.broken.append(f"{room}: redaction of {event_id} undone")

    def owner_of(self, room):
        """Someone who was in the room from its start."""
        return next((p for p, r in self.own.items() if r == room), self.owner)

    def check_streams(self):
        """Each watcher saw every event once, each sender's in their order."""
        wanted = {(room, event_id) for (room, _), (_, _, event_id) in self.ledger.sent.items()}
        for watcher in self.watchers:
            missing = watcher.has_seen(wanted)
            if missing:
                self.broken.append(f"{watcher.name} missed {len(missing)}: {list(missing)[:3]}")
            for room, seen in watcher.seen.items():
                ids = Counter(e for e, _, _ in seen)
                twice = [e for e, n in ids.items() if n > 1]
                if twice:
                    self.broken.append(f"{watcher.name} saw twice in {room}: {twice[:3]}")
                self.check_order(watcher, room, seen)

    def check_order(self, watcher, room, seen):
        """A sender's messages come in the order sent, but for those that were retried after a kill."""
        last = {}
        for event_id, sender, text in seen:
            if text is None or event_id in self.ledger.retried:
                continue
            number = int(text.split()[1])
            if number <= last.get(sender, 0):
                self.broken.append(f"{watcher.name}: {text} after {last[sender]} in {room}")
            last[sender] = max(number, last.get(sender, 0))


@contextlib.contextmanager
def server_on(engine):
    """A server on one of the two database engines."""
    if engine == "sqlite":
        with Homeserver() as server:
            yield server
    else:
        with Postgres() as postgres, Homeserver(database=postgres.new_database()) as server:
            yield server


def crash_test(engine, rounds, seconds, seed):
    """The whole test on one engine; the figures."""
    with server_on(engine) as server:
        return {"engine": engine, "seed": seed, **Run(server, seed).run(rounds, seconds)}


def main():
    """For `make soak`."""
    p = argparse.ArgumentParser()
    p.add_argument("--engine", choices=["sqlite", "postgres"], required=True)
    p.add_argument("--rounds", type=int, default=20)
    p.add_argument("--seconds", type=float, default=3600)
    p.add_argument("--seed", type=int, required=True)
    options = p.parse_args()
    figures = crash_test(options.engine, options.rounds, options.seconds, options.seed)
    print(json.dumps(figures))
    return 1 if figures["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
