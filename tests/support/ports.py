"""Ports for servers of a test that are begun, killed and begun again in processes of their own."""

import os
import secrets
import socket
from pathlib import Path

LOWEST, HIGHEST = 10_000, 65_535
LENT = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""From which the kernel gives every connection its own end."""
USUALLY_LENT = (32_768, 60_999)

_given: set[int] = set()


def free_port() -> int:
    """A port nobody listens on, nor gets from the kernel while its server is down or not yet up.

    Nor from here: each of several workers of a run has ports of its own, and none is given twice.
    Not from ``random``: every worker begins with the same seed.
    """
    ours = _ours(_lent())
    while True:
        port = secrets.choice(ours)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def _ours(lent: tuple[int, int]) -> range:
    """Below what the kernel lends, or above it where it lends from low on; else anywhere."""
    first, last = lent
    below, above = range(LOWEST, first), range(max(last + 1, LOWEST), HIGHEST + 1)
    widest = max(below, above, key=len)
    many = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    mine = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return (widest if len(widest) > 100 * many else range(LOWEST, HIGHEST + 1))[mine::many]


def _lent() -> tuple[int, int]:
    try:
        first, last = LENT.read_text(encoding="ascii").split()
    except OSError:  # a sandbox does not always tell
        return USUALLY_LENT
    return int(first), int(last)


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
