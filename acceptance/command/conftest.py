"""The command `chappe`, as whoever runs the server types it."""

import os
import subprocess

import pytest
from harness.client import Client
from harness.server import binary


class Ended:
    """What a command came to."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    def ok(self):
        """Asserts success; what it said."""
        assert self.status == 0, f"{self.status}\n{self.out}\n{self.err}"
        return self.out

    def fails(self, status):
        """Asserts how it failed; what it complained of."""
        assert self.status == status, f"{self.status}\n{self.out}\n{self.err}"
        assert "Fatal error" not in self.err
        return self.err


@pytest.fixture
def chappe():
    """Runs `chappe …` to its end: `chappe("user", "list", environment={…}, typed="…")`."""
    def run(*arguments, environment=None, typed="", within=60):
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CHAPPE_")}
        return Ended(subprocess.run(
            [binary(), *map(str, arguments)], input=typed.encode(), capture_output=True,
            timeout=within, env=inherited | (environment or {})))
    return run


@pytest.fixture
def log_in():
    """Logs in by name and password: `log_in(url, name, password)`; the answer."""
    def log_in(url, name, password):
        return Client(url).post("/v3/login", body={
            "type": "m.login.password", "password": password,
            "identifier": {"type": "m.id.user", "user": name}})
    return log_in


@pytest.fixture(autouse=True)
def goes_on():
    """No server is shared here."""
