#!/usr/bin/env python3
"""Runs everything that CI runs and ends with the line `N passed, N failed`.

    scripts/test [--list] [STAGE…]

Without names, all stages run in order. Each has a time limit; its output goes to
var/test/STAGE.log, and its own closing line is counted. A stage that cannot be counted (the format,
the build) counts as one. A stage that crashes, hangs, or runs no test counts as failed; one that
ends with status 77 lacks something that only some machines have, and counts as nothing. When the
set-up or the build fails, what needs it is not run and counts as failed.
"""

import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "test"
# All stages together; a run that takes longer is ended by CI without a word.
TOTAL_MINUTES = 80
PYTEST = [".venv/bin/python", "-m", "pytest", "-q", "-p", "no:cacheprovider"]


@dataclass(frozen=True)
class Stage:
    """One part of the run."""

    name: str
    command: list[str]
    minutes: float
    # Counts tests; a stage that does not is one check.
    counts: bool = False
    # What must have passed before.
    needs: tuple[str, ...] = ()


STAGES = [
    Stage("set-up", ["scripts/set-up", "test"], 15),
    Stage("lint", ["scripts/lint"], 4, needs=("set-up",)),
    Stage("scripts", [*PYTEST, "scripts/tests"], 2, counts=True, needs=("set-up",)),
    Stage("spec-links", ["scripts/spec-links"], 2),
    Stage("spec-coverage", ["scripts/spec-coverage", "--check"], 2),
    Stage("build", ["scripts/build", "--tests"], 45, needs=("set-up",)),
    Stage("web", ["scripts/test-web"], 5, counts=True, needs=("set-up",)),
    Stage("crypto", [*PYTEST, "acceptance/crypto"], 4, counts=True, needs=("set-up",)),
    Stage("swift", ["scripts/test-swift"], 20, counts=True, needs=("build",)),
    Stage("wire", [*PYTEST, "acceptance/wire"], 10, counts=True, needs=("build",)),
    Stage("wire-postgres", [*PYTEST, "acceptance/wire", "--engine", "postgres"], 10, counts=True,
          needs=("build",)),
    Stage("command", [*PYTEST, "acceptance/command"], 8, counts=True, needs=("build",)),
    Stage("conformance", ["scripts/conformance"], 3, counts=True, needs=("build",)),
    Stage("web-engine", ["scripts/test-web-engine"], 8, counts=True, needs=("build",)),
    Stage("browsers", [*PYTEST, "acceptance/browsers"], 10, counts=True, needs=("build",)),
    Stage("crash", [*PYTEST, "acceptance/crash"], 6, counts=True, needs=("build",)),
]


@dataclass
class Result:
    """What a stage came to."""

    passed: int
    failed: int
    seconds: float
    note: str = ""


