"""The files the demonstration's register begins with: plausible, and right by the decision table."""

import random
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest

from engine.decisions import read_decisions
from engine.feel import EvaluationContext
from engine.model.clock import ZONE
from webapp.demo.content import demo_content
from webapp.demo.divisions import read_divisions
from webapp.demo.existing import demo_files, existing
from webapp.demo.federation import demo_federation
from webapp.demo.hardship import plights
from webapp.standard.parameters import beginning_values

ROOT = Path(__file__).parents[3]
TODAY = date(2026, 11, 23)
FEDERATION = demo_federation(
    read_divisions(Path(__file__).with_name("divisions.json").read_bytes())
)
KEY_COUNTIES = {"350622", "350624", "350628"}
EVALUATED = 40
"""So many of each plight go through the decision table."""

LIMITS = {
    "marginal": 1.5,
    "relative": 2,
    "accident": 3,
    "accident_share": 0.8,
    "months": 6,
    "certificate_months": 12,
    "ceiling": 0,
}
"""Of the category, as delivered: the process takes them with the standard."""


class Delivered:
    """What the table itself asks: the parameters as delivered."""

    def parameter(self, name):
        return beginning_values()[name]

    def working_day_after(self, start, days):
        raise AssertionError("these tables count no days")

    def working_days_between(self, start, end):
        raise AssertionError("these tables count no days")


def drawn(seed, today=TODAY):
    standard = demo_content().standard_on
    return demo_files(FEDERATION, random.Random(seed), today, standard, set())


@pytest.fixture(scope="module")
def files():
    return list(drawn(1))


def county_of(file):
    area = FEDERATION.area_of(file.household.organisation_id)
    return next(one.code for one in area if one.kind == "county")


def test_there_are_as_many_as_the_federation_reported(files):
    assert existing().total == len(files) == 4543
    assert len({file.household.head.id_number for file in files}) == 4543


def test_a_few_look_like_another_and_want_looking_into(files):
    namesakes = Counter((f.household.head.name, f.household.head.birth_date) for f in files)
    assert 5 < sum(many > 1 for many in namesakes.values()) < 60
    assert 4523 < len({file.household.mobile for file in files}) < 4543
    mothers = Counter(
        one.id_number for f in files for one in f.household.members if one.relation == "母"
    )
    assert 5 < sum(many > 1 for many in mothers.values()) < 60


def test_some_hundreds_were_reviewed_and_the_earlier_versions_kept(files):
    reviewed = [file for file in files if file.before]
    assert 250 < len(reviewed) < 600
    assert {len(file.before) for file in reviewed} == {1, 2}
    for file in reviewed:
        days = [*(version.changed_on for version in file.before), file.changed_on]
        assert days == sorted(days)
        assert days[0] == file.opened_on
        for version in file.before:
            assert version.content["category"] == file.content["category"]
            assert version.content["national"] == file.content["national"]
            assert version.content["income_lines"] != file.content["income_lines"]
    first = [(file.before[0].content, file.content) for file in reviewed]
    assert any(old["head"]["mobile"] != new["head"]["mobile"] for old, new in first)
    assert any(len(old["members"]) < len(new["members"]) for old, new in first)
    mobiles = {file.household.mobile for file in files}
    assert all(
        old["head"]["mobile"] == new["head"]["mobile"] or old["head"]["mobile"] not in mobiles
        for old, new in first
    )


def test_the_same_chance_draws_the_same_files(files):
    again = drawn(1)
    assert all(next(again) == file for file in files[:50])


def test_the_key_counties_have_more_than_the_others(files):
    counties = Counter(county_of(file) for file in files)
    assert set(counties) == set(existing().counties)
    assert {code for code, _ in counties.most_common(3)} == KEY_COUNTIES


def test_illness_is_the_first_cause_and_every_plight_is_there(files):
    causes = Counter(file.household.cause.code for file in files)
    assert [code for code, _ in causes.most_common(2)] == ["6", "9"]
    assert len(causes) >= 9
    on_file = {file.household.plight.name for file in files}
    assert on_file == {name for name, plight in plights().items() if plight.category != "none"}


def test_a_file_speaks_the_words_of_the_rules_of_its_day(files):
    for file in files:
        expected = "GB2016" if file.opened_on < date(2021, 1, 1) else "GB2021"
        assert file.household.plight.rule_set == expected


