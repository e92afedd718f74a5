"""Who asks for the business parameters: read off the deployed processes, never written down."""

from datetime import date, timedelta

import registry
from engine import SYSTEM, Engine
from engine.definitions.asked import Asker
from engine.model.clock import FixedClock
from engine.model.definitions import SourceFile
from engine.store.settings import Parameter
from engine.work.federation_settings import settings_read
from registry.store.file_lists import Queue
from tests.registry.town import Town
from tests.support.register import on_file
from webapp.standard.parameters import subjects


def test_processes_decisions_and_forms_are_found_by_their_own_text(town: Town) -> None:
    asked = town.engine.settings.asked_by()
    assert Asker("means_check", "process", "家庭经济状况核对") in asked["means check limit"]
    kinds = {(one.process_key, one.kind) for one in asked["migrant labour years"]}
    assert kinds == {("archiving", "decision"), ("archiving", "form")}
    assert ("archiving", "form") in {(o.process_key, o.kind) for o in asked["dibao standard"]}
    assert "petition answer limit" not in asked
    # What a new version no longer asks, it no longer stands for.
    program = town.engine.definitions.get("appeal:1")[1]
    source = program.sources["appeal"]
    files = [
        SourceFile("appeal.bpmn", source.bpmn.replace(b'=parameter("appeal limit")', b"10wd")),
        *(SourceFile(f"{name}.form", content) for name, content in source.forms.items()),
    ]
    assert "appeal limit" in asked
    town.engine.definitions.deploy(SYSTEM, files)
    assert "appeal limit" not in town.engine.settings.asked_by()


def test_what_belongs_to_archiving_is_asked_by_somebody(town: Town) -> None:
    """Nothing of archiving and its notice stands in the list for show."""
    asked = town.engine.settings.asked_by().keys() | {one.name for one in settings_read()}
    idle = {
        rule.name
        for subject in subjects()
        if subject.key in {"archiving", "notice", "standards"}
        for rule in subject.rules
        if rule.name not in asked
    }
    assert idle == set()


def test_a_file_is_unchanged_for_as_long_as_the_federation_says(
    engine: Engine, clock: FixedClock
) -> None:
    register = registry.Registry(engine)
    half_a_year_ago = clock.now().date() - timedelta(days=200)
    on_file(engine, changed_on=half_a_year_ago)
    assert register.lists.queues(SYSTEM)[Queue.UNCHANGED] == 0
    months = Parameter("stale file months", None, date(2026, 1, 1), 6)
    engine.settings.add_parameters(SYSTEM, [months])
    assert register.lists.queues(SYSTEM)[Queue.UNCHANGED] == 1
