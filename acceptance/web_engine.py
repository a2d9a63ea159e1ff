#!/usr/bin/env python3
"""Runs the web client's own tests of its engine (web/tests/run.py) against the real server.

Ends with their count. Status 77 where the client has no such tests.
"""

import subprocess
import sys

from harness.server import ROOT, Homeserver

TESTS = ROOT / "web" / "tests" / "run.py"


def main():
    """Starts a server and hands it over."""
    if not TESTS.exists():
        print("web-engine: the web client has no tests of its own here")
        return 77
    with Homeserver() as server:
        return subprocess.run([sys.executable, "-B", str(TESTS), "--homeserver", server.url], cwd=ROOT,
                              stdin=subprocess.DEVNULL).returncode


if __name__ == "__main__":
    sys.exit(main())
