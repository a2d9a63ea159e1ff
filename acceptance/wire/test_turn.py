"""The relay of calls: credentials for a while, and nothing where there is none."""

import base64
import hashlib
import hmac
import time

import pytest
from harness.client import Client
from harness.server import Homeserver


def test_no_relay(amelie, elsewhere):
    """Without a relay the answer has no address."""
    for path in ("/v3/voip/turnServer", "/_matrix/client/r0/voip/turnServer"):
        answer = amelie.get(path).ok()
        assert elsewhere or answer["uris"] == []


def test_needs_a_session(client):
    """Nobody gets credentials without a session."""
    client.get("/v3/voip/turnServer").error(401, "M_MISSING_TOKEN")


@pytest.mark.ours
@pytest.mark.process
def test_credentials(tmp_path):
    """The password is what the relay works out from the name, with the secret that both know."""
    secret = tmp_path / "secret"
    secret.write_text("geheim\n")
    secret.chmod(0o600)
    uris = ["turn:turn.chat.example:3478?transport=udp", "turns:turn.chat.example:5349"]
    with Homeserver(arguments=["--turn", uris[0], "--turn", uris[1], "--turn-secret-file",
                               str(secret), "--turn-lifetime", "600"]) as server:
        amelie = Client(server.url).register("amelie")
        answer = amelie.get("/v3/voip/turnServer").ok()
    assert answer["uris"] == uris and answer["ttl"] == 600
    until, user = answer["username"].split(":", 1)
    assert user == amelie.user_id
    assert abs(int(until) - (time.time() + 600)) < 30
    code = hmac.new(b"geheim", answer["username"].encode(), hashlib.sha1).digest()
    assert answer["password"] == base64.b64encode(code).decode()
