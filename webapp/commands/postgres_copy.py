"""PostgreSQL's own programs, for ``bangfu backup`` and ``bangfu restore``."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from webapp.commands.sealed_copy import seal
from webapp.commands.speaking import CommandRefused
from webapp.settings import Settings


def seal_dump(settings: Settings, sealed: IO[bytes]) -> None:
    """What pg_dump says, sealed as it is said: nothing readable touches the disk."""
    program = _program("pg_dump")
    with _address(settings.url) as address, tempfile.TemporaryFile() as said:
        words = [program, f"--dbname={address}", "--format=custom"]
        with subprocess.Popen(  # noqa: S603 - PostgreSQL's own program with our own arguments
            words, stdout=subprocess.PIPE, stderr=said
        ) as dumping:
            try:
                if dumping.stdout is not None:
                    seal(dumping.stdout, sealed, settings.key)
            except BaseException:
                dumping.kill()  # it may wait for a lock, and would go on doing so
                raise
        said.seek(0)
        _must_have_worked(dumping.returncode, "pg_dump", said.read().decode(errors="replace"))


def must_be_empty(settings: Settings) -> None:
    """CommandRefused where there are tables already."""
    count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    tables = _run("psql", settings, ["--tuples-only", "--no-align", f"--command={count}"])
    if tables.strip() != "0":
        raise CommandRefused("目标数据库里已有数据表,没有恢复。请新建一个空数据库。")


def restore_dump(settings: Settings, dump: Path) -> None:
    """Bring a dump into the empty database: all of it or nothing."""
    options = ["--single-transaction", "--no-owner", "--exit-on-error", str(dump)]
    _run("pg_restore", settings, options)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise CommandRefused(
            f"没有找到 PostgreSQL 的程序 {name},没有做。请安装 postgresql-client 后再试。"
        )
    return found


def _run(program: str, settings: Settings, options: list[str]) -> str:
    """Run one of PostgreSQL's own programs on the database; what it prints."""
    found = _program(program)
    with _address(settings.url) as address:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program with our own arguments
            [found, f"--dbname={address}", *options], capture_output=True, text=True, check=False
        )
    _must_have_worked(done.returncode, program, done.stderr)
    return done.stdout


def _must_have_worked(code: int, program: str, said: str) -> None:
    if code == 0:
        return
    lines = said.strip().splitlines() or [f"exit code {code}"]
    advice = "请安装与数据库同版本的 postgresql-client。" if "version mismatch" in said else ""
    raise CommandRefused(f"{program} 没有做成:{lines[0]}。{advice}")


@contextmanager
def _address(url: str) -> Iterator[str]:
    """The address as PostgreSQL's programs read it; the password in a file only we can read.

    On the command line everybody on the machine could see it.
    """
    parts = urlsplit(url.replace("postgresql+psycopg://", "postgresql://", 1))
    if parts.password is None:
        yield urlunsplit(parts)
        return
    user, _, host = parts.netloc.rpartition("@")
    password = unquote(parts.password).replace("\\", "\\\\").replace(":", "\\:")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8") as kept:  # mode 0600
        kept.write(f"*:*:*:*:{password}\n")
        kept.flush()
        query = "&".join(filter(None, (parts.query, f"passfile={quote(kept.name)}")))
        netloc = f"{user.partition(':')[0]}@{host}"
        yield urlunsplit(parts._replace(netloc=netloc, query=query))
