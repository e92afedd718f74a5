"""The files a federation brings with it: thousands of synthetic households over the years (模拟).

How they are spread over counties, years, rules and days of the last change is data
(``existing.toml``). The same seed and day give the same files, one after the other.
"""

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from engine.model.organisations import Organisation
from webapp.demo.families import RESIDENT_CARD, DemoMember, IdNumbers, as_on
from webapp.demo.federation import Federation
from webapp.demo.hardship import Plight, plight_named
from webapp.demo.helped import DemoHelp, draw_help
from webapp.demo.households import DemoHousehold, Households
from webapp.demo.sums import reckoned

_FILE = Path(__file__).with_name("existing.toml")
_FIRST_NUMBER = 100_001
"""Their numbers, so their telephones and cards, are above those of the households that apply."""
_RETIRES = 60
_ENTERED_AFTER = (1, 9)
_WEEKEND = 5

Standard = Callable[[Sequence[str], date], Decimal]
"""The low-income standard on a day where organisations of these codes lie, the nearest first."""


@dataclass(frozen=True)
class DemoFile:
    """A household's file as the earlier system kept it; ``content`` as the register takes it."""

    household: DemoHousehold
    content: Mapping[str, object]
    opened_on: date
    changed_on: date
    earlier: Mapping[str, str]
    help_given: tuple[DemoHelp, ...]


@dataclass(frozen=True)
class Existing:
    """What ``existing.toml`` says."""

    source: str
    counties: Mapping[str, int]
    told: Any

    @property
    def total(self) -> int:
        """How many households there are."""
        return sum(self.counties.values())


@cache
def existing() -> Existing:
    """Read ``existing.toml``."""
    with _FILE.open("rb") as file:
        told = tomllib.load(file)
    return Existing(told["source"], told["counties"], told)


def demo_files(
    federation: Federation,
    chance: random.Random,
    today: date,
    standard: Standard,
    taken: set[str],
) -> Iterator[DemoFile]:
    """All of them, in no order that means anything: any first part is spread like the whole.

    Nobody gets an identity number that is ``taken``.
    """
    drawing = _Drawing(federation, chance, today, standard, taken)
    counties = [code for code, many in existing().counties.items() for _ in range(many)]
    chance.shuffle(counties)
    for place, code in enumerate(counties):
        yield drawing.file(code, _FIRST_NUMBER + place)


