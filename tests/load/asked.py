"""The command line of a whole run: how much of it, and on a new database of which kind."""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.postgres import AS_IN_SERVICE, PostgresServer, new_folder


@dataclass(frozen=True)
class HowMuch:
    """The option that says how much is run: its name, how it is read, what holds without it."""

    option: str
    read: Callable[[str], Any]
    usual: Any
    told: str = ""


def run_as_asked(
    name: str, words: Sequence[str], much: HowMuch, run: Callable[[str, Path, Any], object]
) -> None:
    """Run it on a new database, which is removed behind it; ``run``: address, folder, how much."""
    asking = argparse.ArgumentParser(prog=f"python -m tests.load.{name}")
    asking.add_argument(
        much.option, dest="much", type=much.read, default=much.usual, help=much.told
    )
    asking.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    asked = asking.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        if asked.db == "sqlite":
            run(f"sqlite:///{folder}/bangfu.db", Path(folder), asked.much)
            return
        server = PostgresServer(new_folder(), settings=AS_IN_SERVICE)
        server.ensure_started()
        try:
            run(server.url(server.create_database()), Path(folder), asked.much)
        finally:
            server.remove()
