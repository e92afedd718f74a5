"""Whatever is wrong with a call is one clear Chinese sentence and exit code 2, never a traceback."""

import errno
import sqlite3
from importlib import import_module
from importlib.metadata import version

import pytest

from webapp import cli
from webapp.commands.speaking import Commands, Parser, reason

CHINESE = range(0x4E00, 0x9FFF)


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["no-such-command"],
        ["check"],
        ["serve", "--port", "many"],
        ["serve", "--port", "99999"],
        ["serve", "--prot", "5000"],
        ["scenarios", "no_such"],
        ["deploy", "no_such"],
        ["deploy"],
        ["user"],
        ["user", "create"],
        ["user", "create", "wang"],
        ["user", "reset", "nobody"],
        ["org", "add", "厂工会", "--parent", "nowhere", "--kind", "grassroots"],
        ["org", "add", "厂工会", "--parent", "top", "--kind", "nation"],
        ["org", "rename", "nowhere", "新名"],
        ["restore", "/nowhere"],
        ["decisions", "test", "x.dmn", "--all"],
        ["migrate", "cases", "--to", "2"],
        ["bench", "--only", "complete,no_such"],
        ["bench", "--db", "oracle"],
        ["check", "--json=3", "processes"],
    ],
    ids=lambda words: " ".join(words) or "nothing",
)
def test_a_wrong_call_is_answered_in_one_sentence(bangfu, words):
    answer = bangfu(*words)
    assert answer.code == 2
    assert answer.out == ""
    assert len(answer.err.splitlines()) == 1
    assert any(ord(character) in CHINESE for character in answer.err)


def test_what_the_system_refuses_is_told_in_chinese(bangfu, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("BANGFU_DATA", str(tmp_path / "file"))
    answer = bangfu("migrate")
    assert answer.code == 2
    assert str(tmp_path / "file") in answer.err
    assert "irectory" not in answer.err


def test_a_reason_without_words_of_ours_keeps_its_number():
    assert reason(OSError(errno.ENOENT, "No such file")) == "没有这个文件或文件夹"
    assert (
        reason(OSError(errno.ELOOP, "Too many links")) == f"系统错误 {errno.ELOOP}(Too many links)"
    )


def test_a_missing_secret_stops_the_start(bangfu, monkeypatch):
    monkeypatch.delenv("BANGFU_KEY")
    answer = bangfu("migrate")
    assert answer.code == 2
    assert "缺少主密钥 BANGFU_KEY" in answer.err


@pytest.mark.parametrize(
    "url",
    ["mysql://db/bangfu", "postgresql://nobody@127.0.0.1:1/bangfu", "postgresql://x@host:port/d"],
)
def test_a_database_that_cannot_be_reached_is_said(bangfu, monkeypatch, url):
    monkeypatch.setenv("BANGFU_DATABASE_URL", url)
    answer = bangfu("migrate")
    assert answer.code == 2
    assert "数据库" in answer.err


def test_a_file_that_is_no_database_is_left_alone(bangfu, data_dir):
    data_dir.mkdir()
    path = data_dir / "bangfu.db"
    path.write_text("not a database, but something long enough to look into" * 20)
    before = path.read_bytes()
    answer = bangfu("migrate")
    assert answer.code == 2
    assert "不是数据库" in answer.err
    assert path.read_bytes() == before


@pytest.mark.parametrize("branch", ["engine", "registry"])
def test_a_newer_schema_is_refused_and_left_alone(bangfu, data_dir, branch):
    assert bangfu("migrate").code == 0
    with sqlite3.connect(data_dir / "bangfu.db") as database:
        database.execute(
            "UPDATE alembic_version SET version_num = :branch || '9999'"
            " WHERE version_num LIKE :branch || '%'",
            {"branch": branch},
        )
    database.close()
    for words in (["migrate"], ["serve", "--port", "5999"], ["worker"]):
        answer = bangfu(*words)
        assert answer.code == 2
        assert "更新的版本" in answer.err


@pytest.mark.parametrize("words", [[], ["user"], ["user", "create"], ["serve"], ["check"]])
def test_the_usage_is_told_without_a_word_of_english(bangfu, words):
    told = bangfu(*words, "--help")
    assert told.code == 0
    assert told.out.startswith("用法:bangfu")
    for word in ("usage", "positional", "options", "optional", "show this"):
        assert word not in told.out


def test_the_version_is_told(bangfu):
    answer = bangfu("--version")
    assert (answer.code, answer.out) == (0, f"bangfu {version('bangfu')}\n")


def test_each_command_is_added_by_the_module_that_the_table_names():
    for module, words in cli._MODULES.items():
        parser = Parser(prog="bangfu")
        commands = Commands(parser, "命令")
        import_module(f"webapp.commands.{module}").add_to(commands)
        (choices,) = [a.choices for a in parser._actions if isinstance(a.choices, dict)]
        assert tuple(choices) == words
