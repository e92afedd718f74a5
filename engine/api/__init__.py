"""The engine as everybody uses it: pages, the API, the command line, tests.

A few groups of commands and questions (``engine.tasks.claim()``, ``engine.cases.start()`` …).
Every command is one unit of work with ONE commit, and commits are written in ``commands.py`` and
nowhere else (design.md D2). A command that met somebody else's write begins anew.
"""

from engine.api.engine import Engine

__all__ = ["Engine"]
