#!/usr/bin/env python3
"""Measures chappe and Synapse one after the other, and writes the table of figures to reach.

    bench/run.py [--quick] [--engines sqlite,postgres] [--scenarios …] [--without-peer]

`scripts/bench` builds what this needs and calls it. The scenarios are those of ../shared/bench.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("CHAPPE_SHARED", ROOT.parent / "shared")) / "bench"
sys.path[:0] = [str(ROOT / "acceptance"), str(SHARED)]
sys.dont_write_bytecode = True

from harness.postgres import Postgres  # noqa: E402
from harness.server import Homeserver, free_port  # noqa: E402

from table import table  # noqa: E402

WORK = ROOT / "var" / "bench"


def say(text):
    """Progress, for people."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def bench(label, url, options, *, start=None, pids=()):
    """One run of bench.py; its results, or None when it could not run."""
    out = WORK / f"{label}.json"
    command = [sys.executable, "-B", str(SHARED / "bench.py"), "--url", url, "--label", label, "--json", str(out)]
    if start:
        command += ["--start-cmd", start]
    if pids:
        command += ["--pid", ",".join(map(str, pids))]
    if options.quick:
        command.append("--quick")
    if options.scenarios:
        command += ["--scenarios", options.scenarios]
    with open(WORK / f"{label}.log", "wb") as log:
        status = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log).returncode
    if status:
        say(f"{label}: ended with {status}, see {WORK / label}.log")
    return json.loads(out.read_text("utf-8")) if out.exists() else None


def chappe(engine, options):
    """chappe on one engine."""
    label = f"chappe-{engine}"
    with contextlib.ExitStack() as stack:
        database, pids = None, []
        if engine == "postgres":
            postgres = stack.enter_context(Postgres())
            database, pids = postgres.new_database(), [postgres.process.pid]
        server = Homeserver(database=database)
        stack.callback(server.close)
        say(f"{label} at {server.url}")
        return bench(label, server.url, options, start=" ".join(server.command), pids=pids)


def peer(engine, options):
    """Synapse on one engine, installed and configured by ../shared/bench/start-synapse.sh."""
    label, port = f"synapse-{engine}", free_port()
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"chappe-{label}-"))
    folder.chmod(0o755)
    script = str(SHARED / "start-synapse.sh")
    try:
        said = subprocess.run([script, engine, str(port), str(folder)], check=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True).stdout
        values = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        say(f"{label} {values['VERSION']} at {values['BASE_URL']}")
        # Ended here and started by the measurement, so that its start is measured too.
        pids = [int(p) for p in values["PID"].split(",")]
        os.kill(pids[0], signal.SIGTERM)
        deadline = time.monotonic() + 60
        while pathlib.Path(f"/proc/{pids[0]}").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        result = bench(label, values["BASE_URL"], options, start=values["START_CMD"], pids=pids[1:])
        if result:
            result["meta"]["version"] = values["VERSION"]
        return result
    finally:
        subprocess.run([script, "stop", str(folder)], check=False, stdin=subprocess.DEVNULL)
        shutil.rmtree(folder, ignore_errors=True)


def raw_endpoint(seconds):
    """The same HTTP server without work, driven by the same engine: answers per second."""
    from engine import Engine, plan_line
    from managed import Managed
    from scenarios import PADDING, message
    binary, port = ROOT / ".build-raw" / "release" / "RawEndpoint", free_port()
    if not binary.exists():
        say("no raw endpoint was built")
        return None
    server = Managed(f"{binary} {port}", f"http://127.0.0.1:{port}")
    server.start()
    try:
        lines = [plan_line("PUT", f"/_matrix/client/v3/rooms/!room{i}:x/send/m.room.message/own-{{seq}}",
                           f"token{i}", message(f"own {{seq}} {PADDING}")) for i in range(32)]
        return Engine("127.0.0.1", port).loop(lines, 32, seconds)[0]["per_second"]
    finally:
        server.stop()


NGINX = """
daemon off; pid {dir}/pid; error_log {dir}/error.log; worker_processes 1;
events {{ worker_connections 256; }}
http {{ access_log off; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p; fastcgi_temp_path {dir}/f;
  uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ root {dir}/files; }} }} }}
"""


