"""A PostgreSQL of the tests' own, in a temporary folder, on loopback."""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

from .server import free_port

BIN = pathlib.Path("/usr/lib/postgresql/15/bin")


class Postgres:
    """One PostgreSQL server with as many empty databases as are asked for.

    It refuses to run as root, so root starts it as the user `postgres`.
    """

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chappe-postgres-"))
        self.port = free_port()
        self.process = None
        self.databases = 0
        self.as_user = {}
        if os.getuid() == 0:
            self.as_user = {"user": "postgres", "group": "postgres", "extra_groups": []}
            shutil.chown(self.folder, "postgres", "postgres")

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    def start(self):
        """Makes the data folder if it is not there, and starts the server."""
        data = self.folder / "data"
        if not data.exists():
            self._run("initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C", "-A",
                      "trust")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [BIN / "postgres", "-D", data, "-p", str(self.port), "-k", self.folder,
                 "-c", "listen_addresses=127.0.0.1"],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self.as_user)
        deadline = time.monotonic() + 30
        while self._run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), check=False):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(
                    "PostgreSQL did not start:\n" + (self.folder / "log").read_text("utf-8"))
            time.sleep(0.05)
        return self

    def new_database(self):
        """Makes an empty database; its URL."""
        self.databases += 1
        name = f"chappe{self.databases}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres",
                  "-E", "UTF8", "--locale=C", "-T", "template0", name)
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def close(self):
        """Ends the server at once and removes its folder."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, tool, *arguments, check=True):
        return subprocess.run([BIN / tool, *arguments], cwd=self.folder, check=check,
                              stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              **self.as_user).returncode
