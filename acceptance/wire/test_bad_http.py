"""HTTP that is slow, endless, contradictory or hostile, while others go on (D7)."""

import threading
import time

import pytest
from harness.client import Client
from harness.wire import Wire

ours = pytest.mark.ours
SEND = "/_matrix/client/v3/login"
LOGIN = b'{"type":"m.login.nonsense"}'
JSON = "Content-Type: application/json"


def others_are_served(client):
    """A newcomer is answered within a second."""
    newcomer = Client(client.url)
    start = time.monotonic()
    assert newcomer.get("/_matrix/client/versions", patience=5).status == 200
    assert time.monotonic() - start < 1
    newcomer.hang_up()


@pytest.mark.parametrize("headers, body", [
    (["Content-Length: 5", "Content-Length: 6"], b"{}   "), (["Content-Length: -1"], b""),
    (["Content-Length: x"], b""), (["Content-Length: 99999999999999999999999"], b"{}"),
    (["Content-Length: 2", "Transfer-Encoding: chunked"], b"2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"), (["Transfer-Encoding: chunked"], b"-2\r\n{}\r\n0\r\n\r\n"),
    pytest.param(["Transfer-Encoding: chunked"], b"ffffffffffffffffff\r\n{}", marks=ours),
    (["Transfer-Encoding: nonsense"], b"{}"),
    ([" folded: x", "Content-Length: 0"], b""), (["No colon here"], b""), (["A\0b: c", "Content-Length: 0"], b""),
], ids=["two-lengths", "negative", "no-number", "huge", "length-and-chunks", "bad-chunk", "negative-chunk",
        "huge-chunk", "unknown-encoding", "folded", "no-colon", "nul"])
def test_framing(client, headers, body):
    """A body that is framed ambiguously or wrongly is refused, never guessed at."""
    with Wire(client, within=5) as wire:
        wire.ask("POST", SEND, [JSON, *headers], body)
        status = wire.status() if headers != ["Content-Length: 99999999999999999999999"] else None
        assert status is None or 400 <= status < 600, status
    others_are_served(client)


def test_smuggling(client):
    """What follows a body by one framing is not a request by the other."""
    hidden = b"GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\n\r\n"
    with Wire(client, within=3) as wire:
        wire.ask("POST", SEND, [JSON, f"Content-Length: {5 + len(hidden)}", "Transfer-Encoding: chunked"],
                 b"0\r\n\r\n" + hidden)
        assert b'"versions"' not in wire.rest()


def test_chunked(client):
    """An honest chunked body is read."""
    with Wire(client) as wire:
        wire.ask("POST", SEND, [JSON, "Transfer-Encoding: chunked"],
                 b"5\r\n" + LOGIN[:5] + b"\r\n" + f"{len(LOGIN) - 5:x}\r\n".encode() + LOGIN[5:] + b"\r\n0\r\n\r\n")
        assert wire.status() in (400, 403)


def test_pipelining(client):
    """Requests sent at once are answered in their order."""
    with Wire(client, within=5) as wire:
        for path in ("/_matrix/client/versions", "/_matrix/client/nonsense", "/_matrix/client/versions"):
            wire.ask("GET", path)
        data = wire.rest()
    assert [int(part[:3]) for part in data.split(b"HTTP/1.1 ")[1:]] == [200, 404, 200]


@ours
def test_expect_continue(client):
    """A client that asks whether to go on is told so."""
    with Wire(client, within=5) as wire:
        wire.ask("POST", SEND, [JSON, f"Content-Length: {len(LOGIN)}", "Expect: 100-continue"])
        assert wire.status() == 100
        wire.send(LOGIN)


@pytest.mark.parametrize("size", [65_536, 200_000, pytest.param(5_000_000, marks=ours)])
def test_long_header(client, size):
    """Headers have a limit."""
    with Wire(client, within=10) as wire:
        wire.ask("GET", "/_matrix/client/versions", [f"X-Long: {'a' * size}"])
        assert wire.status() in (400, 413, 431, None)
    others_are_served(client)


def test_many_headers(client):
    """So has their number."""
    with Wire(client, within=10) as wire:
        wire.ask("GET", "/_matrix/client/versions", [f"X-{i}: a" for i in range(20_000)])
        assert wire.status() in (200, 400, 413, 431, None)
    others_are_served(client)


@ours
@pytest.mark.parametrize("path, limit", [(SEND, 1 << 20), ("/_matrix/client/v3/register", 1 << 20)])
def test_body_limit_before_buffering(client, path, limit):
    """A body that says it is too large is refused before it comes."""
    with Wire(client, within=5) as wire:
        wire.ask("POST", path, [JSON, f"Content-Length: {64 * limit}"])
        assert wire.status() == 413


@ours
def test_endless_body(client):
    """A body without an end is cut off at the limit."""
    with Wire(client, within=20) as wire:
        wire.ask("POST", SEND, [JSON, "Transfer-Encoding: chunked"])
        piece = b"10000\r\n" + b" " * 65_536 + b"\r\n"
        sent = 0
        while sent < 128 << 20 and wire.send(piece):
            sent += 65_536
        assert sent < 128 << 20
        assert wire.status() in (413, None)
    others_are_served(client)


@ours
@pytest.mark.parametrize("encoding", ["gzip", "GZip", "deflate", "br", "zstd"])
def test_compressed_body(amelie, encoding):
    """A compressed body is not unpacked (a bomb would be)."""
    import gzip
    bomb = gzip.compress(b"{" + b" " * 20_000_000 + b"}")
    answer = amelie.post("/v3/createRoom", raw=bomb, headers={"Content-Encoding": encoding})
    answer.error({400, 413, 415})


