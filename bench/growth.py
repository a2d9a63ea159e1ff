#!/usr/bin/env python3
"""Does a request cost more when the server has grown in ways that have nothing to do with it?

    bench/growth.py [--members 10000] [--events 1000000] [--database postgres]

Measures on an empty server, fills it, measures the same again, and prints both with their ratio. The
large room has its own lines: a message and a join in it beside the same in a small one.
"""

import argparse
import contextlib
import os
import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("CHAPPE_SHARED", ROOT.parent / "shared")) / "bench"
sys.path[:0] = [str(ROOT / "acceptance"), str(SHARED)]
sys.dont_write_bytecode = True

from engine import plan_line  # noqa: E402
from harness.postgres import Postgres  # noqa: E402
from harness.server import Homeserver  # noqa: E402
from matrix import CLIENT, Server  # noqa: E402
from scenarios import message  # noqa: E402
from urllib.parse import quote  # noqa: E402


def milliseconds(act, times):
    """Median, and the slowest, of a few calls."""
    took = []
    for i in range(times):
        begin = time.perf_counter()
        act(i)
        took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took), max(took)


class Growth:
    """A server, a few people, and what is measured with them."""

    def __init__(self, url):
        self.server = Server(url)
        self.people = self.server.register(2)
        self.room = self.server.create_rooms(self.people[:1])[0]
        self.server.join_all([(self.room, self.people[1])])
        self.rounds = 0

    def send(self, room, i):
        """One message."""
        self.server.call("PUT", self.server.send_path(room, f"g{self.rounds}-{i}"), self.people[0].token,
                         message("bonjour"))

    def sync_after_a_message(self, i):
        """The other's next sync after a message, from the token before it."""
        path = f"{CLIENT}/sync?timeout=5000&since="
        since = self.server.call("GET", f"{CLIENT}/sync?timeout=0", self.people[1].token).body["next_batch"]
        self.send(self.room, f"s{i}")
        begin = time.perf_counter()
        self.server.call("GET", path + quote(since), self.people[1].token)
        return (time.perf_counter() - begin) * 1000

    def measure(self, joiners, room=None):
        """The figures, in ms."""
        self.rounds += 1
        room = room or self.room
        send = milliseconds(lambda i: self.send(room, i), 100)
        sync = [self.sync_after_a_message(i) for i in range(30)]
        join = milliseconds(lambda i: self.server.call(
            "POST", f"{CLIENT}/join/{quote(room)}", joiners[i].token), len(joiners))
        return {"send": send, "next sync": (statistics.median(sync), max(sync)), "join": join}


def main():
    """Measures, fills, measures."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--members", type=int, default=10_000)
    p.add_argument("--events", type=int, default=1_000_000)
    p.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    options = p.parse_args()
    with contextlib.ExitStack() as stack:
        database = None
        if options.database == "postgres":
            database = stack.enter_context(Postgres()).new_database()
        growth = Growth(stack.enter_context(Homeserver(database=database)).url)
        server = growth.server
        empty = growth.measure(server.register(10))

        begin = time.monotonic()
        fillers = server.register(32)
        lines = [plan_line("PUT", server.send_path(room, "fill-{seq}"), user.token, message("remplissage {seq}"))
                 for user, room in zip(fillers, server.create_rooms(fillers))]
        sent = 0
        while sent < options.events:
            sent += server.engine.loop(lines, 32, min(60, 5 + (options.events - sent) / 5_000))[0]["ok"]
            print(f"growth: {sent} events after {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
        large = server.create_rooms(growth.people[:1])[0]
        for _ in range(0, options.members, 1_000):
            members = server.register(min(1_000, options.members))
            server.join_all((large, m) for m in members)
            print(f"growth: {time.monotonic() - begin:.0f} s, members join", file=sys.stderr, flush=True)
        full = growth.measure(server.register(10))
        in_large = growth.measure(server.register(10), large)

    print(f"| ms, median (slowest) | empty | {sent:,} events | ratio | in a room of {options.members:,} | ratio |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in empty:
        a, b, c = empty[name], full[name], in_large[name]
        print(f"| {name} | {a[0]:.2f} ({a[1]:.2f}) | {b[0]:.2f} ({b[1]:.2f}) | {b[0] / a[0]:.2f} "
              f"| {c[0]:.2f} ({c[1]:.2f}) | {c[0] / a[0]:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
