"""The scripts that judge everything else are judged here."""

import importlib.util
import pathlib
import sys

import pytest

SCRIPTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SCRIPTS))

import spec_site  # noqa: E402


def load(name):
    """A script as a module."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", SCRIPTS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


run = load("test")
# Apart from the paths below, so that the check of links does not take them for ours.
SITE = "https://spec.matrix.org"

SWIFT_FAILED = """\
✘ Test case passing 1 argument n → 0 to "many" (aka 'many(n:)') failed after 0.001 seconds with 1 issue.
✘ Test "many" (aka 'many(n:)') with 3 test cases failed after 0.001 seconds with 2 issues.
✘ Test bad() failed after 0.001 seconds with 1 issue.
✔ Test "one" (aka 'one()') passed after 0.001 seconds.
✘ Suite S failed after 0.001 seconds with 1 issue.
✘ Test run with 4 tests in 1 suite failed after 0.002 seconds with 4 issues.
"""


@pytest.mark.parametrize("output, counted", [
    ("✔ Test run with 12 tests in 3 suites passed after 0.1 seconds.", (12, 0)), (SWIFT_FAILED, (2, 2)),
    ("✘ Test run with 3 tests in 1 suite failed after 0.1 seconds with 1 issue.", (2, 1)),
    ("ok | 12 passed | 0 failed (34ms)", (12, 0)), ("FAILED | 2 passed (3 steps) | 1 failed (3ms)", (2, 1)),
    ("ok | \x1b[32m12 passed\x1b[0m | 0 failed (34ms)", (12, 0)),
    ("3 failed, 12 passed, 1 skipped in 3.41s", (12, 3)), ("1 passed, 2 errors in 0.4s", (1, 2)),
    ("===== 1 passed in 62.4s (0:01:02) =====", (1, 0)), ("186 passed, 6 failed", (186, 6)),
    ("# tests 6\n# pass 5\n# fail 1\n", (5, 1)), ("no tests ran in 0.01s", None), ("Build complete!", None),
    ("2 passed in 0.1s\nok | 3 passed | 0 failed (1ms)", (5, 0)),
])
def test_count(output, counted):
    """Each runner's closing line is counted, once."""
    assert run.count(output) == counted


@pytest.mark.parametrize("command, counts, outcome", [
    (["true"], False, (1, 0)), (["false"], False, (0, 1)), (["sh", "-c", "echo 2 passed, 0 failed"], True, (2, 0)),
    (["sh", "-c", "echo 2 passed, 1 failed; exit 1"], True, (2, 1)), (["true"], True, (0, 1)),
    (["sh", "-c", "echo 2 passed, 0 failed; exit 3"], True, (2, 1)), (["sh", "-c", "echo 0 passed, 0 failed"], True, (0, 1)),
    (["sh", "-c", "echo not here; exit 77"], True, (0, 0)), (["sh", "-c", "echo 1 passed, 0 failed; kill -9 $$"], True, (1, 1)),
])
def test_stage(tmp_path, monkeypatch, command, counts, outcome):
    """A stage that crashes, or counts nothing, has failed; 77 is skipped."""
    monkeypatch.setattr(run, "LOGS", tmp_path)
    result = run.run(run.Stage("x", command, 1, counts=counts), 20)
    assert (result.passed, result.failed) == outcome


def test_stage_that_hangs(tmp_path, monkeypatch):
    """A stage that does not end is ended, with what it started."""
    monkeypatch.setattr(run, "LOGS", tmp_path)
    result = run.run(run.Stage("x", ["sh", "-c", "sleep 60 & echo $!; wait"], 1), 0.5)
    assert (result.passed, result.failed) == (0, 1) and "did not end" in result.note
    child = (tmp_path / "x.log").read_text().strip()
    state = pathlib.Path(f"/proc/{child}/stat")
    assert not state.exists() or state.read_text().split()[2] == "Z"


@pytest.mark.parametrize("text, anchor", [
    ("Server behaviour", "server-behaviour"), ("`m.room.topic`", "mroomtopic"), ("v1: a_b-c", "v1-a_b-c"),
    ("/_matrix/client/v3/rooms/{roomId}/send", "_matrixclientv3roomsroomidsend"),
])
def test_anchor(text, anchor):
    """Anchors are made as the specification's site makes them."""
    assert spec_site.anchor(text) == anchor


@pytest.mark.skipif(spec_site.spec() is None, reason="the specification is not beside the project")
@pytest.mark.parametrize("link, good", [
    ("client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid", True), ("client-server-api/#mroomtopic", True),
    ("client-server-api/#typing-notifications", True), ("client-server-api/#server-behaviour-4", True),
    ("client-server-api/#legacy-login", True), ("rooms/v11/#authorisation-rules", True), ("rooms/v2/#definitions", True),
    ("client-server-api/#definition-exportedsessiondata", True), ("client-server-api/", True), ("", True),
    ("client-server-api/#no-such-heading", False), ("no-such-page/", False), ("client-server-api/#put_matrixclientv3nothing", False),
])
def test_links(link, good):
    """Links to what is there are good, others are not."""
    assert (spec_site.problem_of(f"{SITE}/v1.19/{link}") is None) == good


def test_links_pin_one_version():
    """A link to another version is wrong wherever it leads."""
    assert spec_site.problem_of(f"{SITE}/v1.18/client-server-api/")
    assert spec_site.problem_of(f"{SITE}/latest/client-server-api/")
