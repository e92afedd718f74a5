"""Keeping a process that runs for weeks as small as what it holds."""

import ctypes

_M_ARENA_MAX = -8
_ARENAS = 2


def share_arenas() -> None:
    """Let all threads take memory from two arenas; call it before there are threads.

    glibc gives each thread an arena of its own, and none gives back what another could use: after
    half an hour of load sixteen of them held ten to fourteen megabytes each. Python's lock lets
    one thread at a time allocate, so two are enough. Elsewhere than on glibc there is nothing to
    set.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, _ARENAS)