class _Drawing:
    def __init__(
        self,
        federation: Federation,
        chance: random.Random,
        today: date,
        standard: Standard,
        taken: set[str],
    ) -> None:
        self._federation = federation
        self._chance = chance
        self._today = today
        self._standard = standard
        self._households = Households(federation, chance, taken)
        self._homes = _homes(federation)
        self._id_numbers = IdNumbers(chance, taken)
        self._before: dict[str, DemoHousehold] = {}
        self._mothers: dict[str, DemoMember] = {}
        self._told = existing().told

    def file(self, county: str, number: int) -> DemoFile:
        """One file of a county."""
        opened_on = self._opened_on()
        changed_on = self._changed_on(opened_on)
        plight = self._plight(opened_on)
        homes, weights = self._homes[county]
        home = self._chance.choices(homes, weights)[0]
        codes = [one.code for one in self._federation.area_of(home.id)]
        standard = self._standard(codes, opened_on)
        drawn = self._households.draw(home, number, plight, standard, opened_on, changed_on)
        household = self._alike(
            county,
            replace(
                drawn,
                head=_pensioned(drawn.head, changed_on),
                members=tuple(as_on(member, changed_on) for member in drawn.members),
            ),
        )
        old_number = f"{county}{opened_on.year}{number:06}"
        return DemoFile(
            household,
            self._content(household, home, standard, opened_on, changed_on, old_number),
            opened_on,
            changed_on,
            {"原档案编号": f"模拟-{old_number}", "原档案状态": "在档"},
            draw_help(
                self._chance,
                self._told["help"],
                household,
                self._county_name(home),
                (opened_on, self._today),
            ),
        )

    def _alike(self, county: str, household: DemoHousehold) -> DemoHousehold:
        """Now and then something that stands in the file before it too, for people to look into."""
        before = self._before.get(county)
        self._before[county] = household
        alike, number = self._told["alike"], household.number
        mothers = [one for one in household.members if one.relation == "母"]
        if mothers:
            other_mother = self._mothers.get(county)
            self._mothers[county] = mothers[0]
            if other_mother is not None and not number % alike["mother"]:
                return _with_instead(household, mothers[0], other_mother)
        if before is not None and not number % alike["mobile"]:
            return replace(household, mobile=before.mobile)
        if before is not None and not number % alike["name"]:
            return self._namesake(household, before.head)
        return household

    def _namesake(self, household: DemoHousehold, head: DemoMember) -> DemoHousehold:
        """The household with a head of this name and birthday, and a number of its own."""
        other = self._id_numbers.of_birth(household.hukou_area, head.birth_date, head.sex)
        if not other:
            return household
        return replace(
            household,
            head=replace(
                household.head,
                name=head.name,
                sex=head.sex,
                birth_date=head.birth_date,
                id_kind=RESIDENT_CARD,
                id_number=other,
            ),
        )

    # --- days ---------------------------------------------------------------------------------

    def _opened_on(self) -> date:
        opened = self._told["opened"]
        year = int(self._chance.choices(list(opened), list(opened.values()))[0])
        first = date(year, 1, 4)
        last = min(date(year, 12, 30), self._today - timedelta(days=2))
        return _working_day(first + timedelta(self._chance.randint(0, max(0, (last - first).days))))

    def _changed_on(self, opened_on: date) -> date:
        rows = self._told["changed"]
        row = self._chance.choices(rows, [row["often"] for row in rows])[0]
        day = self._today - timedelta(self._chance.randint(row["from"], row["to"]))
        if day <= opened_on:
            day = opened_on + timedelta(self._chance.randint(0, 12))
        return max(opened_on, _working_day(min(day, self._today - timedelta(1))))

    def _plight(self, day: date) -> Plight:
        rules = [rules for rules in self._told["rule_sets"] if rules["from"] <= day]
        return plight_named(self._weighed(rules[-1]["plights"]))

    def _weighed(self, often: Mapping[str, int]) -> str:
        return self._chance.choices(list(often), list(often.values()))[0]

    # --- content ------------------------------------------------------------------------------

    def _content(
        self,
        household: DemoHousehold,
        home: Organisation,
        standard: Decimal,
        opened_on: date,
        changed_on: date,
        old_number: str,
    ) -> Mapping[str, object]:
        """What ``household.open_file`` keeps, and the entry into the national system."""
        proposal = reckoned(household, standard)
        return {
            "head": self._head(household, home),
            "members": [_member(one) for one in household.members],
            "income_lines": [
                {
                    "month": n.month,
                    "person": n.person,
                    "income_kind": n.income_kind,
                    "amount": n.amount,
                }
                for n in household.income_lines
            ],
            "expense_lines": [
                {"expense_kind": n.expense_kind, "period": n.period, "amount": n.amount}
                for n in household.expense_lines
            ],
            "assets": {
                "housing": household.housing,
                "dwellings": household.dwellings,
                "floor_area": household.floor_area,
                "vehicle": household.vehicle,
                "business": "no",
                "savings": household.savings,
                "investments": 0,
            },
            "hardship": _hardship(household),
            "consent": {
                "given": True,
                "version": _at(self._told["head"]["consent_version"], changed_on),
                "publication": self._weighed(self._told["head"]["publication"]),
            },
            "category": household.plight.category,
            "archive_level": _at(self._told["head"]["reviewed"], opened_on),
            "proposal": proposal,
            "standard": {
                "amount": standard,
                "taken_on": opened_on.isoformat(),
                "organisation": self._county_name(home),
                "rule_set": household.plight.rule_set,
            },
            "approved_on": opened_on.isoformat(),
            "national": self._national(household, opened_on, old_number),
        }

    def _head(self, household: DemoHousehold, home: Organisation) -> dict[str, object]:
        head = household.head
        has_child = any(one.relation in ("子", "女") for one in household.members)
        is_single = household.marital != "已婚" and has_child
        contract = household.contract_from
        return {
            "application_kind": self._weighed(self._told["head"]["application_kind"]),
            "name": head.name,
            "sex": head.sex.value,
            "id_kind": head.id_kind,
            "id_number": head.id_number,
            "birth_date": head.birth_date.isoformat(),
            "worker_kind": household.worker_kind,
            "identity": head.occupation,
            "employer": household.employer or None,
            "employer_uscc": household.employer_uscc or None,
            "union_name": home.name,
            "contract_from": contract.isoformat() if contract else None,
            "union_joined_on": contract.isoformat() if contract else None,
            "mobile": household.mobile,
            "marital": household.marital,
            "single_parent": "yes" if is_single else "no",
            "hukou": household.hukou,
            "address": household.address,
            "health": head.health,
            "disability": head.disability or None,
        }

    def _national(
        self, household: DemoHousehold, opened_on: date, old_number: str
    ) -> dict[str, object] | None:
        """Nothing while it waits to be entered."""
        awaiting = self._told["awaiting"]
        is_new = (self._today - opened_on).days <= awaiting["days"]
        if self._chance.random() < (awaiting["part"] if is_new else awaiting["of_all"]):
            return None
        told = self._told["national"]
        entered_on = min(opened_on + timedelta(self._chance.randint(*_ENTERED_AFTER)), self._today)
        said = {name: self._weighed(often) for name, often in told.items()}
        return {
            **said,
            "national_no": f"模拟{old_number}",
            "entered_on": _working_day(entered_on).isoformat(),
            "model_worker": "无",
            "four_batch": [said["four_batch"]],
            "hukou_area": household.hukou_area,
            "work_start": household.work_start.isoformat(),
            "bank": household.bank,
            "bank_account": household.card_number,
        }

    def _county_name(self, home: Organisation) -> str:
        area = self._federation.area_of(home.id)
        return next(one.name for one in area if one.kind == "county")


