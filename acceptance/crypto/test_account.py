"""An account's secrets, identity and backup, made and opened again on a real server."""

import json
import subprocess

from harness.server import ROOT

PATIENCE_SECONDS = 60


def test_account(client, amelie):
    """Set up in one step, backed up, under a new code, and begun anew."""
    story = subprocess.run(
        [ROOT / ".venv/bin/deno", "run", "--quiet", "--no-remote", "--no-check", "--allow-net",
         "tests/accountStory.ts", client.url, amelie.user_id, amelie.device_id, amelie.token, amelie.password],
        cwd=ROOT / "web", stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE_SECONDS)
    assert json.loads(story.stdout) == {
        "setUp": True,
        "again": True,
        "first": "opened",
        "isDeviceSigned": True,
        "proof": "master-key",
        "uploads": ["stored", "stored", "idle"],
        "restored": 250,
        "newCode": True,
        "second": [1, "opened"],
        "asked": "m.login.password",
        "meanwhile": "opened",
        "anew": True,
        "third": [1, 2, "opened"],
        "formerBackup": "replaced",
    }
