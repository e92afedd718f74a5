"""A worker killed with ``kill -9`` in the middle of a migration: the rest goes on, nothing twice."""

from engine import SYSTEM, Engine, Request
from engine.definitions.folder import read_folder
from engine.model.definitions import SourceFile
from engine.model.version_moves import Migration, Route
from tests.crash.dying import dies_in_the_middle
from tests.crash.installation import PROCESS, ROOT, Installation
from tests.crash.leases import run_out
from tests.crash.scale import both_databases
from tests.support.waiting import until

CASES = 150


def another_version() -> list[SourceFile]:
    files = read_folder(ROOT / "processes", ROOT / "forms", PROCESS).files
    return [
        SourceFile(f.name, f.content.replace('name="审核"'.encode(), 'name="复审"'.encode()))
        for f in files
    ]


@both_databases("postgres")
def test_a_migration_goes_on_where_it_was_killed(
    installation: Installation, engine: Engine
) -> None:
    officer, designer = map(engine.directory.actor_named, ("officer", "designer"))
    cases = [
        engine.cases.start(officer, Request(PROCESS, "u1", {"subject": f"添置安全帽 {n}"})).case_id
        for n in range(CASES)
    ]
    engine.definitions.deploy(SYSTEM, another_version())
    made = engine.versions.ask_for(designer, Route(PROCESS, 2))

    def found() -> Migration:
        return engine.versions.migration(SYSTEM, made.id)

    def left_whole() -> None:
        assert {i.id for i in engine.audit.invariants() if not i.ok} == set()
        run_out(engine)

    dies_in_the_middle(installation)
    assert (0 < found().moved < CASES, found().ended_at) == (True, None)
    left_whole()
    installation.start(webs=0, workers=1)
    until(lambda: found().moved >= CASES // 2, "cases moved")
    installation.kill("worker0", left_whole)
    until(lambda: found().ended_at is not None, "the end")
    assert (found().moved, found().left) == (CASES, 0)
    for case_id in cases:
        assert engine.cases.view(SYSTEM, case_id).case.version == 2
        kinds = [e.kind.value for e in engine.cases.history(SYSTEM, case_id)]
        assert kinds.count("migrated") == 1
    assert {i.id for i in engine.audit.invariants() if not i.ok} == set()
    assert engine.audit.verify().ok
