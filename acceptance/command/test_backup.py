"""`chappe backup` and `chappe restore`: what was acknowledged before the backup is there after it."""

import contextlib
import json
import shutil
import subprocess
import threading

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


def site(server, data=None, database=None):
    """The options of a site that is like a server's."""
    options = ["--server-name", server.name, "--data", data or server.folder / "data"]
    if database is None and "--database" in server.command:
        database = server.command[server.command.index("--database") + 1]
    return options + (["--database", database] if database else [])


def move(server, data, database):
    """Has a server start next time on another folder and database."""
    server.command[server.command.index("--data") + 1] = str(data)
    if database:
        server.command[server.command.index("--database") + 1] = database


class Talk(threading.Thread):
    """Someone who sends messages one after the other, and keeps what was acknowledged."""

    def __init__(self, user, room):
        super().__init__()
        self.user, self.room = user, room
        self.acknowledged = []
        self.ends = threading.Event()

    def run(self):
        while not self.ends.is_set():
            self.acknowledged.append(self.user.send(self.room, f"{len(self.acknowledged)}"))


def upload(user, body):
    """Uploads a file; its server and ID."""
    answer = user.post("/_matrix/media/v3/upload", raw=body, headers={"Content-Type": "image/png"})
    return answer.ok()["content_uri"].removeprefix("mxc://").split("/")


def test_backup_under_load(chappe, database, tmp_path):
    """A backup under load, put back: tokens are good, syncs begin anew, nothing acknowledged lacks."""
    with Homeserver(database=database()) as server:
        client = Client(server.url)
        amelie, basile = client.register("amelie"), client.register("basile")
        room = amelie.public_room()
        basile.post("/v3/join/{}", room, body={}).ok()
        picture = upload(amelie, b"\x89PNG" + bytes(200_000))
        since = basile.sync()["next_batch"]
        talks = [Talk(user, room) for user in (amelie, basile)]
        for talk in talks:
            talk.start()
        while min(len(t.acknowledged) for t in talks) < 5:
            assert all(t.is_alive() for t in talks)
        before = [list(t.acknowledged) for t in talks]
        backup = tmp_path / "backup"
        said = chappe("backup", backup, *site(server)).ok()
        assert "1 media (1 new)" in said
        for talk in talks:
            talk.ends.set()
            talk.join()
        later = basile.sync(since=since)["next_batch"]
        server.stop()

        data, new = tmp_path / "data", database()
        chappe("restore", "--check", backup, *site(server, data, new)).ok()
        assert not data.exists()
        chappe("restore", backup, *site(server, data, new)).ok()
        assert {p.stat().st_mode & 0o077 for p in [data, *data.rglob("*")]} == {0}
        move(server, data, new)
        server.start()
        for ids in before:
            for event in ids:
                assert amelie.event(room, event)["event_id"] == event
        # A position from before the backup or from after it: either way all is sent anew.
        for token in (since, later):
            joined = basile.sync(since=token)["rooms"]["join"][room]
            types = {e["type"] for e in joined["state"]["events"] + joined["timeline"]["events"]}
            assert "m.room.create" in types
        answer = amelie.get("/_matrix/client/v1/media/download/{}/{}", *picture)
        assert answer.body == b"\x89PNG" + bytes(200_000)
        # And life goes on.
        said = amelie.send(room, "de retour")
        assert basile.event(room, said)["content"]["body"] == "de retour"
        assert basile.sync(since=basile.sync()["next_batch"])["next_batch"]


def test_again_to_the_same_folder(chappe, tmp_path):
    """A second backup copies what is new, and leaves nothing of the first behind."""
    with Homeserver() as server:
        amelie = Client(server.url).register("amelie")
        upload(amelie, b"one")
        backup = tmp_path / "backup"
        assert "1 media (1 new)" in chappe("backup", backup, *site(server)).ok()
        upload(amelie, b"two")
        assert "2 media (1 new)" in chappe("backup", backup, *site(server)).ok()
        assert len(list(backup.glob("database-*"))) == 1
        assert len(list(backup.glob("media-*"))) == 1
        # Without the server too.
        server.stop()
        assert "2 media (0 new)" in chappe("backup", backup, *site(server)).ok()


@pytest.fixture(scope="module")
def backup(tmp_path_factory):
    """A small backup, and the name of its server."""
    folder = tmp_path_factory.mktemp("backup")
    with Homeserver() as server:
        upload(Client(server.url).register("amelie"), b"a picture")
        subprocess.run([binary(), "backup", folder, *map(str, site(server))], check=True, timeout=60,
                       capture_output=True)
        yield folder, server.name


def spoil(path):
    """Changes one byte in the middle of a file."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("what", ["database-*", "signing.key", "media/*/*/*", "media-*.list"])
@pytest.mark.parametrize("how", [spoil, lambda path: path.unlink()], ids=["spoiled", "missing"])
def test_damaged_backups(chappe, backup, tmp_path, what, how):
    """A file that is not what it was is found before anything is written."""
    folder, name = backup
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    how(next(copy.glob(what)))
    data = tmp_path / "data"
    options = ["--server-name", name, "--data", data]
    ended = chappe("restore", copy, *options)
    assert ended.status in (69, 78) and "chappe: " in ended.err, ended.err
    assert not data.exists()
    assert chappe("restore", "--check", copy, *options).status in (69, 78)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 2}', "x" * 100_000])
def test_damaged_manifests(chappe, backup, tmp_path, text):
    """A manifest that cannot be read makes no backup; nor does one that names files elsewhere."""
    folder, name = backup
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    options = ["--server-name", name, "--data", tmp_path / "data"]
    (copy / "manifest.json").write_text(text)
    chappe("restore", copy, *options).fails(78)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["signing_key"]["name"] = "../../../etc/passwd"
    (copy / "manifest.json").write_text(json.dumps(manifest))
    chappe("restore", copy, *options).fails(78)
    chappe("restore", tmp_path / "none", *options).fails(78)


def test_refusals(chappe, backup, tmp_path):
    """A folder that holds anything, another name and another engine are refused."""
    folder, name = backup
    data = tmp_path / "data"
    data.mkdir()
    (data / "something").write_text("mine")
    complaint = chappe("restore", folder, "--server-name", name, "--data", data).fails(78)
    assert "is not empty" in complaint
    assert (data / "something").read_text() == "mine"
    complaint = chappe("restore", folder, "--server-name", "other.example", "--data", data).fails(78)
    assert "cannot be changed" in complaint
    chappe("restore", folder, "--server-name", name, "--data", data, "--database",
           "postgres://nobody@127.0.0.1/x").fails(78)


def test_interrupted(chappe, backup, tmp_path):
    """Half put back, the server does not start; the same again goes on to the end."""
    folder, name = backup
    data = tmp_path / "data"
    options = ["--server-name", name, "--data", data]
    chappe("restore", folder, *options).ok()
    # As it was before the end.
    (data / "restoring").write_bytes((folder / "manifest.json").read_bytes())
    (data / "signing.key").unlink()
    assert "half put back" in chappe("serve", *options).fails(78)
    assert "half put back" in chappe("user", "list", *options).fails(78)
    chappe("restore", folder, *options).ok()
    assert not (data / "restoring").exists()
    assert f"@amelie:{name}" in chappe("user", "list", *options).ok()
    assert "is not empty" in chappe("restore", folder, *options).fails(78)
