"""How work moves and is remembered.

The public names: :func:`open_engine` gives an :class:`Engine`; its groups (``tasks``, ``cases``,
``definitions`` …) are all commands and questions there are. Needs no Flask.
"""

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
