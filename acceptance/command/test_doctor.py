"""`chappe doctor`: what is well, what is not, and what to do about it."""

import contextlib
import socket
import threading

import pytest
from harness.client import Client
from harness.postgres import Postgres
from harness.server import Homeserver, free_port


def findings(text):
    """Each line's grade and subject."""
    return {tuple(line.split(":")[0].split(maxsplit=1)) for line in text.splitlines()}


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_healthy(chappe, engine):
    """A site that is well has no problem, whether its server runs or not."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(Postgres()).new_database() if engine == "postgres" else None
        server = stack.enter_context(Homeserver(database=database))
        Client(server.url).register("amelie")
        options = ["--server-name", server.name, "--data", server.folder / "data", "--listen",
                   f"127.0.0.1:{server.port}"] + (["--database", database] if database else [])
        for _ in range(2):
            said = chappe("doctor", *options).ok()
            for subject in ["data folder", "signing key", "database", "integrity", "durability",
                            "schema", "listen"]:
                assert ("ok", subject) in findings(said), said
            if server.is_running:
                assert "one runs" in said and "answers." in said
                server.stop()
        assert "none runs" in said


def test_before_the_first_start(chappe, tmp_path):
    """Nothing is there yet, and nothing is wrong; nor does looking make anything."""
    said = chappe("doctor", "--server-name", "localhost", "--data", tmp_path / "data", "--listen",
                  f"127.0.0.1:{free_port()}").ok()
    assert ("warning", "data folder") in findings(said)
    assert not (tmp_path / "data").exists()


def test_problems(chappe, tmp_path):
    """What is not well is a problem with its cure, and the command says so by its status."""
    with Homeserver() as server:
        Client(server.url).register("amelie")
        server.stop()
        data = server.folder / "data"
        (data / "signing.key").write_text("nonsense")
        database = bytearray((data / "chappe.db").read_bytes())
        database[4096 * 3:4096 * 6] = b"x" * 4096 * 3
        (data / "chappe.db").write_bytes(database)
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            ended = chappe(
                "doctor", "--server-name", server.name, "--data", data, "--listen",
                f"127.0.0.1:{other.getsockname()[1]}", "--clamd", f"127.0.0.1:{free_port()}")
    ended.fails(1)
    for subject in ["signing key", "listen", "clamd"]:
        assert ("problem", subject) in findings(ended.out), ended.out
    assert {("problem", "integrity"), ("problem", "database")} & findings(ended.out), ended.out


def test_daemons(chappe, tmp_path):
    """A daemon is asked something that it alone answers."""
    with socket.socket() as clamd, socket.socket(type=socket.SOCK_DGRAM) as relay:
        clamd.bind(("127.0.0.1", 0))
        clamd.listen()
        relay.bind(("127.0.0.1", 0))

        def answer_clamd():
            connection, _ = clamd.accept()
            assert connection.recv(100) == b"zPING\0"
            connection.sendall(b"PONG\0")
            connection.close()

        def answer_relay():
            request, sender = relay.recvfrom(100)
            relay.sendto(b"\x01\x01\x00\x00" + request[4:20], sender)

        threads = [threading.Thread(target=f, daemon=True) for f in (answer_clamd, answer_relay)]
        for thread in threads:
            thread.start()
        secret = tmp_path / "secret"
        secret.write_text("geheim")
        secret.chmod(0o600)
        said = chappe(
            "doctor", "--server-name", "localhost", "--data", tmp_path / "data", "--listen",
            f"127.0.0.1:{free_port()}", "--clamd", f"127.0.0.1:{clamd.getsockname()[1]}", "--turn",
            f"turn:127.0.0.1:{relay.getsockname()[1]}", "--turn-secret-file", secret).ok()
    assert {("ok", "clamd"), ("ok", "turn")} <= findings(said), said


def test_wrong_configuration(chappe, tmp_path):
    """What is wrong with the configuration is a finding too."""
    ended = chappe("doctor", "--server-name", "localhost", "--data", tmp_path,
                   environment={"CHAPPE_LISTEN": ""})
    ended.fails(1)
    assert ("problem", "configuration") in findings(ended.out)
