#!/usr/bin/env python3
"""Does a request cost more when rooms are larger, older, or more is said elsewhere?

    bench/growth.py [--members 10000] [--events 1000000] [--database postgres] [--output FILE]
    bench/growth.py --url http://127.0.0.1:8008 [--pid 1234]

Fills a server step by step, to 1,000, 10,000, … events, of which a quarter is in one old room and the
rest in others. After each step it measures a send, the next sync, a join and searches, in a new room
and in the old one; then the same in rooms of 10, 1,000, … members. Prints one table for each and writes
both to --output. Without --url it starts a server of its own; with one, --pid tells whose processor time
counts.
"""

import argparse
import contextlib
import datetime
import os
import pathlib
import statistics
import sys
import time
from urllib.parse import quote

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("CHAPPE_SHARED", ROOT.parent / "shared")) / "bench"
sys.path[:0] = [str(ROOT / "acceptance"), str(SHARED)]
sys.dont_write_bytecode = True

from engine import plan_line  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from harness.server import Homeserver  # noqa: E402
from matrix import CLIENT, Server  # noqa: E402
from scenarios import message  # noqa: E402

FILLERS = 32
# Each filler's share of the requests is one line of the plan; these write in the old room.
OLD_ROOM_FILLERS = 8
NOTES = ["send", "next sync", "join", "search, a common word", "search, a rare word", "search, everywhere"]


def say(text):
    """Progress, for people."""
    print(f"growth: {text}", file=sys.stderr, flush=True)


def steps(first, last):
    """first, ten times that, … up to last."""
    found = []
    while first < last:
        found.append(first)
        first *= 10
    return [*found, last]


class Cost:
    """What some calls took: wall time of each, and processor time of the server."""

    def __init__(self, times, processor_ms):
        self.median, self.most = statistics.median(times), max(times)
        self.processor = processor_ms

    def __str__(self):
        processor = "" if self.processor is None else f", {self.processor:.2f} cpu"
        return f"{self.median:.2f} ({self.most:.1f}{processor})"


class Growth:
    """A server, what it is filled with, and what is measured."""

    def __init__(self, url, pids):
        self.server = Server(url, pids=pids)
        self.speaker, self.listener = self.server.register(2)
        self.fillers = self.server.register(FILLERS)
        rooms = self.server.create_rooms([self.speaker, *self.fillers[OLD_ROOM_FILLERS:]])
        self.old_room, self.rooms = rooms[0], rooms[1:]
        members = [*self.fillers[:OLD_ROOM_FILLERS], self.listener]
        self.server.join_all((self.old_room, a) for a in members)
        self.filled = self.count = 0

    # -- filling -----------------------------------------------------------

    def fill(self, events):
        """Sends until so many messages are there, by all fillers at once."""
        homes = [self.old_room] * OLD_ROOM_FILLERS + self.rooms
        begin = time.monotonic()
        while self.filled < events:
            self.count += 1
            tag = f"fill{self.count}"
            lines = [plan_line("PUT", self.server.send_path(room, f"{tag}-{i}-{{seq}}"), user.token,
                               message(f"remplissage {{seq}} du registre courant, feuille {tag}"))
                     for i, (user, room) in enumerate(zip(self.fillers, homes))]
            missing = events - self.filled
            figures, _ = self.server.engine.loop(lines, FILLERS, min(60, max(1, missing / 4_000)))
            if not figures["ok"]:
                raise SystemExit(f"growth: nothing was acknowledged: {figures['status']}")
            self.filled += figures["ok"]
            say(f"{self.filled:,} events after {time.monotonic() - begin:.0f} s")
        self.settle()

    def settle(self):
        """Waits until the search index has all that was said."""
        self.count += 1
        word, begin = f"repere{self.count}x{self.server.run_id}", time.monotonic()
        self.say_in(self.old_room, f"settle-{word}", word)
        while not self.search(word, self.old_room)["results"]:
            if time.monotonic() - begin > 3_600:
                raise SystemExit("growth: the search index does not catch up")
        say(f"the index is there after {time.monotonic() - begin:.1f} s")

    def room_of(self, members):
        """A new room with so many members; the listener is one."""
        room = self.server.create_rooms([self.speaker])[0]
        self.server.join_all([(room, self.listener)])
        left = members - 2
        while left > 0:
            accounts = self.server.register(min(left, 1_000))
            self.server.join_all((room, a) for a in accounts)
            left -= len(accounts)
            say(f"{members - left:,} of {members:,} members have joined")
        return room

    # -- measuring ---------------------------------------------------------

    def say_in(self, room, txn, text):
        """One message of the speaker's."""
        self.server.call("PUT", self.server.send_path(room, quote(txn)), self.speaker.token, message(text))

    def search(self, term, room=None):
        """The listener's search."""
        criteria = {"search_term": term, "order_by": "recent"}
        if room:
            criteria["filter"] = {"rooms": [room]}
        answer = self.server.call("POST", f"{CLIENT}/search", self.listener.token,
                                  {"search_categories": {"room_events": criteria}})
        return answer.body["search_categories"]["room_events"]

    def cost(self, times, act):
        """What a call costs, done so many times; what `act` gives back is its time, if anything."""
        before = self.server.cpu_seconds()
        took = []
        for i in range(times):
            begin = time.perf_counter()
            told = act(i)
            took.append(told if told is not None else (time.perf_counter() - begin) * 1000)
        after = self.server.cpu_seconds()
        processor = None if before is None or after is None else (after - before) * 1000 / times
        return Cost(took, processor)

    def next_sync(self, room, txn):
        """A message, then the listener's sync from before it: the time of the sync alone."""
        since = self.server.call("GET", f"{CLIENT}/sync?timeout=0", self.listener.token).body["next_batch"]
        self.say_in(room, txn, "à la suite")
        begin = time.perf_counter()
        self.server.call("GET", f"{CLIENT}/sync?timeout=5000&since={quote(since)}", self.listener.token)
        return (time.perf_counter() - begin) * 1000

    def measure(self, room):
        """The figures of one room, in the order of NOTES."""
        self.count += 1
        tag = f"measure{self.count}"
        joiners = self.server.register(10)
        rare = f"rarete{self.count}x{self.server.run_id}"
        self.say_in(room, f"{tag}-rare", rare)
        for i in range(5):
            self.say_in(room, f"{tag}-common{i}", "le registre courant")
        costs = [
            self.cost(100, lambda i: self.say_in(room, f"{tag}-{i}", "bonjour à tous")),
            self.cost(30, lambda i: self.next_sync(room, f"{tag}-sync{i}")),
            self.cost(len(joiners), lambda i: self.join(room, joiners[i]))]
        self.search(rare, room)  # Waits for the index, which is not what is measured.
        return [*costs, self.cost(20, lambda _: self.found("registre", room)),
                self.cost(20, lambda _: self.found(rare, room)), self.cost(20, lambda _: self.found("registre"))]

    def join(self, room, account):
        """Somebody comes in."""
        self.server.call("POST", f"{CLIENT}/join/{quote(room)}", account.token, {})

    def found(self, term, room=None):
        """A search that has to find something."""
        if not self.search(term, room)["results"]:
            raise SystemExit(f"growth: nothing was found for {term}")