@pytest.mark.parametrize("type", ["multipart/form-data; boundary=x", "Multipart/Form-Data", "MULTIPART/form-data;boundary="])
def test_multipart(amelie, type):
    """A form is no JSON, in whatever case it says so (CVE-2024-52805 and its bypass)."""
    raw = b"--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + b"a" * 100_000 + b"\r\n--x--\r\n"
    answer = amelie.post("/v3/createRoom", raw=raw, headers={"Content-Type": type})
    assert 400 <= answer.status < 500, answer


@pytest.mark.parametrize("line", [
    b"GET / HTTP/9.9\r\n\r\n", b"GET\r\n\r\n", b"\r\n\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(60),
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET http://elsewhere.example/_matrix/client/versions HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT elsewhere.example:443 HTTP/1.1\r\nHost: x\r\n\r\n", b"TRACE /_matrix/client/versions HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /_matrix/client/versions HTTP/1.1\r\n\r\n", b"A" * 100_000, b"G\0T / HTTP/1.1\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
], ids=["version", "no-path", "empty", "tls", "http2", "absolute", "connect", "trace", "no-host", "no-end",
        "nul", "bytes", "bad-percent", "percent-nul"])
def test_strange_requests(client, line):
    """No bytes at all make the server fail."""
    with Wire(client, within=1) as wire:
        wire.send(line)
        data = wire.rest()
        if data.startswith(b"HTTP/1.1 ") and b"trace" not in line.lower():
            assert int(data[9:12]) < 500 or int(data[9:12]) in (501, 505), data[:200]
        assert b"TRACE /_matrix" not in data
    others_are_served(client)


# -- the slow ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["headers", "body", "silent", "reader"])
def test_slow_clients(client, amelie, kind):
    """A hundred half-open clients hold up nobody."""
    room = amelie.public_room()
    for i in range(10):
        amelie.send(room, "x" * 50_000)
    wires = [Wire(client, within=30) for _ in range(100)]
    try:
        for i, wire in enumerate(wires):
            if kind == "headers":
                wire.send(f"GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\nX-{i}: ".encode())
            elif kind == "body":
                wire.ask("POST", "/_matrix/media/v3/upload", [
                    f"Authorization: Bearer {amelie.token}", "Content-Length: 1000000"], b"x")
            elif kind == "reader":
                wire.ask("GET", "/_matrix/client/v3/sync", [f"Authorization: Bearer {amelie.token}"])
        others_are_served(client)
        start = time.monotonic()
        amelie.client.hang_up()
        amelie.send(room, "pendant ce temps")
        assert time.monotonic() - start < 2
    finally:
        for wire in wires:
            wire.close()
    others_are_served(client)


@ours
def test_half_open_is_ended(client):
    """A request whose headers never end is ended by the server within a minute."""
    with Wire(client, within=75) as wire:
        wire.send(b"GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\n")
        start = time.monotonic()
        wire.rest()
        assert time.monotonic() - start < 70


def test_hanging_up(client, amelie):
    """Clients that hang up before the answer leave nothing behind that hurts."""
    room = amelie.public_room()
    body = b'{"msgtype":"m.text","body":"raccroche"}'
    for i in range(30):
        with Wire(client) as wire:
            wire.ask("PUT", f"/_matrix/client/v3/rooms/{room.replace('!', '%21').replace(':', '%3A')}/send/m.room.message/h{i}",
                     [f"Authorization: Bearer {amelie.token}", JSON, f"Content-Length: {len(body)}"], body)
    for i in range(30):
        with Wire(client) as wire:
            wire.ask("GET", "/_matrix/client/v3/sync?timeout=30000&since=" + amelie.sync()["next_batch"],
                     [f"Authorization: Bearer {amelie.token}"])
    others_are_served(client)
    # A retry by the same transaction is the same event, whether or not the first arrived.
    for i in range(30):
        amelie.send(room, "raccroche", txn=f"h{i}")
    said = [e for e in amelie.history(room) if e["type"] == "m.room.message"]
    assert len(said) == 30


def test_many_at_once(client, amelie):
    """Two hundred waiting syncs wait, and all are woken."""
    room = amelie.public_room()
    since = amelie.sync()["next_batch"]
    woken, lock = [], threading.Lock()

    def wait():
        # Her own presence would be news too.
        answer = amelie.sync(since, timeout=20_000, filter={"presence": {"types": []}})
        with lock:
            woken.append(bool(answer.get("rooms", {}).get("join")))
        amelie.client.hang_up()
    threads = [threading.Thread(target=wait) for _ in range(200)]
    for thread in threads:
        thread.start()
    others_are_served(client)
    amelie.send(room, "réveil")
    for thread in threads:
        thread.join(30)
    assert woken == [True] * 200


@pytest.mark.ours
@pytest.mark.parametrize("declared", [True, False])
def test_refusal_of_size_arrives(client, declared):
    """Whoever sends all of a body that is too large before reading still gets the refusal."""
    for _ in range(5):
        with Wire(client) as wire:
            body = b"x" * (6 << 20)
            if declared:
                headers, sent = [f"Content-Length: {len(body)}"], body
            else:
                headers = ["Transfer-Encoding: chunked"]
                sent = b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n"
            assert wire.ask("POST", "/_matrix/client/v3/login", headers, sent)
            assert wire.status() == 413
            assert b"M_TOO_LARGE" in wire.rest()


@pytest.mark.ours
def test_refused_body_is_not_read_for_ever(client):
    """A body that was refused and goes on without end is cut off soon, and costs nothing."""
    with Wire(client, within=15) as wire:
        assert wire.ask("POST", "/_matrix/client/v3/login", ["Content-Length: 999999999"])
        assert wire.status() == 413
        begin, sent = time.monotonic(), 0
        while wire.send(b"x" * 65536):
            sent += 65536
            assert sent < 64 << 20 and time.monotonic() - begin < 10
