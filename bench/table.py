"""The table of the figures that are to be reached, from the runs' results."""


def value(run, *path):
    """A figure deep in a run's results, or None."""
    node = (run or {}).get("results")
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def number(x):
    """A figure for people."""
    if x is None:
        return "—"
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.3g}"


class Row:
    """One figure: ours, the peer's, and what is to be reached."""

    def __init__(self, name, ours, theirs, goal, reached):
        self.name, self.ours, self.theirs, self.goal = name, ours, theirs, goal
        self.reached = reached if ours is not None else None

    def __str__(self):
        mark = {True: "yes", False: "no", None: "—"}[self.reached]
        return f"| {self.name} | {number(self.ours)} | {number(self.theirs)} | {self.ratio()} | {self.goal} | {mark} |"

    def ratio(self):
        """Ours to theirs."""
        return f"{self.ours / self.theirs:.3g}" if self.ours and self.theirs else "—"


def at_least(name, ours, theirs, times):
    """A figure of which more is better: at least so many times the peer's."""
    good = ours >= times * theirs if ours is not None and theirs else None
    return Row(name, ours, theirs, f"≥ {times} ×", good)


def at_most(name, ours, theirs, part):
    """A figure of which less is better: at most such a part of the peer's."""
    good = ours <= theirs / part if ours is not None and theirs else None
    return Row(name, ours, theirs, f"≤ 1/{part}", good)


def below(name, ours, theirs, limit, unit):
    """A figure with an absolute limit."""
    good = ours <= limit if ours is not None else None
    return Row(name, ours, theirs, f"≤ {limit} {unit}", good)


def rows(results, engine):
    """The rows of one engine."""
    us, them = results.get(f"chappe-{engine}"), results.get(f"synapse-{engine}")

    def both(*path):
        return value(us, *path), value(them, *path)
    times = 100 if engine == "sqlite" else 20
    out = []
    for place, what in (("own_rooms", "own rooms"), ("shared_room", "one shared room")):
        out.append(at_least(f"durable sends per second, {what}", *both("send", place, "per_s"), times))
        ours, raw = value(us, "send", place, "per_s"), results.get("raw")
        out.append(Row(f"the same beside a raw endpoint, {what}", ours, raw, "≥ 1/5",
                       ours >= raw / 5 if ours is not None and raw else None))
    fanout = sorted({**(value(us, "fanout") or {}), **(value(them, "fanout") or {})}, key=lambda k: (len(k), k))
    for clients in (k for k in fanout if k.startswith("clients_")):
        ours, theirs = both("fanout", clients, "last_client_ms")
        pick = lambda f: f.get("p99") if isinstance(f, dict) else f  # noqa: E731
        out.append(below(f"send to the last of {clients.removeprefix('clients_')} clients, p99, ms",
                         pick(ours), pick(theirs), 100, "ms"))
        out.append(below("… deliveries missed", *both("fanout", clients, "missed"), 0, ""))
    for rooms in sorted({**(value(us, "initial") or {}), **(value(them, "initial") or {})}, key=lambda k: (len(k), k)):
        if rooms.startswith("rooms_"):
            out.append(at_most(f"first sync, {rooms.removeprefix('rooms_')} rooms, ms",
                               *both("initial", rooms, "first_ms"), 50))
    out += [
        at_least("empty syncs per second", *both("incremental", "empty", "per_s"), 50),
        at_most("one message among many rooms, ms", *both("incremental", "one_message", "p50_ms"), 10),
        at_least("reading back, events per second", *both("pages", "events_per_s"), 30),
        at_most("joining a large room, ms", *both("join", "join", "p50_ms"), 20),
        at_most("upload of 1 MiB, processor ms", *both("media", "upload", "server_cpu_ms_each"), 3),
        at_most("download of 1 MiB, processor ms", *both("media", "download", "server_cpu_ms_each"), 3)]
    ours, nginx = value(us, "media", "download_mb_s"), results.get("nginx")
    out.append(Row("download, MB/s, beside nginx", ours, nginx, "≥ 0.8 ×",
                   ours >= 0.8 * nginx if ours is not None and nginx else None))
    out += [
        below("memory at rest, MiB", *both("idle", "before", "rss_mib"), 60, "MiB"),
        at_most("memory after the run, MiB", *both("idle", "after", "rss_mib"), 3),
        below("start to first answer, ms", *both("idle", "cold_start_ms"), 300, "ms")]
    lost, theirs = (len(value(r, "crash", "faults") or []) if value(r, "crash") else None for r in (us, them))
    out.append(below("promises broken by kill -9 under load", lost, theirs, 0, ""))
    return out


def table(results, engines):
    """The table for each engine, as lines of Markdown."""
    lines = []
    for engine in engines:
        lines += [f"## Figures to reach, {engine}", "",
                  "| figure | chappe | the other | ratio | to reach | reached |", "|---|---:|---:|---:|---|---|",
                  *map(str, rows(results, engine)), ""]
    return lines
