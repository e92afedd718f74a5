"""The second player: a process that draws the files for the first and plays half of the cases.

    python -m webapp.demo.second FD        takes what it is told through an inherited socket

A loading is computing for the most part, and every machine has two cores. Both decide the same
script for themselves; what they tell each other is how far they are. After each midnight of the
business clock they meet, and the first does alone what fell due. It inherits the lock of the
loading: as long as it lives no other loading begins, and it ends when the first does.
"""

import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from multiprocessing.connection import Connection
from typing import Any

from engine.errors import Broken
from engine.model.clock import FixedClock
from engine.store.database import Durability
from webapp.demo.existing import DemoFile
from webapp.demo.pace import few_collections
from webapp.demo.playing import Played, Players
from webapp.demo.script import SEED, Demo, Script, the_federation, write_script
from webapp.demo.working_time import WorkingTime
from webapp.opening import opened
from webapp.settings import Settings

_FILES_AT_ONCE = 100
_STOPPED = "装入演示数据的另一个进程中途停了,没有装完。请再运行一次,已装入的不会重复。"


@dataclass(frozen=True)
class Told:
    """What the second player must know to decide the same script and play its part."""

    settings: Settings
    demo: Demo
    today: date
    line: WorkingTime


class SecondPlayer:
    """The first player's end of it. All raise Broken when the second stopped on the way."""

    def __init__(self, lock: int) -> None:
        """Start it; ``lock``: the file descriptor of the loading's lock."""
        ours, theirs = socket.socketpair()
        with theirs:
            handed = (theirs.fileno(), lock)
            command = [sys.executable, "-m", "webapp.demo.second", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=handed)  # noqa: S603 - our own
        self._line = Connection(ours.detach())
        self._is_drawing = False
        self._kept: Sequence[DemoFile] | None = None
        self.done = 0
        self.pid = self._process.pid

    def tell(self, told: Told) -> None:
        """Say what is loaded: once, and before anything else is asked of it."""
        self._send(told)

    def close(self) -> None:
        """Let it end."""
        self._line.close()
        self._process.wait()

    def files(self) -> Iterator[DemoFile]:
        """The files of the script after the first, drawn while those before them are loaded."""
        while drawn := self._drawn():
            self._draw()
            yield from drawn

    def begin(self, until: datetime) -> None:
        """Let it play its half, up to an instant."""
        if self._is_drawing:
            self._kept = self._drawn()
        self._send(until)

    def meet(self, work: Callable[[], None]) -> None:
        """Wait until it has come to this midnight too, do the work, and let it go on."""
        self.done = self._receive()
        work()
        self._send(None)

    def played(self) -> Played:
        """What came of its half."""
        played: Played = self._receive()
        self.done = played.cases
        return played

    def _draw(self) -> None:
        self._send(_FILES_AT_ONCE)
        self._is_drawing = True

    def _drawn(self) -> Sequence[DemoFile]:
        if self._kept is not None:
            kept, self._kept = self._kept, None
            return kept
        if not self._is_drawing:
            self._draw()
        self._is_drawing = False
        drawn: Sequence[DemoFile] = self._receive()
        return drawn

    def _send(self, words: object) -> None:
        try:
            self._line.send(words)
        except OSError as broken:
            raise Broken(_STOPPED) from broken

    def _receive(self) -> Any:
        try:
            return self._line.recv()
        except (EOFError, OSError) as broken:
            raise Broken(_STOPPED) from broken


def _serve(line: Connection) -> None:
    told: Told = line.recv()
    script = write_script(told.demo, the_federation(), told.today, told.line)
    while True:
        asked = line.recv()
        if isinstance(asked, datetime):
            line.send(_play(told, script, asked, line))
        else:
            line.send(list(islice(script.files, asked)))


def _play(told: Told, script: Script, until: datetime, line: Connection) -> Played:
    clock = FixedClock(script.begins_at)
    # not for secrets: the demonstration must come out alike everywhere
    chance = random.Random(SEED + 4)  # noqa: S311
    done = 0

    def count(so_many: int) -> None:
        nonlocal done
        done = so_many

    def meet(_: Callable[[], None]) -> None:
        line.send(done)
        line.recv()

    with opened(told.settings, clock, Durability.SOON) as past:
        players = Players(past.engine, clock, chance, count, meet)
        return players.play(script.halves[1], until)


def main() -> None:
    """Be the second player, until the first is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the first ends, and then this one
    with (
        few_collections(),
        Connection(int(sys.argv[1])) as line,
        suppress(EOFError, BrokenPipeError, ConnectionResetError),
    ):
        _serve(line)


if __name__ == "__main__":
    main()
