"""Where the server listens, and who may know what there."""

import http.client
import os
import signal
import socket
import ssl
import subprocess
import time

import pytest
from harness.client import Client
from harness.server import Homeserver, free_port


def certificate(folder, name, serial):
    """A certificate that signs itself, and its key."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "30", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}",
         "-set_serial", str(serial), "-keyout", folder / "key.pem.new", "-out",
         folder / "certificate.pem.new"], check=True, capture_output=True)
    for file in ("key.pem", "certificate.pem"):
        os.replace(folder / f"{file}.new", folder / file)
    (folder / "key.pem").chmod(0o600)


def shown_serial(port, protocols=("h2", "http/1.1")):
    """The serial number of the certificate that a port shows, and the protocol it chooses."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(list(protocols))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="chat.test") as sealed:
            der = sealed.getpeercert(binary_form=True)
            chosen = sealed.selected_alpn_protocol()
    text = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-serial"], input=der,
                          check=True, capture_output=True).stdout.decode()
    return int(text.strip().removeprefix("serial="), 16), chosen


def test_tls(tmp_path):
    """The client API is served with TLS, by HTTP/2 where the client knows it; SIGHUP reads the files."""
    certificate(tmp_path, "chat.test", 1)
    port = free_port()
    with Homeserver(arguments=[
            "--tls-listen", f"127.0.0.1:{port}", "--tls-certificate", str(tmp_path / "certificate.pem"),
            "--tls-key", str(tmp_path / "key.pem")]) as server:
        assert shown_serial(port) == (1, "h2")
        assert shown_serial(port, ["http/1.1"]) == (1, "http/1.1")
        for version in ("--http1.1", "--http2"):
            said = subprocess.run(
                ["curl", "-sk", version, "-w", " %{http_version} %{http_code}",
                 f"https://127.0.0.1:{port}/_matrix/client/versions"],
                check=True, capture_output=True, timeout=20).stdout.decode()
            assert '"versions"' in said and said.endswith(f"{version[6:]} 200"), said
        # A body past the limit is answered too, and the connection goes on for others.
        refused = subprocess.run(
            ["curl", "-sk", "--http2", "-w", " %{http_code}", "-d", "@-",
             f"https://127.0.0.1:{port}/_matrix/client/v3/login"],
            input=b"x" * (3 << 20), check=True, capture_output=True, timeout=20).stdout.decode()
        assert "M_TOO_LARGE" in refused and refused.endswith(" 413"), refused

        certificate(tmp_path, "chat.test", 2)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while shown_serial(port)[0] != 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        # What cannot be read changes nothing.
        (tmp_path / "key.pem").write_text("nonsense")
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while not any("stays" in r.get("message", "") for r in server.log_records()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert shown_serial(port)[0] == 2
        assert server.stop() == 0


def test_sighup_without_tls():
    """SIGHUP ends nothing."""
    with Homeserver() as server:
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert server.is_ready()
        assert server.stop() == 0


def test_wrong_certificate(chappe, tmp_path):
    """A key that is not the certificate's is said at the start."""
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    certificate(tmp_path / "a", "chat.test", 1)
    certificate(tmp_path / "b", "chat.test", 2)
    complaint = chappe(
        "serve", "--server-name", "chat.test", "--data", tmp_path / "data", "--tls-listen",
        f"127.0.0.1:{free_port()}", "--tls-certificate", tmp_path / "a" / "certificate.pem",
        "--tls-key", tmp_path / "b" / "key.pem").fails(78)
    assert "is not that of the certificate" in complaint


def test_operations_apart():
    """With an address of their own, metrics and health are there alone."""
    port = free_port()
    server = Homeserver(arguments=["--admin-listen", f"127.0.0.1:{port}"])
    server.is_ready = lambda: ready(port)
    with server:
        everybody, operations = Client(server.url), Client(f"http://127.0.0.1:{port}")
        for path in ("/metrics", "/health/live", "/health/ready"):
            assert operations.get(path).status == 200
            assert everybody.get(path).status == 404
        assert operations.get("/_matrix/client/versions").status == 404
        assert everybody.get("/_matrix/client/versions").status == 200


def ready(port):
    """Does the readiness probe answer at this port?"""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False


def test_one_server_a_folder(chappe):
    """A second server on the same folder is refused."""
    with Homeserver() as server:
        complaint = chappe(
            "serve", "--server-name", server.name, "--data", server.folder / "data", "--listen",
            f"127.0.0.1:{free_port()}").fails(69)
        assert "Another chappe uses the data folder" in complaint
        assert server.is_ready()


def test_what_is_kept_is_private():
    """Nobody else can read what the server keeps, nor ask it what its commands ask."""
    with Homeserver() as server:
        data = server.folder / "data"
        for path in [data, *data.iterdir()]:
            assert path.stat().st_mode & 0o077 == 0, path
        assert Client(server.url).get("/_chappe/console/accounts").status == 404
        server.stop()
        assert not (data / "chappe.sock").exists()


@pytest.mark.parametrize("length", [150])
def test_long_folder(chappe, log_in, length):
    """The commands find the server whatever the length of its folder's name."""
    server = Homeserver()
    data = server.folder / ("d" * length)
    server.command[server.command.index("--data") + 1] = str(data)
    with server:
        said = chappe("user", "add", "amelie", "--server-name", server.name, "--data", data,
                      typed="motdepasse\n").ok()
        assert f"@amelie:{server.name}" in said
        log_in(server.url, "amelie", "motdepasse").ok()
