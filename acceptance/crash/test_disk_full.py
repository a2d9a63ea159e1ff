"""A full disk: clear errors, nothing acknowledged is lost, and it goes on when there is room again."""

import os
import subprocess
import time

import pytest
from harness.client import Client
from harness.server import Homeserver

pytestmark = [pytest.mark.ours, pytest.mark.process]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 MB of memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.getuid() != 0 or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", folder], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("mounting a file system needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=False)


def test_full_disk(small_disk):
    """507 or 500 while it is full; recovery by itself; everything acknowledged is there."""
    server = Homeserver()
    server.command[server.command.index("--data") + 1] = str(small_disk / "data")
    with server:
        client = Client(server.url)
        amelie = client.register("amelie")
        room, acknowledged = amelie.public_room(), []
        acknowledged.append(amelie.send(room, "avant"))
        filler = small_disk / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while file.write(bytes(65_536)):
                    pass
            except OSError:
                pass
        refused = []
        for i in range(3_000):
            answer = amelie.try_send(room, {"msgtype": "m.text", "body": "x" * 10_000})
            if answer.status == 200:
                acknowledged.append(answer.json["event_id"])
            else:
                answer.error({500, 507})
                refused.append(answer)
                if len(refused) == 5:
                    break
        assert len(refused) == 5, "the disk never was full"
        upload = amelie.post("/_matrix/media/v3/upload", raw=bytes(1_000_000))
        assert upload.status in (500, 507), upload
        assert server.is_running and amelie.get("/v3/account/whoami").status == 200
        filler.unlink()
        deadline = time.monotonic() + 30
        while (answer := amelie.try_send(room, {"msgtype": "m.text", "body": "après"})).status != 200:
            assert time.monotonic() < deadline, "it did not recover"
        acknowledged.append(answer.json["event_id"])
        ids = [e["event_id"] for e in amelie.history(room)]
        assert [ids.count(i) for i in acknowledged] == [1] * len(acknowledged)
        server.kill()
        server.start()
        ids = [e["event_id"] for e in amelie.history(room)]
        assert [ids.count(i) for i in acknowledged] == [1] * len(acknowledged)
