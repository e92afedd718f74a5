"""The demonstration federation: complete, alike every time, and no step without a way to go."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from engine.errors import Broken
from engine.model.organisations import LEVELS, RoutingReason
from engine.model.routing import DirectoryView, route
from webapp.demo.divisions import read_divisions
from webapp.demo.federation import DEMO_PASSWORD, demo_federation
from webapp.standard.roles import NEVER_TOGETHER, ROLES

FILE = Path(__file__).with_name("divisions.json").read_bytes()
FEDERATION = demo_federation(read_divisions(FILE))


def named(name):
    return next(o for o in FEDERATION.organisations if o.name == name)


def usernames(role, organisation):
    return {person.username for person in FEDERATION.holders(role, organisation.id)}


def test_it_comes_out_alike_every_time():
    assert demo_federation(read_divisions(FILE)) == FEDERATION


class TestOrganisations:
    def test_city_counties_and_zones_are_there_once(self):
        kinds = Counter(o.kind for o in FEDERATION.organisations)
        assert (kinds["city"], kinds["county"], kinds["zone"]) == (1, 11, 5)
        assert len({o.id for o in FEDERATION.organisations}) == len(FEDERATION.organisations)
        assert len({o.code for o in FEDERATION.organisations}) == len(FEDERATION.organisations)
        assert len({o.name for o in FEDERATION.organisations}) == len(FEDERATION.organisations)

    def test_ids_speak(self):
        assert named("芗城区总工会").id == "zz-350602"
        assert named("模拟·芗城纺织厂工会").id == "zz-350602-u01"

    def test_parents_stand_before_their_children(self):
        seen = set()
        for organisation in FEDERATION.organisations:
            parents = {organisation.approval_parent, organisation.area_parent} - {None}
            assert parents <= seen
            assert organisation.level in LEVELS
            seen.add(organisation.id)

    def test_a_zone_approves_under_the_city_and_counts_in_its_county(self):
        zone = named("常山华侨经济开发区总工会")
        assert zone.approval_parent == "zz-350600"
        assert zone.area_parent == named("云霄县总工会").id
        assert not zone.code.isdigit()

    def test_a_town_of_a_zone_approves_under_the_zone_and_counts_in_its_county(self):
        town = named("靖城镇总工会")
        assert town.approval_parent == named("漳州高新技术产业开发区总工会").id
        assert town.area_parent == named("南靖县总工会").id

    def test_a_zone_that_is_listed_like_a_township_is_not_there_twice(self):
        assert not [o for o in FEDERATION.organisations if o.name == "招商局漳州开发区工会联合会"]

    def test_farms_have_union_federations_and_towns_general_unions(self):
        assert named("天宝林场工会联合会").level == named("浦南镇总工会").level == "township"

    def test_what_is_invented_says_so(self):
        for organisation in FEDERATION.organisations:
            assert organisation.simulated == organisation.name.startswith("模拟·")
            if organisation.level == "grassroots":
                assert organisation.simulated

    def test_city_counties_and_zones_have_english_names(self):
        assert all(
            o.name_en for o in FEDERATION.organisations if o.kind in ("city", "county", "zone")
        )


class TestPeople:
    def test_everybody_is_labelled_and_different(self):
        names = [person.name for person in FEDERATION.people]
        assert len(set(names)) == len(names)
        assert all(name.endswith("（模拟）") for name in names)
        assert all(person.simulated for person in FEDERATION.people)
        assert len({person.username for person in FEDERATION.people}) == len(names)
        assert len({person.id for person in FEDERATION.people}) == len(names)

    def test_some_have_a_compound_surname_or_a_middle_dot(self):
        names = [person.name for person in FEDERATION.people]
        assert any("·" in name for name in names)
        assert any(name.startswith(("欧阳", "上官", "司徒")) for name in names)

    def test_no_telephone_can_ring(self):
        assert all(person.phone.startswith("0596-000") for person in FEDERATION.people)

    def test_every_role_can_sign_in_with_the_shown_password(self):
        assert {grant.role for grant in FEDERATION.grants} == {role.code for role in ROLES}
        assert len(DEMO_PASSWORD) >= 12

    def test_roles_are_held_only_at_levels_they_allow(self):
        levels = {role.code: role.levels for role in ROLES}
        for grant in FEDERATION.grants:
            assert FEDERATION.by_id[grant.organisation_id].level in levels[grant.role]

    def test_grants_are_of_known_people_and_given_once(self):
        assert len(set(FEDERATION.grants)) == len(FEDERATION.grants)
        known = {person.id for person in FEDERATION.people}
        assert {grant.person_id for grant in FEDERATION.grants} == known

    @pytest.mark.parametrize(("county", "prefix"), [("芗城区", "xc"), ("诏安县", "za")])
    def test_two_counties_are_fully_staffed(self, county, prefix):
        unit = named(f"{county}总工会")
        assert usernames("county_reviewer", unit) == {f"{prefix}.reviewer", f"{prefix}.reviewer2"}
        for role in ("county_approver", "data_entry", "supervisor", "cashier", "accountant",
                     "audit_committee", "receptionist", "lawyer", "cadre"):  # fmt: skip
            assert usernames(role, unit)
        towns = [
            o for o in FEDERATION.organisations
            if o.approval_parent == unit.id and o.kind == "township"
            and usernames("township_officer", o) and usernames("township_chair", o)
        ]  # fmt: skip
        assert len(towns) >= 3
        unions = [
            o for o in FEDERATION.organisations
            if o.id.startswith(f"{unit.id}-u") and usernames("officer", o) and usernames("chair", o)
        ]  # fmt: skip
        assert len(unions) >= 6
        assert usernames("officer", named(f"模拟·{unions[0].name[3:]}")) == {
            f"{prefix}.officer1",
            f"{prefix}.officer1b",
        }

    def test_the_small_zone_has_two_people(self):
        zone = named("常山华侨经济开发区总工会")
        staff = {g.person_id for g in FEDERATION.grants if g.organisation_id == zone.id}
        assert len(staff) == 2

    def test_nobody_holds_two_roles_one_file_must_not_have_in_one_hand(self):
        held = {}
        for grant in FEDERATION.grants:
            held.setdefault(grant.person_id, set()).add(grant.role)
        for together in (
            {"officer", "county_approver"},
            {"county_reviewer", "county_approver"},
            {"county_approver", "cashier"},
            {"cashier", "accountant"},
            {"officer", "county_reviewer"},
        ):
            assert not [person for person, roles in held.items() if together <= roles]

    def test_what_is_never_in_one_hand_are_roles_and_in_nobody_s_hands_here(self):
        codes = {role.code for role in ROLES}
        held = {}
        for grant in FEDERATION.grants:
            held.setdefault(grant.person_id, set()).add(grant.role)
        for pair in NEVER_TOGETHER:
            assert pair <= codes
            assert not [person for person, roles in held.items() if pair <= roles]

    def test_the_administrator_and_the_designer_see_no_case(self):
        sees = {role.code: role.sees for role in ROLES}
        assert sees["admin"] == sees["designer"] == "none"


STAFFED = {(grant.role, grant.organisation_id) for grant in FEDERATION.grants}
DESIGNATED = {
    (one.role, one.organisation_id): (one.handled_by_id, one.document)
    for one in FEDERATION.designations
}
VIEW = DirectoryView(
    FEDERATION.by_id,
    lambda role, organisation: (role, organisation) in STAFFED,
    lambda role, organisation: DESIGNATED.get((role, organisation)),
    {one.organisation_id: number for number, one in enumerate(FEDERATION.profiles, 1)}.get,
)
TRUNK = [
    ("officer", "grassroots"),
    ("chair", "grassroots"),
    ("township_officer", "township"),
    ("township_chair", "township"),
    ("county_reviewer", "county"),
    ("county_approver", "county"),
    ("data_entry", "county"),
    ("supervisor", "county"),
]
STARTS = [
    o for o in FEDERATION.organisations
    if any(grant.organisation_id == o.id and grant.role == "officer" for grant in FEDERATION.grants)
]  # fmt: skip


class TestWhereWorkGoes:
    @pytest.mark.parametrize("home", STARTS, ids=lambda o: o.id)
    def test_wherever_an_application_begins_every_step_has_somebody(self, home):
        for role, level in TRUNK:
            assert route(role, role, level, home.id, VIEW).reason is not RoutingReason.UNSTAFFED

    @pytest.mark.parametrize("home", STARTS, ids=lambda o: o.id)
    def test_filing_reviews_approval_and_entry_can_be_six_people(self, home):
        """Where a unit has a separation profile, its reviewer may enter too."""
        chosen = {}
        for role, level in TRUNK[:3] + TRUNK[4:7]:
            handling = route(role, role, level, home.id, VIEW).handling_id
            taken = set(chosen.values())
            if role == "data_entry" and VIEW.profile_of(handling):
                taken.discard(chosen["county_reviewer"])
            free = [p.id for p in FEDERATION.holders(role, handling) if p.id not in taken]
            assert free, f"{role} at {handling}"
            chosen[role] = free[0]

    def test_the_zone_of_two_has_said_in_writing_that_it_is_small(self):
        units = {one.organisation_id for one in FEDERATION.profiles}
        zone = named("常山华侨经济开发区总工会")
        assert zone.id in units
        assert [p.username for p in FEDERATION.holders("data_entry", zone.id)] == [
            p.username for p in FEDERATION.holders("county_reviewer", zone.id)
        ]
        for unit in units - {zone.id}:  # one person stands in for the chair there
            assert FEDERATION.holders("township_officer", unit) == FEDERATION.holders(
                "township_chair", unit
            )

    def test_a_zone_without_people_is_reviewed_by_its_neighbour_in_writing(self):
        zone = named("古雷港经济开发区总工会")
        found = route("county_reviewer", "审核员", "county", zone.id, VIEW)
        assert found.reason is RoutingReason.DESIGNATED
        assert FEDERATION.by_id[found.handling_id].name == "漳浦县总工会"

    def test_work_is_seen_to_stay_to_climb_and_to_go_by_designation(self):
        reasons = {
            route("county_approver", "审批人", "county", home.id, VIEW).reason for home in STARTS
        }
        assert reasons == {RoutingReason.LEVEL, RoutingReason.CLIMBED, RoutingReason.DESIGNATED}

    def test_a_union_without_people_is_served_by_the_window_of_its_county(self):
        empty = named("模拟·芗城钟表厂工会")
        found = route("officer", "经办人", "grassroots", empty.id, VIEW)
        assert found.reason is RoutingReason.CLIMBED
        assert FEDERATION.by_id[found.handling_id].name == "芗城区总工会"


class TestDivisions:
    def test_codes_of_twelve_digits_are_shortened(self):
        read = read_divisions(
            b'[{"code": "350602", "name": "x", "townships": [{"code": "350602001000", "name": "y"}]}]'
        )
        assert read[0].townships[0].code == "350602001"

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"<html>", "JSON"),
            (b"{}", "列表"),
            (b"[1]", r"counties\[0\]"),
            (b'[{"code": "350602", "name": "x"}]', r"counties\[0\].townships"),
            (b'[{"name": "x", "townships": []}]', r"counties\[0\].code"),
            (b'[{"code": "3506", "name": "x", "townships": []}]', "3506"),
        ],
    )
    def test_a_file_of_another_shape_is_refused_with_its_place(self, content, says):
        with pytest.raises(Broken, match=says):
            read_divisions(content)

    def test_missing_counties_are_named(self):
        with pytest.raises(Broken, match="诏安县"):
            demo_federation(tuple(c for c in read_divisions(FILE) if c.name != "诏安县"))


def test_the_organisations_are_valid_before_the_demonstration_begins():
    assert all(o.valid_from < date(2010, 1, 1) for o in FEDERATION.organisations)