def main():
    """Runs the stages that were asked for."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("stages", nargs="*", metavar="STAGE")
    arguments.add_argument("--list", action="store_true", help="print the names of the stages")
    options = arguments.parse_args()
    if options.list:
        print("\n".join(f"{s.name:14} {' '.join(s.command)}" for s in STAGES))
        return 0
    unknown = set(options.stages) - {s.name for s in STAGES}
    if unknown:
        arguments.error(f"no such stage: {', '.join(sorted(unknown))}")
    wanted = [s for s in STAGES if not options.stages or s.name in options.stages]

    LOGS.mkdir(parents=True, exist_ok=True)
    results, end = {}, time.monotonic() + TOTAL_MINUTES * 60
    for stage in wanted:
        broken = [n for n in stage.needs if n in results and results[n].failed]
        if broken:
            results[stage.name] = Result(0, 1, 0, f"not run: {broken[0]} failed")
        else:
            print(f"… {stage.name}", flush=True)
            results[stage.name] = run(stage, min(stage.minutes * 60, max(end - time.monotonic(), 1)))
        report(stage, results[stage.name])
    passed = sum(r.passed for r in results.values())
    failed = sum(r.failed for r in results.values())
    print(f"\n{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def run(stage, limit):
    """Runs one stage to its end, or for at most so many seconds."""
    log = LOGS / f"{stage.name}.log"
    begin = time.monotonic()
    note = ""
    with open(log, "wb") as output:
        # A group of its own, so that what it started can be ended with it.
        process = subprocess.Popen(
            stage.command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True)
        try:
            status = process.wait(limit)
        except subprocess.TimeoutExpired:
            note = f"did not end within {limit / 60:.1f} minutes"
            status = -1
        except BaseException:
            end_group(process)
            raise
        end_group(process)
    seconds = time.monotonic() - begin
    if status == 77:
        return Result(0, 0, seconds, "skipped: " + log.read_text("utf-8").strip().splitlines()[-1])
    counted = count(log.read_text("utf-8", "replace")) if stage.counts else None
    if counted is None:
        if stage.counts and not note:
            note = f"gave no count, and status {status}"
        good = status == 0 and not stage.counts
        return Result(int(good), int(not good), seconds, note)
    passed, failed = counted
    if not failed and (status != 0 or passed == 0):
        failed += 1
        note = note or ("ran no test" if status == 0 else f"ended with status {status}")
    return Result(passed, failed, seconds, note)


def end_group(process):
    """Ends what is left of a stage: asks first, and does not ask twice."""
    for kind in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, kind)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            process.poll()
            try:
                os.killpg(process.pid, 0)
            except ProcessLookupError:
                return
            time.sleep(0.05)


# Closing lines of the runners. More than one may occur in a stage; all are added up.
SWIFT = re.compile(r"Test run with (\d+) tests? .*?(passed|failed) after")
SWIFT_FAILED = re.compile(r"^. Test (?!run with|case )\S.* failed after ", re.M)
PYTEST_LINE = re.compile(r"^(?:=+ )?((?:\d+ \w+(?:, )?)+) in [\d.]+s", re.M)
PLAIN = re.compile(r"^(\d+) passed, (\d+) failed\b(?! in)", re.M)
DENO = re.compile(r"\| (\d+) passed (?:\(\d+ steps?\) )?\| (\d+) failed")
NODE = re.compile(r"^(?:# |ℹ )(pass|fail|cancelled) (\d+)$", re.M)


def count(output):
    """Tests passed and failed, or None when no runner's closing line is there."""
    output = re.sub(r"\x1b\[[0-9;]*m", "", output)
    passed = failed = 0
    found = False
    for match in SWIFT.finditer(output):
        found = True
        bad = len(set(SWIFT_FAILED.findall(output))) if match[2] == "failed" else 0
        bad = max(bad, int(match[2] == "failed"))
        passed += max(int(match[1]) - bad, 0)
        failed += bad
    for match in PYTEST_LINE.finditer(output):
        found = True
        words = {word: int(n) for n, word in re.findall(r"(\d+) (\w+)", match[1])}
        passed += words.get("passed", 0) + words.get("xfailed", 0)
        failed += words.get("failed", 0) + words.get("xpassed", 0)
        failed += words.get("error", 0) + words.get("errors", 0)
    for match in [*PLAIN.finditer(output), *DENO.finditer(output)]:
        found = True
        passed += int(match[1])
        failed += int(match[2])
    for word, number in NODE.findall(output):
        found = True
        if word == "pass":
            passed += int(number)
        else:
            failed += int(number)
    return (passed, failed) if found else None


def report(stage, result):
    """One line for the stage, and what one needs to see when it failed."""
    mark = "✘" if result.failed else "✔"
    note = f" ({result.note})" if result.note else ""
    print(f"{mark} {stage.name}: {result.passed} passed, {result.failed} failed, "
          f"{result.seconds:.0f} s{note}", flush=True)
    log = LOGS / f"{stage.name}.log"
    if result.failed and log.exists() and not result.note.startswith("not run"):
        lines = log.read_text("utf-8", "replace").splitlines()
        telling = [line for line in lines if re.search(r"error:|^FAILED|^ERROR|^✘", line)]
        for line in telling[:40] + ["…"] + lines[-25:]:
            # Indented, so that no runner's closing line stands alone but ours.
            print(f"    {line[:300]}")
        print(f"    all of it: {log.relative_to(ROOT)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
