"""``bangfu backup DEST`` and ``bangfu restore SRC``: one folder holds all but the master key.

The folder::

    backup.json       what this is: when, which kind of database, the mark of the key, and the end
                      of the audit chain when the backup began
    database.sqlite3  or database.dump, as pg_dump's custom format
    files/            the sealed papers

The database is copied first and the papers after it: a paper lies on disk before its row is
written, so every row of the copy finds its paper. Both go on being used meanwhile.
"""

import hashlib
import hmac
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import orjson

from engine.model.clock import SystemClock
from engine.work.trail import ChainEnd
from webapp.commands.speaking import DONE, FOUND_WRONG, Call, CommandRefused, Commands, say
from webapp.opening import opened, refuse_other_databases
from webapp.settings import DEMO_KEY_FILE, Settings
from webapp.shared.words import moment

_MANIFEST = "backup.json"
_SQLITE = "database.sqlite3"
_DUMP = "database.dump"
_FILES = "files"
_FORMAT = 1


def add_to(commands: Commands) -> None:
    """Add the commands."""
    saving = commands.add("backup", "备份数据库和附件(网站可照常使用)", backup)
    saving.add_argument("dest", metavar="DEST", type=Path, help="新的或空的文件夹")
    bringing = commands.add("restore", "把备份恢复到空的数据库和文件夹", restore)
    bringing.add_argument("src", metavar="SRC", type=Path, help="备份的文件夹")


def backup(call: Call) -> int:
    """Copy everything but the key; the copy is complete when ``backup.json`` is there."""
    settings, target = call.settings(), call.words.dest
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise CommandRefused(f"“{target}”已有内容,没有备份。请给一个新的文件夹。")
    with opened(settings) as installation:  # the schema is this release's, the address is right
        data_dir = installation.engine.environment.data_dir
        end = installation.engine.audit.end()
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)
    if settings.url.startswith("sqlite"):
        _copy_sqlite(_sqlite_path(settings), target / _SQLITE)
    else:
        _run_postgres("pg_dump", settings, ["--format=custom", f"--file={target / _DUMP}"])
    papers = _copy_files(data_dir / _FILES, target / _FILES)
    _write_manifest(target, settings, papers, end)
    say(
        f"已备份到 {target}:数据库和 {papers} 个附件。",
        f"备份开始时的链尾:第 {end.seq} 条,{end.hash}。请与备份分开抄存,恢复时用它核对。",
        *_where_the_key_is(settings),
    )
    return DONE


def restore(call: Call) -> int:
    """Bring a backup into an empty database and data folder."""
    settings, source = call.settings(), call.words.src
    refuse_other_databases(settings)
    manifest = _read_manifest(source)
    is_sqlite = settings.url.startswith("sqlite")
    if (manifest["database"] == "sqlite") is not is_sqlite:
        raise CommandRefused(
            f"备份来自 {manifest['database']},BANGFU_DATABASE_URL 是另一种数据库,没有恢复。"
        )
    if manifest["key_mark"] != _mark_of(settings.key):
        raise CommandRefused(
            "BANGFU_KEY 不是这份备份的主密钥,没有恢复。请用备份时的主密钥(见封存的打印件);"
            f"演示数据请先把原来的 {DEMO_KEY_FILE} 放进 BANGFU_DATA。"
        )
    files = settings.data_dir / _FILES
    if files.is_dir() and any(path.is_file() for path in files.rglob("*")):
        raise CommandRefused(f"“{files}”里已有附件,没有恢复。请换一个空的 BANGFU_DATA。")
    if is_sqlite:
        _restore_sqlite(source / _SQLITE, _sqlite_path(settings))
    else:
        _restore_postgres(source / _DUMP, settings)
    papers = _copy_files(source / _FILES, files)
    with opened(settings) as installation:
        verdict = installation.engine.audit.verify()
        noted = _noted_end(manifest)
        is_same = noted is None or installation.engine.audit.holds(noted)
    made_at = moment(datetime.fromisoformat(manifest["made_at"]))
    say(
        f"已恢复 {made_at} 的备份:数据库和 {papers} 个附件。",
        f"留痕{'完整' if verdict.ok else '不完整:' + verdict.reason},共 {verdict.entries} 条。",
        _compared(noted, is_same=is_same),
    )
    if verdict.ok and is_same:
        return DONE
    say("恢复出来的留痕不可信。请不要启用,保留现状和备份,并与封存的链尾核对。")
    return FOUND_WRONG


# --- the embedded database -------------------------------------------------------------------


def _sqlite_path(settings: Settings) -> Path:
    return Path(settings.url.removeprefix("sqlite:///"))


