"""Ports for servers of a test that are begun, killed and begun again in processes of their own."""

import secrets
import socket
from pathlib import Path

LOWEST = 10_000
LENT = Path("/proc/sys/net/ipv4/ip_local_port_range")
"""From which the kernel gives every connection its own end."""


def free_port() -> int:
    """A port nobody listens on, nor gets from the kernel while its server is down or not yet up.

    Not from ``random``: every worker of a run begins with the same seed.
    """
    highest = int(LENT.read_text(encoding="ascii").split()[0])
    while True:
        port = LOWEST + secrets.randbelow(highest - LOWEST)
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
