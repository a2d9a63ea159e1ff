"""What every acceptance test can ask for."""

import contextlib
import itertools
import os
import re
import secrets

import pytest
from harness.client import Client
from harness.postgres import Postgres
from harness.server import Homeserver, binary

# Another homeserver, to try the tests themselves on: a test that fails there is suspicious.
ELSEWHERE = os.environ.get("CHAPPE_URL")
# Markers whose tests another homeserver cannot pass; CHAPPE_TRY=ours tries those too.
NOT_ELSEWHERE = {"ours", "process"} - {os.environ.get("CHAPPE_TRY")}

_people = itertools.count()


def pytest_configure(config):
    config.addinivalue_line("markers", "ours: asks for more than the specification does")
    config.addinivalue_line("markers", "process: starts, stops or inspects the server's process")


def pytest_collection_modifyitems(items):
    if not ELSEWHERE:
        return
    for item in items:
        for marker in sorted(NOT_ELSEWHERE):
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=f"{marker}: not for another homeserver"))


@pytest.fixture(scope="session")
def server(request):
    """The server that most tests share. None when they run against another homeserver."""
    if ELSEWHERE:
        yield None
        return
    if not os.access(binary(), os.X_OK):
        pytest.exit(f"{binary()} is not there: run `make build`, or set CHAPPE_BINARY", 2)
    with contextlib.ExitStack() as stack:
        database = None
        if request.config.getoption("--engine") == "postgres":
            database = stack.enter_context(Postgres()).new_database()
        yield stack.enter_context(Homeserver(database=database))


@pytest.fixture(scope="session")
def client(server):
    """Someone who has not logged in."""
    return Client(ELSEWHERE or server.url)


@pytest.fixture(scope="session")
def elsewhere():
    """Is this another homeserver, of which less is asked?"""
    return ELSEWHERE is not None


@pytest.fixture(autouse=True)
def goes_on(request):
    """After each test the shared server still runs; one that does not is started for the next test."""
    yield
    if "client" in request.fixturenames and not ELSEWHERE:
        shared = request.getfixturevalue("server")
        if not shared.is_running:
            trace = shared.tail()
            shared.start()
            pytest.fail(f"the server ended:\n{trace}")


@pytest.fixture
def new_user(client):
    """Makes a new account: `new_user("amelie")`, with a suffix that no other has."""
    def make(name, **more):
        return client.register(f"{name}{next(_people)}-{secrets.token_hex(3)}", **more)
    return make


@pytest.fixture
def amelie(new_user):
    """She makes the rooms."""
    return new_user("amelie")


@pytest.fixture
def basile(new_user):
    """He joins them."""
    return new_user("basile")


@pytest.fixture
def chloe(new_user):
    """She comes later, or never."""
    return new_user("chloe")


def pytest_make_parametrize_id(config, val, argname):
    """Readable names for the rows of a table."""
    if isinstance(val, str) and len(val) > 40:
        return re.sub(r"\s+", " ", val[:40])
    return None


def pytest_addoption(parser):
    parser.addoption("--engine", choices=["sqlite", "postgres"], default="sqlite",
                     help="the database of the server that the tests share")
    parser.addoption("--pictures", action="store_true", help="write the documents' pictures")
