"""What the log and the metrics hold after all of the above. The last file, so that there is an above."""

import pytest

pytestmark = [pytest.mark.ours, pytest.mark.process]


def test_no_secret_in_the_log(server, client, amelie):
    """Neither log nor metrics hold a password, a token or a message (B5)."""
    secret = "mot-très-secret-du-journal"
    user = client.register("secret-" + amelie.localpart, password=secret)
    room = user.public_room()
    user.send(room, "texte-très-secret-du-journal")
    client.get("/v3/account/whoami", query={"access_token": user.token}).ok()
    client.post("/v3/login", body={"type": "m.login.password", "password": secret + "x",
                                   "identifier": {"type": "m.id.user", "user": user.user_id}}).error(403)
    text = server.log.read_text("utf-8", "replace") + client.get("/metrics").body.decode()
    for hidden in (secret, user.token, amelie.token, amelie.password, "texte-très-secret", "mot-de-passe"):
        assert hidden not in text


def test_the_log_is_json(server):
    """Each line of the log is a JSON object."""
    strays = [r["text"] for r in server.log_records() if set(r) == {"text"}]
    assert not strays, "\n".join(strays[:20])


def test_no_fault_was_ours(server):
    """After thousands of wrong requests, nothing in the log asks to look for a bug."""
    faults = [r for r in server.log_records() if str(r.get("level", "")).lower() in ("error", "critical")]
    assert not faults, "\n".join(str(fault)[:500] for fault in faults[:20])
