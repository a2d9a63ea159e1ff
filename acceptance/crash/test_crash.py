"""A sample of the crash test; `make soak` runs it whole."""

import os
import random

import pytest

from .run import Run, crash_test, server_on

pytestmark = [pytest.mark.ours, pytest.mark.process, pytest.mark.timeout(170)]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_kill(engine):
    """Killed at random instants under load, the server keeps every promise."""
    seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
    print(f"seed: {seed} (run it again with SEED={seed})")
    figures = crash_test(engine, rounds=4, seconds=75, seed=seed)
    print(figures)
    assert figures["broken"] == []
    assert figures["kills"] >= 1 and figures["acknowledged"] > 100


def test_the_checker_sees():
    """A checker that finds nothing must be one that would: each planted lie is found."""
    with server_on("sqlite") as server:
        run = Run(server, seed=1)
        person, ledger = run.people[0], run.ledger
        room = run.own[person]
        said = person.send(room, f"{person.localpart} 1")
        run.check()
        assert run.broken == []

        def finds(what):
            run.check(everything=True)
            found, run.broken = run.broken, []
            assert any(what in line for line in found), f"{what}: {found}"
        ledger.sent[room, "lie"] = (person, "x", "$never-sent")
        finds("acknowledged and lost")
        del ledger.sent[room, "lie"]
        ledger.redacted.add((room, said))
        finds("undone")
        ledger.redacted.clear()
        person.send(room, f"{person.localpart} 1")
        finds("one transaction, two events")
        ledger.media[server.name, "nosuch"] = b""
        finds("media")
        ledger.note_fact("the impossible", lambda: False)
        finds("no longer true")
        ledger.values["data", person] = ["valeur 9"]
        finds("data of")
        ledger.fault("an answer")
        finds("an answer")
