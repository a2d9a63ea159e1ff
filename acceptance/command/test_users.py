"""`chappe user …`: beside a running server, and without one; on both engines."""

import contextlib
import json
import os
import pty
import select
import subprocess
import time

import pytest
from harness.client import Client
from harness.postgres import Postgres
from harness.server import Homeserver, binary


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request):
    """Makes an empty database; None where it is a file."""
    with contextlib.ExitStack() as stack:
        postgres = stack.enter_context(Postgres()) if request.param == "postgres" else None
        yield lambda: postgres.new_database() if postgres else None


@pytest.fixture
def server(database):
    """A server of the test's own."""
    with Homeserver(database=database()) as server:
        yield server


@pytest.fixture
def user(chappe, server):
    """Runs `chappe user …` on that server's configuration."""
    site = ["--server-name", server.name, "--data", server.folder / "data"]
    if "--database" in server.command:
        site += server.command[server.command.index("--database"):][:2]
    return lambda *arguments, typed="": chappe("user", *arguments, *site, typed=typed)


def whoami(server, token):
    """What a token is told."""
    return Client(server.url).get("/v3/account/whoami", headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize("runs", [True, False])
def test_add(server, user, log_in, runs):
    """An account is made from a name or an address, and its owner logs in."""
    if not runs:
        server.stop()
    assert user("add", "amelie", typed="motdepasse\n").ok() == f"@amelie:{server.name} (amelie)\n"
    said = user("add", "Jean-Paul.Martin@sante.gouv.fr", "--admin", typed="motdepasse\n").ok()
    assert said == f"@jean-paul.martin-sante.gouv.fr:{server.name} (Jean-Paul Martin [Sante])\n"
    # Somebody else of that name, at another address that makes the same.
    said = user("add", "jean-paul.martin@sante.gouv.fr", typed="motdepasse\n").ok()
    assert said.startswith(f"@jean-paul.martin-sante.gouv.fr1:{server.name}")
    assert "taken" in user("add", "amelie", typed="motdepasse\n").fails(1)
    if not runs:
        server.start()
    log_in(server.url, "amelie", "motdepasse").ok()
    log_in(server.url, "jean-paul.martin-sante.gouv.fr", "motdepasse").ok()


@pytest.mark.parametrize("name", ["", "é", "a b", "_service", "@amelie:elsewhere.example", "x" * 300])
def test_add_refuses(user, name):
    """A name that no account can have is refused in words."""
    assert "chappe: " in user("add", name, typed="motdepasse\n").fails(1)


@pytest.mark.parametrize("typed", ["", "\n", "x" * 600 + "\n"])
def test_odd_passwords(user, typed):
    """Nothing, and more than is ever hashed, are no passwords."""
    assert user("add", "amelie", typed=typed).status in (1, 64)
    assert "amelie" not in user("list").ok()


def test_password_ends_sessions(server, user, log_in):
    """A new password ends the sessions of the running server at once, cached ones too."""
    user("add", "amelie", typed="motdepasse\n").ok()
    token = log_in(server.url, "amelie", "motdepasse").ok()["access_token"]
    assert whoami(server, token).status == 200
    user("password", "amelie", typed="nouveau\n").ok()
    whoami(server, token).error(401, "M_UNKNOWN_TOKEN")
    log_in(server.url, "amelie", "motdepasse").error(403)
    log_in(server.url, "amelie", "nouveau").ok()
    assert "There is no account" in user("password", "basile", typed="x\n").fails(1)


def test_deactivate(server, user, log_in):
    """A closed account is out of its sessions and rooms at once, and does not come back."""
    user("add", "amelie", typed="motdepasse\n").ok()
    token = log_in(server.url, "amelie", "motdepasse").ok()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    basile = Client(server.url).register("basile")
    room = basile.public_room()
    Client(server.url).post("/v3/join/{}", room, body={}, headers=headers).ok()
    user("deactivate", f"@amelie:{server.name}").ok()
    whoami(server, token).error(401, "M_UNKNOWN_TOKEN")
    log_in(server.url, "amelie", "motdepasse").error(403)
    members = basile.get("/v3/rooms/{}/joined_members", room).ok()["joined"]
    assert list(members) == [basile.user_id]
    assert "closed already" in user("deactivate", "amelie").fails(1)
    assert "taken" in user("add", "amelie", typed="motdepasse\n").fails(1)


def test_list(server, user):
    """The list is a table, or JSON line by line, and as long as it is."""
    for number in range(12):
        Client(server.url).register(f"personne{number:02}")
    user("add", "chloe", "--admin", "--display-name", "Chloé\tL.", typed="motdepasse\n").ok()
    user("deactivate", "personne03").ok()
    table = user("list").ok().splitlines()
    assert len(table) == 14 and table[0].startswith("user")
    assert "administrator" in table[1] and "\t" not in table[1]
    assert table[5].endswith("closed")
    accounts = [json.loads(line) for line in user("list", "--json").ok().splitlines()]
    assert [a["user_id"] for a in accounts] == sorted(a["user_id"] for a in accounts)
    assert accounts[0]["admin"] is True and accounts[0]["display_name"] == "Chloé\tL."
    assert not any("password" in key for a in accounts for key in a)


def test_asks_on_the_terminal(server):
    """On a terminal the password is asked for twice, and never shown."""
    command = [binary(), "user", "add", "amelie", "--server-name", server.name, "--data",
               str(server.folder / "data")]
    if "--database" in server.command:
        command += server.command[server.command.index("--database"):][:2]
    outer, inner = pty.openpty()
    process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner)
    os.close(inner)
    seen, deadline, asked = "", time.monotonic() + 30, 0
    while time.monotonic() < deadline:
        if select.select([outer], [], [], 0.2)[0]:
            try:
                seen += os.read(outer, 4096).decode()
            except OSError:
                break
        if seen.count(": ") > asked and asked < 2 and seen.endswith(": "):
            asked += 1
            os.write(outer, b"motdepasse\n")
    assert process.wait(10) == 0, seen
    assert asked == 2 and "motdepasse" not in seen
    assert f"@amelie:{server.name}" in seen
    os.close(outer)


def test_no_data_folder(chappe, tmp_path):
    """A folder that is not there is no empty list."""
    complaint = chappe("user", "list", "--server-name", "localhost", "--data",
                       tmp_path / "none").fails(78)
    assert "is not there" in complaint
    assert not (tmp_path / "none").exists()