def table(title, columns):
    """A table in Markdown: one row for each figure, a ratio of the last column to the first at its end."""
    names = [name for name, _ in columns]
    lines = [f"| {title} | {' | '.join(names)} | last / first |", "|---|" + "---:|" * (len(names) + 1)]
    for row, note in enumerate(NOTES):
        costs = [costs[row] for _, costs in columns]
        ratio = costs[-1].median / costs[0].median
        lines.append(f"| {note} | {' | '.join(map(str, costs))} | {ratio:.2f} |")
    return lines


def measure(growth, options):
    """Fills, measures after each step, and gives the tables."""
    young, old, large = [], [], []
    for events in steps(1_000, options.events):
        growth.fill(events)
        young.append((f"{events:,} events", growth.measure(growth.room_of(2))))
        old.append((f"{events:,} events", growth.measure(growth.old_room)))
    for members in sorted({min(m, options.members) for m in (10, 1_000, options.members)}):
        large.append((f"{members:,} members", growth.measure(growth.room_of(members))))
    return [*table("a new room, while elsewhere", young), "", *table("the old room, of", old), "",
            *table("a room of", large)]


def main():
    """Fills and measures."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--url", help="a server with open registration and no rate limits; default: one of our own")
    p.add_argument("--pid", help="of that server and its database, with commas")
    p.add_argument("--members", type=int, default=10_000)
    p.add_argument("--events", type=int, default=1_000_000)
    p.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    p.add_argument("--output", type=pathlib.Path,
                   default=ROOT / "bench" / "results" / f"growth-{datetime.date.today()}.md")
    options = p.parse_args()
    with contextlib.ExitStack() as stack:
        if options.url:
            url, pids = options.url, [int(pid) for pid in (options.pid or "").split(",") if pid]
        else:
            postgres = stack.enter_context(Postgres()) if options.database == "postgres" else None
            own = stack.enter_context(Homeserver(database=postgres.new_database() if postgres else None))
            url, pids = own.url, [own.pid] + ([postgres.process.pid] if postgres else [])
        lines = measure(Growth(url, pids), options)
    page = [f"# Growth, {datetime.date.today():%-d %B %Y}", "",
            "Milliseconds: the median (the slowest, processor time of the server for each).", "", *lines, ""]
    options.output.write_text("\n".join(page), "utf-8")
    print("\n".join(page))
    return 0


if __name__ == "__main__":
    sys.exit(main())
