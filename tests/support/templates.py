"""Databases set up once by each worker of a run; every test that asks for one gets a copy.

Making the tables, the calendar and the processes takes seconds, a copy a fraction of one.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.postgres import PostgresServer

SetUp = Callable[[str, Path], object]
"""Fills the empty database at a URL; files go to the folder. The function names the template."""


class Templates:
    """Filled databases by what filled them, made when the first test asks."""

    def __init__(self, folder: Path, server: Callable[[], PostgresServer]) -> None:
        """``server``: gives the run's PostgreSQL server, started; asked only where it is needed."""
        self._folder = folder
        self._server = server
        self._numbers = itertools.count()
        self._files: dict[SetUp, Path] = {}
        self._databases: dict[SetUp, str] = {}
        self._to_remove = ExitStack()

    @contextmanager
    def copy(self, kind: str, set_up: SetUp, place: Path) -> Iterator[str]:
        """The URL of a database as ``set_up`` leaves it; nobody else sees it.

        ``kind``: ``sqlite``, whose file comes to lie in ``place``, or ``postgres``, which is
        dropped at the end.
        """
        if kind == "sqlite":
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(self._file(set_up), place / "bangfu.db")
            yield f"sqlite:///{place / 'bangfu.db'}"
            return
        server = self._server()
        name = server.create_database(self._database(set_up))
        yield server.url(name)
        server.drop_database(name)

    def remove(self) -> None:
        """Drop those that do not lie in the folder."""
        self._to_remove.close()

    def _next_place(self, kind: str) -> Path:
        """A new folder; one whose set-up failed keeps its number, so that the others go on."""
        place = self._folder / f"{kind}-{next(self._numbers)}"
        place.mkdir(parents=True)
        return place

    def _file(self, set_up: SetUp) -> Path:
        if set_up not in self._files:
            place = self._next_place("sqlite")
            set_up(f"sqlite:///{place / 'bangfu.db'}", place)
            self._files[set_up] = place / "bangfu.db"
        return self._files[set_up]

    def _database(self, set_up: SetUp) -> str:
        if set_up not in self._databases:
            server = self._server()
            place = self._next_place("postgres")
            name = server.create_database()
            self._to_remove.callback(server.drop_database, name)
            set_up(server.url(name), place)
            self._databases[set_up] = name
        return self._databases[set_up]