def _homes(federation: Federation) -> dict[str, tuple[list[Organisation], list[int]]]:
    """Where the files of each county lie, and how many beside the others."""
    told = existing().told
    found: dict[str, tuple[list[Organisation], list[int]]] = {}
    for one in federation.organisations:
        if one.level not in ("grassroots", "township"):
            continue
        county = next(above for above in federation.area_of(one.id) if above.kind == "county")
        many = told["share_of_unions"] if one.level == "grassroots" else 3
        place = one.name.removesuffix("总工会").removesuffix("工会联合会")
        homes, weights = found.setdefault(county.code, ([], []))
        homes.append(one)
        weights.append(1 if place.endswith(tuple(told["few"])) else many)
    return found


def _hardship(household: DemoHousehold) -> dict[str, object]:
    certificate = household.certificate_date
    return {
        "cause_main": household.cause.code,
        "causes_more": list(household.causes_more),
        "cause_text": "模拟:其他原因" if household.cause.code == "10" else None,
        "event_date": household.event_date.isoformat() if household.event_date else None,
        "needs": list(household.cause.needs),
        "has_dibao": "yes" if certificate else "no",
        "dibao_number": f"模拟{household.number:08}" if certificate else None,
        "dibao_date": certificate.isoformat() if certificate else None,
    }


def _member(one: DemoMember) -> dict[str, object]:
    return {
        "relation": one.relation,
        "name": one.name,
        "id_kind": one.id_kind,
        "id_number": one.id_number,
        "birth_date": one.birth_date.isoformat(),
        "occupation": one.occupation,
        "health": one.health,
        "living_together": "yes" if one.lives_together else "no",
        "counted": "yes",
        "place": one.place or None,
    }


def _with_instead(household: DemoHousehold, whom: DemoMember, other: DemoMember) -> DemoHousehold:
    """The household with somebody else in the place of a member, her income lines too."""
    return replace(
        household,
        members=tuple(other if one is whom else one for one in household.members),
        income_lines=tuple(
            replace(line, person=other.name) if line.person == whom.name else line
            for line in household.income_lines
        ),
    )


def _pensioned(head: DemoMember, day: date) -> DemoMember:
    return replace(head, occupation="退休") if head.age_on(day) >= _RETIRES else head


def _at(rows: Sequence[Any], day: date) -> str:
    """What holds on a day of rows that each begin with one."""
    return str([text for begins, text in rows if begins <= day][-1])


def _working_day(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(max(0, day.weekday() - _WEEKEND + 1))
