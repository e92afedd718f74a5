"""Deployed versions are immutable; cases stay on theirs; nothing faulty gets in (D3, D5)."""

import re
from dataclasses import replace
from functools import partial

import pytest

from engine import SYSTEM
from engine.definitions.folder import read_folder
from engine.errors import DeploymentRefused, NotPermitted
from engine.model.definitions import SourceFile
from tests.engine.conftest import ROOT, Office
from tests.support.at_once import at_once


def _changed(old: str, new: str) -> tuple[SourceFile, ...]:
    files = read_folder(ROOT / "processes", ROOT / "forms", "example_request").files
    return tuple(
        SourceFile(f.name, f.content.replace(old.encode(), new.encode()))
        if f.name.endswith(".bpmn")
        else f
        for f in files
    )


def test_the_same_files_keep_their_version(office: Office) -> None:
    again = office.engine.definitions.deploy(SYSTEM, _changed("", ""))
    assert [d.version for d in again.definitions] == [1]


def test_a_change_is_a_new_version_and_running_cases_keep_theirs(office: Office) -> None:
    old = office.applied()
    made = office.engine.definitions.deploy(SYSTEM, _changed('name="审核"', 'name="仔细审核"'))
    assert [d.id for d in made.definitions] == ["example_request:2"]
    new = office.applied()
    assert [s.name for s in office.open_steps(old)] == ["审核"]
    assert [s.name for s in office.open_steps(new)] == ["仔细审核"]
    office.do("reviewer", old, "review", {"decision": "agree"})


def test_two_changes_deployed_at_once_become_two_versions(office: Office) -> None:
    def deploy(name: str) -> list[str]:
        files = _changed('name="审核"', f'name="{name}"')
        return [d.id for d in office.engine.definitions.deploy(SYSTEM, files).definitions]

    given = at_once(*(partial(deploy, name) for name in ("初审", "复审", "会审")))
    assert sorted(given, key=str) == [[f"example_request:{n}"] for n in (2, 3, 4)]
    stored = office.engine.definitions.versions("example_request")
    assert [row.version for row in stored] == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('value="county_reviewer"', 'value="nobody_has_this"', "lane-role-unknown"),
        ("<bpmn:process", "<bpmn:prozess", "not-xml"),
        ('formId="example_review"', 'formId="missing_form"', "form-unknown"),
    ],
)
def test_a_faulty_file_is_refused_with_a_sentence_and_nothing_changes(
    office: Office, old: str, new: str, code: str
) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        office.engine.definitions.deploy(SYSTEM, _changed(old, new))
    errors = [f for f in refused.value.findings if f.severity == "error"]
    assert code in {f.code for f in errors}
    assert all(f.message.endswith("。") for f in errors)
    assert office.engine.definitions.dry_run(SYSTEM, _changed("", "")).id is None


def test_a_decision_that_two_folders_share_is_one_file(office: Office) -> None:
    """Each folder is complete by itself; gathered, the same file is not two."""
    twice = (*_changed("", ""), *_changed("", ""))
    assert [d.version for d in office.engine.definitions.deploy(SYSTEM, twice).definitions] == [1]
    assert not [f for f in office.engine.definitions.check(twice) if f.severity == "error"]
    other = [SourceFile(f.name, f.content + b"\n") for f in twice if f.name.endswith(".dmn")]
    with pytest.raises(DeploymentRefused):
        office.engine.definitions.deploy(SYSTEM, [*twice, *other])


def test_only_a_designer_deploys(office: Office) -> None:
    with pytest.raises(NotPermitted):
        office.engine.definitions.deploy(office.actor("supervisor"), _changed("", ""))
    office.engine.definitions.deploy(office.actor("designer"), _changed("", ""))


def _renamed(old: str, new: str) -> tuple[SourceFile, ...]:
    """The process with another id for a step, wherever the file speaks of it."""
    return tuple(
        replace(f, content=re.sub(rf"(?<=[>\",]){old}(?=[<\",])".encode(), new.encode(), f.content))
        if f.name.endswith(".bpmn")
        else f
        for f in _changed("", "")
    )


def test_a_step_that_is_gone_while_cases_stand_there_is_told_with_their_number(
    office: Office,
) -> None:
    for _ in range(2):
        office.applied()
    files = _renamed("review", "second_look")
    would_be = office.engine.definitions.dry_run(SYSTEM, files)
    (told,) = [f for f in would_be.findings if f.code == "step-removed"]
    assert (told.severity, told.element_id) == ("warning", "review")
    assert "有 2 件正停在那里" in told.message
    assert "2 cases" in told.message_en
    assert told in office.engine.definitions.deploy(SYSTEM, files).findings


def test_a_step_nobody_stands_at_goes_without_a_word(office: Office) -> None:
    files = _renamed("review", "second_look")
    assert not office.engine.definitions.dry_run(SYSTEM, files).findings
