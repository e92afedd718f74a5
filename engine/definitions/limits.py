"""What a process that works on strangers' files may use; the limits hold for it from there on."""

import re
import resource
import signal
from pathlib import Path

_MEGABYTE = 1024 * 1024
_TO_SPARE = 32 * _MEGABYTE
"""More than anything but a single huge text is asked for at once; that is a MemoryError."""


def limit_memory(megabytes: int) -> None:
    """So much more than the process has now; asking beyond it is a MemoryError.

    The kernel counts addresses, not memory: a child has those of its parent from its birth, also
    the room that each of the parent's threads reserved and never used (72 MB with glibc: sixteen
    of them hold a gigabyte of addresses in 40 MB of memory). An absolute limit would leave the
    child of a large process nothing.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = _addresses() + megabytes * _MEGABYTE
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def is_short_of_memory() -> bool:
    """Whether so little was left at some moment that something may have been refused.

    Libraries in C swallow that and say something else: a file is no XML, a form no JSON.
    """
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return limit != resource.RLIM_INFINITY and _most_addresses() > limit - _TO_SPARE


def allow_memory() -> None:
    """No limit any more: whoever ran into it must still be able to say so."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def limit_time(seconds: int, patience: int) -> None:
    """Of processor time, and on the clock: what waits computes nothing and must end as well."""
    signal.alarm(patience)
    used = resource.getrusage(resource.RUSAGE_SELF)
    last = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (last, resource.RLIM_INFINITY))


def _addresses() -> int:
    """Bytes that are mapped into this process, used or not."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
    return pages * resource.getpagesize()


def _most_addresses() -> int:
    """The most there were since this process was forked."""
    found = re.search(
        r"^VmPeak:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE
    )
    return int(found[1]) * 1024 if found else _addresses()
