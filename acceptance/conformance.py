#!/usr/bin/env python3
"""Checks every answer of the real server against the specification's schemas.

Runs ../shared/conformance/spec_check.py against a fresh server and ends with its count. Status 77 where
that tool is not beside the project.
"""

import os
import pathlib
import subprocess
import sys

from harness.server import ROOT, Homeserver

SHARED = pathlib.Path(os.environ.get("CHAPPE_SHARED", ROOT.parent / "shared"))


def main():
    """Runs the check."""
    tool = SHARED / "conformance" / "spec_check.py"
    if not tool.exists():
        print("conformance: the checker is not beside the project")
        return 77
    command = [sys.executable, "-B", str(tool), "--spec", str(SHARED / "matrix-spec"), "script"]
    elsewhere = os.environ.get("CHAPPE_URL")
    if elsewhere:
        return subprocess.run([*command, elsewhere], stdin=subprocess.DEVNULL).returncode
    with Homeserver() as server:
        status = subprocess.run([*command, server.url], stdin=subprocess.DEVNULL).returncode
        if not server.is_running:
            print(f"the server ended:\n{server.tail()}")
            return 1
        return status


if __name__ == "__main__":
    sys.exit(main())
