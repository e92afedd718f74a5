"""What a synthetic household's file says, in the shape the register keeps (模拟)."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.model.organisations import Organisation
from webapp.demo.families import DemoMember
from webapp.demo.households import DemoHousehold
from webapp.demo.sums import reckoned

_ENTERED_AFTER = (1, 9)
_WEEKEND = 5


@dataclass(frozen=True)
class Opening:
    """Where and when a file was opened; ``county`` is a federation's name.

    ``standard`` is the one that holds on ``reckoned_on``, the end of the twelve months of the
    lines.
    """

    home: Organisation
    county: str
    standard: Decimal
    opened_on: date
    changed_on: date
    old_number: str
    today: date
    reckoned_on: date


def weighed(chance: random.Random, often: Mapping[str, int]) -> str:
    """One of them, as often as each comes."""
    return chance.choices(list(often), list(often.values()))[0]


def working_day(day: date) -> date:
    """The day, or the Friday before a weekend."""
    return day - timedelta(max(0, day.weekday() - _WEEKEND + 1))


def content_of(
    chance: random.Random, told: Any, household: DemoHousehold, about: Opening
) -> Mapping[str, object]:
    """What ``household.open_file`` keeps, and the entry into the national system.

    ``told`` is ``existing.toml``.
    """
    return {
        "head": _head(chance, told["head"], household, about),
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
            "version": _at(told["head"]["consent_version"], about.changed_on),
            "publication": weighed(chance, told["head"]["publication"]),
        },
        "category": household.plight.category,
        "archive_level": _at(told["head"]["reviewed"], about.opened_on),
        "proposal": reckoned(household, about.standard),
        "standard": {
            "amount": about.standard,
            "taken_on": about.reckoned_on.isoformat(),
            "organisation": about.county,
            "rule_set": household.plight.rule_set,
        },
        "approved_on": about.opened_on.isoformat(),
        "national": _national(chance, told, household, about),
    }


def _head(
    chance: random.Random, told: Any, household: DemoHousehold, about: Opening
) -> dict[str, object]:
    head = household.head
    has_child = any(one.relation in ("子", "女") for one in household.members)
    is_single = household.marital != "已婚" and has_child
    contract = household.contract_from
    return {
        "application_kind": weighed(chance, told["application_kind"]),
        "name": head.name,
        "sex": head.sex.value,
        "id_kind": head.id_kind,
        "id_number": head.id_number,
        "birth_date": head.birth_date.isoformat(),
        "worker_kind": household.worker_kind,
        "identity": head.occupation,
        "employer": household.employer or None,
        "employer_uscc": household.employer_uscc or None,
        "union_name": about.home.name,
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
    chance: random.Random, told: Any, household: DemoHousehold, about: Opening
) -> dict[str, object] | None:
    """Nothing while it waits to be entered."""
    awaiting = told["awaiting"]
    is_new = (about.today - about.opened_on).days <= awaiting["days"]
    if chance.random() < (awaiting["part"] if is_new else awaiting["of_all"]):
        return None
    entered_on = min(about.opened_on + timedelta(chance.randint(*_ENTERED_AFTER)), about.today)
    said = {name: weighed(chance, often) for name, often in told["national"].items()}
    return {
        **said,
        "national_no": f"模拟{about.old_number}",
        "entered_on": working_day(entered_on).isoformat(),
        "model_worker": "无",
        "four_batch": [said["four_batch"]],
        "hukou_area": household.hukou_area,
        "work_start": household.work_start.isoformat(),
        "bank": household.bank,
        "bank_account": household.card_number,
    }


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
        "sex": one.sex.value,
        "id_kind": one.id_kind,
        "id_number": one.id_number,
        "birth_date": one.birth_date.isoformat(),
        "occupation": one.occupation,
        "health": one.health,
        "living_together": "yes" if one.lives_together else "no",
        "counted": "yes",
        "place": one.place or None,
    }


def _at(rows: Sequence[Any], day: date) -> str:
    """What holds on a day of rows that each begin with one."""
    return str([text for begins, text in rows if begins <= day][-1])
