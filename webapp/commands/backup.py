"""``bangfu backup DEST`` and ``bangfu restore SRC``: one folder holds all but the master key.

The folder::

    backup.json       what this is: when, which kind of database, the mark of the key, and the end
                      of the audit chain when the backup began
    database.sealed   the database: SQLite's file or pg_dump's custom format, sealed with the
                      master key, because names and addresses stand readable in its tables
    files/            the papers, sealed as they lie in service

The database is copied first and the papers after it: a paper lies on disk before its row is
written, so every row of the copy finds its paper. Both go on being used meanwhile.
"""

import hashlib
import hmac
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import orjson

from engine.model.clock import SystemClock
from engine.work.trail import ChainEnd
from webapp.commands import postgres_copy
from webapp.commands.ended_in_order import ended_in_order
from webapp.commands.passing_folder import passing_folder, sweep
from webapp.commands.sealed_copy import Unreadable, seal, unseal
from webapp.commands.speaking import DONE, FOUND_WRONG, Call, CommandRefused, Commands, say
from webapp.opening import opened, refuse_other_databases
from webapp.settings import DEMO_KEY_FILE, Settings
from webapp.shared.words import moment

_MANIFEST = "backup.json"
_DATABASE = "database.sealed"
_FILES = "files"
_FORMAT = 2
_BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database, and would take for the restored one's."""

_PAGES = 4096
"""Pages of SQLite that are copied at once: between them a signal is heard."""


def add_to(commands: Commands) -> None:
    """Add the commands."""
    saving = commands.add("backup", "备份数据库和附件(网站可照常使用)", backup)
    saving.add_argument("dest", metavar="DEST", type=Path, help="新的或空的文件夹")
    bringing = commands.add("restore", "把备份恢复到空的数据库和文件夹", restore)
    bringing.add_argument("src", metavar="SRC", type=Path, help="备份的文件夹")


@ended_in_order()
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
    _seal_database(settings, target / _DATABASE)
    papers = _copy_files(data_dir / _FILES, target / _FILES)
    _write_manifest(target, settings, papers, end)
    say(
        f"已备份到 {target}:数据库和 {papers} 个附件。",
        f"备份开始时的链尾:第 {end.seq} 条,{end.hash}。请与备份分开抄存,恢复时用它核对。",
        *_where_the_key_is(settings),
    )
    return DONE


@ended_in_order()
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
        _restore_sqlite(source / _DATABASE, settings)
    else:
        postgres_copy.must_be_empty(settings)
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with _unsealed(source / _DATABASE, settings, settings.data_dir) as dump:
            postgres_copy.restore_dump(settings, dump)
    papers = _copy_files(source / _FILES, files)
    with opened(settings) as installation:
        verdict = installation.engine.audit.verify()
        noted = _noted_end(manifest)
        is_same = installation.engine.audit.holds(noted)
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


def _seal_database(settings: Settings, target: Path) -> None:
    """The database, sealed; nothing is left where it could not be had."""
    try:
        with target.open("wb") as sealed:
            if settings.url.startswith("sqlite"):
                _seal_sqlite(settings, sealed)
            else:
                sweep(settings.data_dir)  # what a restore may have left there
                postgres_copy.seal_dump(settings, sealed)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    _make_durable(target)


# --- the embedded database -------------------------------------------------------------------


def _sqlite_path(settings: Settings) -> Path:
    return Path(settings.url.removeprefix("sqlite:///"))


def _seal_sqlite(settings: Settings, sealed: IO[bytes]) -> None:
    """A consistent copy while others write (SQLite's online backup), beside the database itself."""
    live_path = _sqlite_path(settings)
    with passing_folder(live_path.parent) as path:
        with closing(sqlite3.connect(live_path)) as live, closing(sqlite3.connect(path)) as copy:
            live.execute("BEGIN")  # one state of it: else it begins anew whenever somebody writes
            live.execute("SELECT count(*) FROM sqlite_master").fetchone()
            live.backup(copy, pages=_PAGES, progress=_hear_signals)
        with path.open("rb") as plain:
            seal(plain, sealed, settings.key)


def _hear_signals(_status: int, _remaining: int, _total: int) -> None:
    """Python looks for signals where Python is run; copying is SQLite's."""


def _restore_sqlite(source: Path, settings: Settings) -> None:
    target = _sqlite_path(settings)
    if target.exists() and target.stat().st_size > 0:
        raise CommandRefused(f"“{target}”已有数据库,没有恢复。请换一个空的 BANGFU_DATA。")
    for suffix in _BESIDE:
        beside = target.with_name(target.name + suffix)
        if beside.exists():
            raise CommandRefused(
                f"“{beside}”是以前的数据库留下的,会混进恢复的数据库,没有恢复。"
                "请换一个空的 BANGFU_DATA,或先把它移到别处。"
            )
    target.parent.mkdir(parents=True, exist_ok=True)
    with _unsealed(source, settings, target.parent) as half:
        half.replace(target)


# --- the sealed copy -------------------------------------------------------------------------


@contextmanager
def _unsealed(source: Path, settings: Settings, place: Path) -> Iterator[Path]:
    """The database as it was copied, to its last byte, in a file that is gone afterwards."""
    if not source.is_file():
        raise CommandRefused(f"备份里缺少 {source.name},没有恢复。备份可能不完整。")
    with passing_folder(place) as path:
        try:
            with source.open("rb") as sealed, path.open("wb") as plain:
                unseal(sealed, plain, settings.key)
        except Unreadable as error:
            raise CommandRefused(f"{source} 不完整或被改动过,没有恢复。请换一份备份。") from error
        _make_durable(path)
        yield path


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
        raise CommandRefused(
            f"{path} 是另一版本的备份格式,没有恢复。"
            "请用做这份备份时的版本恢复,升级后再用本版本另做备份。"
        )
    return manifest


def _noted_end(manifest: Mapping[str, str]) -> ChainEnd:
    """The end of the audit chain when the backup began."""
    return ChainEnd(int(manifest["audit_seq"]), manifest["audit_hash"])


def _compared(noted: ChainEnd, *, is_same: bool) -> str:
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