def _copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy while others write (SQLite's online backup)."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
    _make_durable(target)


def _restore_sqlite(source: Path, target: Path) -> None:
    if target.exists() and target.stat().st_size > 0:
        raise CommandRefused(f"“{target}”已有数据库,没有恢复。请换一个空的 BANGFU_DATA。")
    if not source.is_file():
        raise CommandRefused(f"备份里缺少 {_SQLITE},没有恢复。备份可能不完整。")
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_name(f"{target.name}.restoring")
    half.unlink(missing_ok=True)
    try:
        _copy_sqlite(source, half)
    except sqlite3.DatabaseError as error:
        half.unlink(missing_ok=True)
        raise CommandRefused(f"备份的数据库读不出来({error}),没有恢复。") from error
    half.replace(target)


# --- PostgreSQL ------------------------------------------------------------------------------


def _restore_postgres(source: Path, settings: Settings) -> None:
    if not source.is_file():
        raise CommandRefused(f"备份里缺少 {_DUMP},没有恢复。备份可能不完整。")
    count = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    tables = _run_postgres("psql", settings, ["--tuples-only", "--no-align", f"--command={count}"])
    if tables.strip() != "0":
        raise CommandRefused("目标数据库里已有数据表,没有恢复。请新建一个空数据库。")
    options = ["--single-transaction", "--no-owner", "--exit-on-error", str(source)]
    _run_postgres("pg_restore", settings, options)


def _run_postgres(program: str, settings: Settings, options: list[str]) -> str:
    """Run one of PostgreSQL's own programs on the database; what it prints."""
    found = shutil.which(program)
    if found is None:
        raise CommandRefused(
            f"没有找到 PostgreSQL 的程序 {program},没有做。请安装 postgresql-client 后再试。"
        )
    with _address(settings.url) as address:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own program with our own arguments
            [found, f"--dbname={address}", *options], capture_output=True, text=True, check=False
        )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        advice = (
            "请安装与数据库同版本的 postgresql-client。" if "version mismatch" in lines[0] else ""
        )
        raise CommandRefused(f"{program} 没有做成:{lines[0]}。{advice}")
    return done.stdout


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


# --- papers and manifest ---------------------------------------------------------------------


def _copy_files(source: Path, target: Path) -> int:
    """Copy the sealed papers; one that is swept away meanwhile was nobody's."""
    target.mkdir(parents=True, exist_ok=True)
    copied = 0
    for path in _papers(source):
        place = target / path.relative_to(source)
        place.parent.mkdir(exist_ok=True)
        try:
            shutil.copyfile(path, place)
        except FileNotFoundError:
            continue
        _make_durable(place)
        copied += 1
    return copied


def _papers(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.glob("??/*")):
        if path.is_file() and path.suffix != ".part":
            yield path


def _make_durable(path: Path) -> None:
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _write_manifest(target: Path, settings: Settings, papers: int, end: ChainEnd) -> None:
    manifest = {
        "format": _FORMAT,
        "made_at": SystemClock().now().astimezone(UTC).isoformat(timespec="seconds"),
        "database": "sqlite" if settings.url.startswith("sqlite") else "postgresql",
        "files": papers,
        "key_mark": _mark_of(settings.key),
        "audit_seq": end.seq,
        "audit_hash": end.hash,
    }
    path = target / _MANIFEST
    path.write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    _make_durable(path)


def _read_manifest(source: Path) -> dict[str, str]:
    path = source / _MANIFEST
    if not path.is_file():
        raise CommandRefused(f"“{source}”不是完整的备份(没有 {_MANIFEST}),没有恢复。")
    try:
        manifest = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise CommandRefused(f"{path} 读不懂,没有恢复。备份可能已损坏。") from error
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise CommandRefused(f"{path} 不是本版本认识的备份格式,没有恢复。")
    return manifest


def _noted_end(manifest: Mapping[str, str]) -> ChainEnd | None:
    """The end of the audit chain when the backup began; early backups did not note it."""
    if "audit_hash" not in manifest:
        return None
    return ChainEnd(int(manifest["audit_seq"]), manifest["audit_hash"])


def _compared(noted: ChainEnd | None, *, is_same: bool) -> str:
    if noted is None:
        return "备份没有记下链尾,请与抄存的核对。"
    found = "一致" if is_same else "不一致"
    return f"备份时记下的链尾(第 {noted.seq} 条,{noted.hash}):{found}。"


def _mark_of(key: bytes) -> str:
    """Tells whether a key is the same without telling anything of it."""
    return hmac.new(key, b"bangfu backup", hashlib.sha256).hexdigest()[:16]


def _where_the_key_is(settings: Settings) -> list[str]:
    demo_key = settings.data_dir / DEMO_KEY_FILE
    place = f"演示密钥文件 {demo_key}" if demo_key.exists() else "环境变量 BANGFU_KEY"
    return [
        f"主密钥不在备份里。它现在在:{place}。",
        "没有它备份读不出来:请另外保管,并封存一份打印件。",
    ]
