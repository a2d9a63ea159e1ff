"""Who talks to whom: our own Olm and Megolm, in a deno process, and those of others."""

import contextlib

import pytest

from crypto.peers import Libolm, Ours, Vodozemac


@pytest.fixture(scope="session")
def ours():
    """Our implementation; one process for all tests."""
    with contextlib.closing(Ours()) as peer:
        yield peer


@pytest.fixture(params=[Vodozemac, Libolm], ids=["vodozemac", "libolm"])
def theirs(request):
    """An implementation that we did not write."""
    return request.param()