def file_server(files):
    """nginx serving files of 1 MiB to the client that the media scenario uses: MB/s."""
    from matrix import Server
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.path.exists(nginx):
        say("no nginx here")
        return None
    with tempfile.TemporaryDirectory() as name:
        folder, port = pathlib.Path(name), free_port()
        folder.chmod(0o755)
        (folder / "files").mkdir()
        for i in range(files):
            (folder / "files" / str(i)).write_bytes(os.urandom(1 << 20))
        (folder / "conf").write_text(NGINX.format(dir=folder, port=port), "utf-8")
        process = subprocess.Popen([nginx, "-c", str(folder / "conf"), "-p", name], stderr=subprocess.DEVNULL)
        try:
            client = Server(f"http://127.0.0.1:{port}")
            deadline = time.monotonic() + 10
            while True:
                try:
                    client.raw("GET", "/0")
                    break
                except OSError:
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)
            begin = time.perf_counter()
            with ThreadPoolExecutor(4) as pool:
                answers = list(pool.map(lambda i: client.raw("GET", f"/{i}"), range(files)))
            took = time.perf_counter() - begin
            assert all(a.size == 1 << 20 for a in answers)
            return round(files * (1 << 20) / 1e6 / took, 1)
        finally:
            process.terminate()
            process.wait(10)


def compare(a, b):
    """The whole comparison of two runs, as compare.py prints it."""
    files = [str(WORK / f"{label}.json") for label in (a, b)]
    return subprocess.run([sys.executable, "-B", str(SHARED / "compare.py"), *files], check=False,
                          stdout=subprocess.PIPE, text=True).stdout


def revision():
    """The commit that was measured."""
    done = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def processor():
    """What the machine says it is."""
    found = re.search(r"model name\s*:\s*(.+)", pathlib.Path("/proc/cpuinfo").read_text("utf-8"))
    return found[1] if found else platform.machine()


def main():
    """Runs everything and writes the page."""
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--quick", action="store_true", help="small sizes: does it work, not how fast")
    p.add_argument("--engines", default="sqlite,postgres")
    p.add_argument("--scenarios", help="of ../shared/bench; default: all")
    p.add_argument("--without-peer", action="store_true", help="chappe alone")
    options = p.parse_args()
    if not SHARED.is_dir():
        sys.exit("bench: the load generator is not beside the project (../shared/bench)")
    WORK.mkdir(parents=True, exist_ok=True)
    for old in WORK.glob("*.json"):
        old.unlink()
    engines, results = options.engines.split(","), {}
    results["raw"] = raw_endpoint(2 if options.quick else 10)
    results["nginx"] = file_server(8 if options.quick else 50)
    # One right after the other on each engine: the machine's mood changes over an hour.
    for engine in engines:
        if not options.without_peer:
            results[f"synapse-{engine}"] = peer(engine, options)
        results[f"chappe-{engine}"] = chappe(engine, options)
    now = datetime.datetime.now(datetime.timezone.utc)
    page = [f"# Measured on {now:%Y-%m-%d at %H:%M} UTC", "",
            f"chappe {revision()}; {os.cpu_count()} cores, {processor()}; kernel {platform.release()}."
            + (" Small sizes: this shows that it works, not how fast." if options.quick else ""), ""]
    page += table(results, engines)
    for engine in engines:
        if results.get(f"synapse-{engine}") and results.get(f"chappe-{engine}"):
            page += ["", f"## All figures, {engine}", "", compare(f"synapse-{engine}", f"chappe-{engine}")]
    out = ROOT / "bench" / "results" / f"{now:%Y-%m-%d}{'-quick' if options.quick else ''}.md"
    out.write_text("\n".join(page).rstrip() + "\n", "utf-8")
    say(f"written to {out.relative_to(ROOT)}")
    print("\n".join(page))
    broken = [label for label, run in results.items() if isinstance(run, dict)
              and any(s.get("broken") for s in run["results"].values()) and label.startswith("chappe")]
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