def test_they_were_opened_over_ten_years_and_changed_since(files):
    assert {file.opened_on.year for file in files} == set(range(2016, 2027))
    for file in files:
        assert file.opened_on <= file.changed_on < TODAY
        assert file.opened_on.weekday() < 5
    stale = sum((TODAY - file.changed_on).days > 365 for file in files)
    assert 250 < stale < 800


def test_some_still_wait_for_the_national_system(files):
    awaiting = [file for file in files if file.content["national"] is None]
    assert 30 < len(awaiting) < 150


def test_children_are_where_they_were_when_the_file_was_last_changed(files):
    for file in files:
        for person in file.household.members:
            if person.relation in ("子", "女") and person.is_student:
                assert 6 <= person.age_on(file.changed_on) <= 27
        if file.household.cause.code == "9":
            ages = [p.age_on(file.opened_on) for p in file.household.members]
            assert any(6 <= age <= 26 for age in ages)


def test_most_were_helped_and_some_never(files):
    never = sum(not file.help_given for file in files)
    assert 300 < never < 900
    for file in files:
        assert len(file.help_given) <= 6
        days = [one.given_on for one in file.help_given]
        assert days == sorted(days)
        assert all(file.opened_on < day <= TODAY for day in days)
    kinds = Counter(one.kind for file in files for one in file.help_given)
    assert kinds["festival"] > kinds["schooling"] > kinds["training"] > 0


def test_help_for_school_goes_to_families_with_a_child_at_school_then(files):
    for file in files:
        for one in file.help_given:
            if one.kind == "schooling":
                ages = [member.age_on(one.given_on) for member in file.household.members]
                assert any(15 <= age <= 22 for age in ages)


def test_names_of_every_kind_are_among_them(files):
    people = [p for file in files for p in (file.household.head, *file.household.members)]
    bare = [person.name.removesuffix("·模拟") for person in people]
    assert any("·" in name for name in bare)
    assert any(ord(letter) > 0x20000 for name in bare for letter in name)
    assert {p.id_kind for p in people} == {"居民身份证", "港澳台居民居住证", "出生医学证明"}
    codes = {person.id_number[:6] for person in people}
    assert {"350681", "350625"} <= codes


@pytest.fixture(scope="module")
def by_plight(files):
    found = {}
    for file in files:
        found.setdefault(file.household.plight.name, []).append(file)
    return found


@pytest.mark.parametrize(
    "name", [name for name, plight in plights().items() if plight.category != "none"]
)
def test_the_decision_table_finds_what_the_file_says(by_plight, name):
    path = ROOT / "processes/archiving/household_category.dmn"
    table = read_decisions(path.read_bytes(), path.name)
    reviewed = [file for file in by_plight[name] if file.before]
    for file in [*by_plight[name][:EVALUATED], *reviewed[:EVALUATED]]:
        said = file.content
        day = date.fromisoformat(said["standard"]["taken_on"])
        assert day == (file.changed_on if file.before else file.opened_on)
        noon = datetime.combine(day, datetime.min.time(), ZONE)
        answers = {
            **said["assets"],
            **said["hardship"],
            **{key: said[key] for key in ("standard", "income_lines", "expense_lines")},
            **{
                key: said["head"][key]
                for key in ("single_parent", "health", "worker_kind", "contract_from")
            },
            "members": said["members"],
        }
        answers["standard"] = {**answers["standard"], "limits": LIMITS}
        context = EvaluationContext(now=noon, host=Delivered())
        outcome = table.evaluate("household_proposal", answers, context)
        assert outcome.value["category"] == said["category"]
        for key, value in said["proposal"].items():
            found = outcome.value[key]
            if isinstance(value, Decimal):
                assert Decimal(str(found)) == pytest.approx(value, abs=Decimal("0.005")), key
            else:
                assert found == value, key


def test_a_year_that_nobody_has_written_down_yet_is_as_the_last():
    later = islice(drawn(1, date(2029, 3, 1)), 200)
    given = [one for file in later for one in file.help_given]
    new_year = {
        one.yuan for one in given if one.note == "模拟:元旦春节送温暖" and one.given_on.year > 2026
    }
    assert new_year == {2000}
