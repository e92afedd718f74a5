"""Two who write what must not be twice: on PostgreSQL, for SQLite has one writer."""

import pytest

from engine import Engine, Request
from engine.errors import Conflict
from engine.store.database import Tx
from registry.copying import CopyDesk
from registry.store.tables import notice
from registry.upkeep import Upkeep
from tests.registry.bench import Bench
from tests.registry.test_operations import NOTICE
from tests.registry.town import Town
from tests.support.meeting import Interrupted, meet
from tests.support.register import on_file

pytestmark = pytest.mark.postgres

OTHER = {"name": "陈巧云", "id_number": "350628199007049932", "mobile": "15400000009"}


@pytest.fixture
def database_kind() -> str:
    return "postgres"


def test_two_of_one_name_put_on_notice_at_once_are_told_apart(town: Town, bench: Bench) -> None:
    asked = {"applicant_name": "林模拟", "application_kind": "self"}
    first, second = (
        town.engine.cases.start(town.actor("officer"), Request("archiving", "u1", asked)).case_id
        for _ in range(2)
    )

    def publish(tx: Tx) -> None:
        bench.act(tx, "notice.publish", NOTICE, first)

    meet(town.engine, publish, lambda: bench.run("notice.publish", NOTICE, second)).result()
    assert {row.case_id: row.name for row in bench.rows(notice)} == {
        first: "林**",
        second: "林**(二)",
    }


def test_one_national_number_is_entered_for_one_of_two_files(engine: Engine) -> None:
    entry = engine.directory.actor_named("entry")
    ours, theirs = on_file(engine), on_file(engine, OTHER)
    slow = Interrupted(engine, lambda: CopyDesk(engine).enter(entry, theirs, "MN0002"))
    CopyDesk(slow.as_engine).enter(entry, ours, "MN0002")
    (ended,) = slow.others
    assert isinstance(ended.exception(), Conflict)


def test_nothing_is_entered_once_consent_was_withdrawn(engine: Engine) -> None:
    entry, reviewer = (engine.directory.actor_named(name) for name in ("entry", "reviewer"))
    file_no = on_file(engine)
    slow = Interrupted(engine, lambda: CopyDesk(engine).enter(entry, file_no, "MN0002"))
    Upkeep(slow.as_engine).withdraw_consent(reviewer, file_no, "11月9日当面撤回")
    (ended,) = slow.others
    with pytest.raises(Conflict, match="已撤回授权"):
        ended.result()
