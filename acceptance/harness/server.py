"""The real server, started as its administrator would."""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def binary():
    """The executable under test."""
    return os.environ.get("CHAPPE_BINARY", str(ROOT / ".build" / "release" / "chappe"))


def web_folder():
    """The bundled web client."""
    return os.environ.get("CHAPPE_WEB", str(ROOT / "web" / "dist"))


def free_port():
    """A loopback port that nothing listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Homeserver:
    """`chappe serve` on a free loopback port, with a data folder of its own.

    The folder and the port stay the same over a restart.
    """

    def __init__(self, database=None, rate_limits=False, arguments=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="chappe-test-"))
        self.port = free_port()
        self.name = f"localhost:{self.port}"
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / "log"
        self.process = None
        self.command = [
            binary(), "serve", "--server-name", self.name, "--listen", f"127.0.0.1:{self.port}",
            "--data", str(self.folder / "data"), "--open-registration"]
        if not rate_limits:
            self.command.append("--no-rate-limits")
        if pathlib.Path(web_folder()).is_dir():
            self.command += ["--web", web_folder()]
        if database:
            self.command += ["--database", database]
        self.command += arguments

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_):
        self.close()

    @property
    def pid(self):
        """The server's process."""
        return self.process.pid

    @property
    def is_running(self):
        """Has the process neither ended nor been ended?"""
        return self.process is not None and self.process.poll() is None

    def start(self, within=30):
        """Starts the server and waits until it is ready."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + within
        while not self.is_ready():
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server was not ready within {within} s:\n{self.tail()}")
            time.sleep(0.01)
        return self

    def is_ready(self):
        """Does `GET /health/ready` answer 200?"""
        try:
            with DIRECT.open(self.url + "/health/ready", timeout=2) as response:
                return response.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def kill(self):
        """Ends the process with no chance to write anything more."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)

    def stop(self, within=20):
        """Asks the process to end; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within)

    def close(self):
        """Ends the server and removes its folder, unless CHAPPE_KEEP says to keep it."""
        if self.is_running:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        if os.environ.get("CHAPPE_KEEP"):
            print(f"kept: {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)

    def tail(self, lines=30):
        """The end of the log; after a crash, what it says of the crash."""
        text = self.log.read_text("utf-8", "replace").splitlines()
        fatal = [i for i, line in enumerate(text) if "Fatal error" in line or "*** " in line[:4]]
        if fatal:
            # Our own frames say where; those of the libraries only how it got there.
            frames = [line for line in text[fatal[0]:] if "/Sources/" in line and "/checkouts/" not in line]
            return "\n".join([text[i] for i in fatal[:2]] + (frames or text[fatal[0]:])[:lines])
        return "\n".join(text[-lines:])

    def log_records(self):
        """The log's lines as JSON; a line that is none comes as `{"text": line}`."""
        for line in self.log.read_text("utf-8", "replace").splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                record = None
            yield record if isinstance(record, dict) else {"text": line}
