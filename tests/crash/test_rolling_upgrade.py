"""A release is replaced one process after the other while people work (design.md D26).

What still runs the old code works on the new schema; a process of the old code that begins anew
is refused in words. The new release is this code with one more revision, which adds to every table
what a revision may add. ``BANGFU_TEST_OLD_RELEASE=folder`` takes a checkout of an earlier release as
the old one and this code as the new one.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import engine.store.migrations.versions as engine_versions
import registry.store.migrations.versions as registry_versions
from engine.store.revisions import read_revisions
from tests.crash.installation import PROCESS, ROOT, Installation
from tests.crash.load import Load
from tests.crash.scale import note, times
from tests.support.postgres import PostgresServer

OLD_RELEASE = os.environ.get("BANGFU_TEST_OLD_RELEASE", "")
PACKAGES = ("engine", "registry", "webapp")
STEPS = times(3, 200)
"""Steps that are done between one change of the installation and the next."""

REVISION = '''"""What any later release may do: add."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in {tables}:
        op.add_column(table, sa.Column("later_note", sa.Text()))
        op.add_column(table, sa.Column("later_count", sa.Integer(), server_default="0", nullable=False))
        op.create_index(f"ix_{{table}}_later", table, ["later_note"])
    op.create_table("{revision}", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("text", sa.Text()))
'''
PREPARE = (
    "import sys; from pathlib import Path; from tests.crash.installation import prepare; "
    "prepare(sys.argv[1], Path(sys.argv[2]), sys.argv[3])"
)


def next_release(folder: Path) -> Path:
    """A copy of this code with one more revision in each branch."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            folder / package,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules"),
        )
    for package in ("processes", "forms"):
        (folder / package).symlink_to(ROOT / package)
    for module in (engine_versions, registry_versions):
        versions = Path(next(iter(module.__path__)))
        (head,) = read_revisions([versions]).heads
        revision = head.partition("_")[0] + "_later"
        made = "\n".join(path.read_text(encoding="utf-8") for path in versions.glob("*.py"))
        tables = sorted(set(re.findall(r'create_table\(\s*"(\w+)"', made)))
        assert tables
        written = REVISION.format(revision=revision, before=head, tables=tables)
        (folder / versions.relative_to(ROOT) / f"{revision}.py").write_text(written, "utf-8")
    return folder


def forget_later(url: str) -> None:
    """Let this release judge: what the later one added stays where it is."""
    database = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with database.begin() as connection:
        for module in (engine_versions, registry_versions):
            (head,) = read_revisions([Path(next(iter(module.__path__)))]).heads
            later = head.partition("_")[0] + "_later"
            connection.execute(
                text("UPDATE alembic_version SET version_num = :head WHERE version_num = :later"),
                {"head": head, "later": later},
            )
    database.dispose()


def test_one_by_one_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    _run(sqlite_url, tmp_path, webs=2, workers=1)


@pytest.mark.postgres
def test_one_by_one_on_postgresql(own_postgres_server: PostgresServer, tmp_path: Path) -> None:
    url = own_postgres_server.url(own_postgres_server.create_database())
    _run(url, tmp_path, webs=2, workers=2)


def _run(url: str, folder: Path, *, webs: int, workers: int) -> None:
    old = Path(OLD_RELEASE) if OLD_RELEASE else ROOT
    new = ROOT if OLD_RELEASE else next_release(folder / "later")
    data = folder / "data"
    data.mkdir()
    subprocess.run([sys.executable, "-c", PREPARE, url, data, PROCESS], cwd=old, check=True)
    installation = Installation(url, data, release=old)
    try:
        installation.start(webs=webs, workers=workers)
        with Load(installation) as load:
            load.more(STEPS)
            installation.release = new
            migrated = installation.run("migrate")
            assert migrated.returncode == 0, migrated.stdout + migrated.stderr
            load.more(STEPS)  # done by the old release, on the new schema
            installation.release = old
            late = installation.run("worker")
            assert late.returncode != 0
            assert "更新的版本" in late.stdout + late.stderr
            installation.release = new
            for name in sorted(installation.processes):
                installation.replace(name)
                for port in installation.ports:
                    installation.wait_ready(port)
                load.more(STEPS)
        if not OLD_RELEASE:
            forget_later(url)
            installation.release = ROOT
        load.judge()
    finally:
        installation.stop()
    note("rolling upgrade under load", url, completed=load.completed, webs=webs, workers=workers)
