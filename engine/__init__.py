"""How work moves and is remembered.

The public names: :func:`open_engine` gives an :class:`Engine`; its groups (``tasks``, ``cases``,
``definitions`` …) are all commands and questions there are. Needs no Flask.
"""

from typing import TYPE_CHECKING

from engine.lazily import fetched

if TYPE_CHECKING:
    from engine.api import Engine
    from engine.errors import BangfuError, Broken, Refused
    from engine.model.actors import SYSTEM, Actor
    from engine.opening import Options, open_engine
    from engine.work.start import Request

__all__ = [
    "SYSTEM",
    "Actor",
    "BangfuError",
    "Broken",
    "Engine",
    "Options",
    "Refused",
    "Request",
    "open_engine",
]

__getattr__ = fetched(
    __name__,
    {
        "SYSTEM": "engine.model.actors",
        "Actor": "engine.model.actors",
        "BangfuError": "engine.errors",
        "Broken": "engine.errors",
        "Engine": "engine.api",
        "Options": "engine.opening",
        "Refused": "engine.errors",
        "Request": "engine.work.start",
        "open_engine": "engine.opening",
    },
)
