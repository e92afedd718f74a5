"""A worker killed in the middle of an import or an export: done once all the same, nothing twice."""

import io
from functools import partial

from openpyxl import load_workbook
from sqlalchemy import select

import registry
from engine import SYSTEM, Actor, Engine
from engine.model.errands import Errand, ErrandStatus
from engine.store.cases import CaseQuestion
from registry import Imports
from registry.exporting import ERRAND as EXPORT
from registry.finding import Search
from registry.imports.api import Progress
from registry.incoming.batch import State, Status
from registry.sections import masked
from registry.store.tables import register_export
from tests.crash.dying import dies_in_the_middle
from tests.crash.installation import PROCESS, Installation
from tests.crash.leases import run_out
from tests.crash.scale import both_databases
from tests.imports.sheets import content_of, filled
from tests.registry.test_loading import existing, number
from tests.support.waiting import WAITED, until
from webapp.imports.working import ERRAND as IMPORT
from webapp.imports.working import bring_file

ROWS = 120
FILES = 700


def errand_about(engine: Engine, kind: str, subject: str) -> Errand:
    found = engine.errands.about(kind, subject)
    assert found is not None
    return found


@both_databases("sqlite")
def test_an_import_goes_on_where_it_was_killed(installation: Installation, engine: Engine) -> None:
    lists, officer = Imports(engine), engine.directory.actor_named("officer")
    kind = lists.kind(officer, PROCESS)
    lines = [{"受理工会": "模拟一厂工会", "请求事项": f"添置安全帽 {n}"} for n in range(ROWS)]
    book = content_of(filled(kind, lines))
    list_id = bring_file(lists, officer, PROCESS, "请求.xlsx", book)
    lists.work(officer, list_id, WAITED)
    lists.run(officer, list_id, only_if_all=True)
    engine.errands.ask_for(officer, IMPORT, list_id)
    installation.start(webs=0, workers=1)
    for done in (10, 50):
        until(lambda n=done: _counted(lists, officer, list_id).count(State.DONE) >= n, "rows")  # type: ignore[misc]
        installation.kill("worker0", partial(run_out, engine))
    until(lambda: not _counted(lists, officer, list_id).is_working, "the end")
    end = _counted(lists, officer, list_id)
    assert (end.batch.status, end.count(State.DONE), end.total) == (Status.DONE, ROWS, ROWS)
    begun = engine.cases.list(SYSTEM, CaseQuestion(limit=ROWS * 2))
    assert len(begun) == ROWS
    assert {row.result for row in lists.rows(officer, list_id, [State.DONE])} == {
        one.id for one in begun
    }


def _counted(lists: Imports, actor: Actor, list_id: str) -> Progress:
    return lists.progress(actor, list_id)


@both_databases("postgres")
def test_an_export_that_was_killed_is_put_on_record_once(
    installation: Installation, engine: Engine
) -> None:
    register, reviewer = registry.Registry(engine), engine.directory.actor_named("reviewer")
    register.load_files(SYSTEM, [existing(n) for n in range(FILES)], "模拟名册")
    order = register.exports.hand_out(reviewer, Search(), masked, "年度复核", "")
    assert isinstance(order, str)
    subject = register.exports.ordered(reviewer, order).number
    dies_in_the_middle(installation)
    assert 0 < errand_about(engine, EXPORT, subject).done < FILES
    run_out(engine)
    installation.start(webs=0, workers=1)
    until(lambda: not errand_about(engine, EXPORT, subject).is_open, "the end")
    assert errand_about(engine, EXPORT, subject).status is ErrandStatus.DONE
    name, content = register.exports.fetch(reviewer, order)
    assert subject in name
    sheet = load_workbook(io.BytesIO(content), read_only=True)["户主"]
    assert sum(1 for _ in sheet.iter_rows()) == FILES + 2
    written = engine.ask(lambda tx: list(tx.execute(select(register_export.c.number)).scalars()))
    assert written == [subject]
    assert number(0) not in str(content)
