#!/usr/bin/env python3
"""Runs the long proofs and writes their figures to bench/soak/DATE.md. `scripts/soak` calls it."""

import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SEEDS = int(os.environ.get("SEEDS", 5_000))
MINUTES = float(os.environ.get("MINUTES", 60))
ROUNDS = int(os.environ.get("ROUNDS", 20))


def properties():
    """The Swift tests with their seeds by the thousand."""
    begin = time.monotonic()
    log = ROOT / "var" / "soak" / "swift.log"
    with open(log, "wb") as output:
        status = subprocess.run(["scripts/test-swift"], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.STDOUT, env={**os.environ, "SEEDS": str(SEEDS)}).returncode
    closing = re.findall(r"Test run with .*", log.read_text("utf-8", "replace"))
    said = closing[-1] if closing else f"no closing line; status {status}"
    return status == 0, f"- Property tests, {SEEDS} seeds each: {said} ({time.monotonic() - begin:.0f} s)"


def crashes(engine, seed):
    """The crash test on one engine."""
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "python", "-m", "crash.run", "--engine", engine, "--rounds", str(ROUNDS),
         "--seconds", str(MINUTES * 30), "--seed", str(seed)],
        cwd=ROOT / "acceptance", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        figures = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return False, f"| {engine} | the test itself failed with status {done.returncode} | | | | | | | {seed} |"
    broken = figures["broken"]
    row = (f"| {engine} | {figures['kills']} | {figures['acknowledged']} | {figures['redactions']} | {figures['media']} "
           f"| {figures['facts']} | {figures['restart_ms']['median']} / {figures['restart_ms']['max']} | {len(broken)} | {seed} |")
    return not broken, "\n".join([row, *(f"\nBroken on {engine}: {b}" for b in broken[:20])])


def encryption(seed):
    """People who come, leave, crash and write, each seed another story; who should read must, and nobody else."""
    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "deno", "run", "--quiet", "--no-remote", "--no-check", "tests/cryptoChaos.ts",
         str(seed), "200"], cwd=ROOT / "web", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        figures = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return False, f"- Encryption: the test itself failed with status {done.returncode}"
    broken = figures["broken"]
    said = (f"- Encryption, {figures['seeds']} stories from seed {seed}: {figures['messages']} messages read "
            f"{figures['read']} times through {figures['faults']} faults, {len(broken)} stories broken")
    return not broken, "\n".join([said, *(f"    - {b}" for b in broken[:20])])


def main():
    """Runs all, prints and writes the page."""
    (ROOT / "var" / "soak").mkdir(parents=True, exist_ok=True)
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    results = [properties(), encryption(seed), crashes("sqlite", seed), crashes("postgres", seed)]
    now = datetime.datetime.now(datetime.timezone.utc)
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    page = "\n".join([
        f"# Soaked on {now:%Y-%m-%d at %H:%M} UTC, chappe {commit}", "", results[0][1], results[1][1], "",
        "Killed with `kill -9` at random instants while eight people write, and checked after each restart:", "",
        "| engine | kills | messages acknowledged | redactions | files | bans, logouts, passwords | restart, ms, median / slowest | promises broken | seed |",
        "|---|---:|---:|---:|---:|---:|---:|---:|---:|", results[2][1], results[3][1], ""])
    out = ROOT / "bench" / "soak" / f"{now:%Y-%m-%d}.md"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page, "utf-8")
    print(page)
    passed = sum(ok for ok, _ in results)
    print(f"{passed} passed, {len(results) - passed} failed")
    return 0 if passed == len(results) else 1


if __name__ == "__main__":
    sys.exit(main())
