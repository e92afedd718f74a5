"""A command that dies, or whose disk fails, at the Nth of its system calls, for every N.

What was acknowledged is there once, what was not is there once or not at all, and doing it again
with the same key does it (docs/reliability.md). The suite takes a few N, ``make torture`` all.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.one_command import COMMANDS, Command, Copies, Place, judge
from tests.crash.scale import IS_TORTURE, note, spread
from tests.crash.strace import counted, need_strace, watched
from tests.support.postgres import AS_IN_SERVICE, PostgresMissing, PostgresServer, new_folder

pytestmark = pytest.mark.strace

TO_DISK = "pwrite64,fdatasync,fsync,rename"
TO_SERVER = "sendto,recvfrom"

_BEGINS_ANEW_SOON = {**AS_IN_SERVICE, "recovery_init_sync_method": "syncfs"}
"""After a crash it asks the system once to write all, not once for each file of each copy."""


@dataclass
class Sweep:
    """A command on copies of one installation."""

    copies: Copies
    folder: Path

    def calls(self, what: str, names: str, *, of_server: bool = False) -> dict[str, int]:
        """How often the undisturbed command makes each call."""
        log = self.folder / f"{what}.strace"
        place = self.copies.another(what)
        told = self._run(place, what, log, names, "", of_server=of_server)
        assert told == "done", told
        self.copies.forget(place)
        found = counted(log)
        return {name: found[name] for name in names.split(",") if found[name]}

    def disturbed(self, what: str, name: str, fault: str, *, of_server: bool = False) -> str:
        """What was told of a command with this fault; what it left is judged."""
        place = self.copies.another(what)
        log = self.folder / "last.strace"
        if of_server and self.copies.server is not None:
            self.copies.server.checkpoint()  # or it would read the copying again after the crash
        told = self._run(place, what, log, name, f"{name}:{fault}", of_server=of_server)
        if self.copies.server is not None:
            self.copies.server.wait_until_it_answers()
        there = judge(place, what, told)
        self.copies.forget(place)
        assert told in ("done", "busy", ""), told
        return f"{told or 'killed'}-{there}"

    def _run(
        self, place: Place, what: str, log: Path, names: str, fault: str, *, of_server: bool
    ) -> str:
        command = Command(place, what)
        watched_one = command.backend if of_server else command.pid
        with watched(watched_one, log, names, *([fault] if fault else [])):
            return command.go()


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    need_strace()
    folder = tmp_path_factory.mktemp("sqlite")
    return Sweep(Copies(folder, None), folder)


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sweep]:
    """A server of its own that writes to the disk as in service: its processes are killed."""
    need_strace()
    server = PostgresServer(new_folder(), settings=_BEGINS_ANEW_SOON)
    folder = tmp_path_factory.mktemp("postgres")
    try:
        server.ensure_started()
        yield Sweep(Copies(folder, server), folder)
    except PostgresMissing as missing:
        pytest.skip(str(missing))
    finally:
        server.remove()


def _sweep(
    sweep: Sweep, what: str, calls: dict[str, int], fault: Callable[[int], str], **where: bool
) -> None:
    tried: dict[str, int] = {}
    in_the_suite = 3 if what == "completion" else 1
    for name, last in calls.items():
        for n in spread(last, in_the_suite):
            end = sweep.disturbed(what, name, fault(n), **where)
            tried[end] = tried.get(end, 0) + 1
    url = sweep.copies.original.url
    whose = "of the server " if where else ""
    note(f"{what}: {fault(0).partition(':when')[0]} {whose}at call N of {calls}", url, **tried)


def _kill(n: int) -> str:
    return f"signal=KILL:when={n}"


@pytest.mark.parametrize("what", COMMANDS)
def test_killed_at_each_call_to_the_disk(on_sqlite: Sweep, what: str) -> None:
    calls = on_sqlite.calls(what, TO_DISK)
    assert calls["pwrite64"] > 5
    assert calls["fdatasync"] >= 1
    _sweep(on_sqlite, what, calls, _kill)


@pytest.mark.postgres
@pytest.mark.parametrize("what", COMMANDS)
def test_killed_at_each_word_to_the_database(on_postgres: Sweep, what: str) -> None:
    calls = on_postgres.calls(what, TO_SERVER)
    assert calls["sendto"] > 3
    _sweep(on_postgres, what, calls, _kill)


def _database_killed(on_postgres: Sweep, what: str) -> None:
    calls = on_postgres.calls(what, "pwrite64,fdatasync", of_server=True)
    assert calls["fdatasync"] >= 1
    _sweep(on_postgres, what, calls, _kill, of_server=True)


if IS_TORTURE:  # each time the whole server begins anew, which takes it long
    test_the_database_s_process_killed_at_each_call_to_the_disk = pytest.mark.postgres(
        pytest.mark.parametrize("what", COMMANDS)(_database_killed)
    )


@pytest.mark.parametrize("what", COMMANDS)
def test_the_disk_is_full_from_the_nth_write_on(on_sqlite: Sweep, what: str) -> None:
    calls = on_sqlite.calls(what, "pwrite64")
    _sweep(on_sqlite, what, calls, lambda n: f"error=ENOSPC:when={n}+")


@pytest.mark.parametrize("what", COMMANDS)
def test_the_disk_fails_to_keep_what_was_written(on_sqlite: Sweep, what: str) -> None:
    calls = on_sqlite.calls(what, "fdatasync")
    _sweep(on_sqlite, what, calls, lambda n: f"error=EIO:when={n}")
